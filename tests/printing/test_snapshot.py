"""Snapshots: nothing fetched, nobody named, signed, and old in time."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gis_grid.audit.models import Entry
from gis_grid.core import crypto
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.households.models import Household
from gis_grid.printing.services.snapshots import take, view_of
from gis_grid.printing.snapshot.signing import is_ours
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.printing.conftest import PURPOSE, choice

A = QUANFENG + "001"


@pytest.fixture
def house(household: Callable[..., Household]) -> Household:
    phone = crypto.encrypt("19900001234", purpose="household.phone")
    return household(
        A, tags=("low_income", "party_member"), phone_cipher=phone, address="老街一巷7号"
    )


def data_in(content: bytes) -> Any:
    text = content.decode()
    found = re.search(r'<script type="application/json" id="snapshot-data">(.*?)</script>', text)
    assert found is not None
    return json.loads(found[1])


def test_nobody_is_named(house: Household, cast: SimpleNamespace) -> None:
    taken = take(acting_user=cast.leader, choice=choice(tags=("party_member",)), days=7)
    text = taken.content.decode()
    for secret in ("李明德", "李*德", "老街一巷", house.code, "1234", "低保"):
        assert secret not in text, secret
    held = data_in(taken.content)
    assert held["households"] == [[[25.605, 112.40501], [0]]]
    assert held["tags"][0][0] == "党员户"


def test_in_full_with_right_and_purpose_only(house: Household, cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowedError):
        take(acting_user=cast.worker, choice=choice(in_full=True, purpose=PURPOSE), days=7)
    with pytest.raises(InputError):
        take(acting_user=cast.leader, choice=choice(in_full=True), days=7)
    taken = take(acting_user=cast.leader, choice=choice(in_full=True, purpose=PURPOSE), days=7)
    assert data_in(taken.content)["households"][0][2] == ["李明德", "19900001234", "老街一巷7号"]
    assert PURPOSE in taken.content.decode()
    entry = Entry.objects.get(action="snapshot_taken")
    assert (entry.detail["purpose"], entry.detail["in_full"]) == (PURPOSE, True)


def test_only_what_is_in_sight(house: Household, cast: SimpleNamespace) -> None:
    for area in (LIJIA, JINPING):
        with pytest.raises(MissingError):
            take(acting_user=cast.leader, choice=choice(area), days=7)
    with pytest.raises(NotAllowedError):
        take(acting_user=cast.informant, choice=choice(A, layers=("cameras",)), days=7)
    with pytest.raises(InputError):
        take(acting_user=cast.leader, choice=choice(tags=("low_income",)), days=7)
    taken = take(acting_user=cast.leader, choice=choice(), days=7)
    assert LIJIA not in taken.content.decode()


def test_nothing_in_it_leads_elsewhere(house: Household, cast: SimpleNamespace) -> None:
    text = take(acting_user=cast.leader, choice=choice(), days=7).content.decode()
    # Elements of the page itself; in Leaflet's script stands a link to its makers.
    assert not re.search(r"<(?:script|img|iframe)[^>]*src=", text)
    assert re.findall(r"<link[^>]*>", text) == ['<link rel="icon" href="data:,">']
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert not re.search(r"url\((?!data:)", "".join(styles))
    assert "default-src 'none'" in text


def test_names_are_no_markup(household: Callable[..., Household], cast: SimpleNamespace) -> None:
    household(A, head_name="</script><b>", address="<img>")
    taken = take(acting_user=cast.leader, choice=choice(in_full=True, purpose=PURPOSE), days=7)
    assert "</script><b>" not in taken.content.decode()
    assert data_in(taken.content)["households"][0][2][0] == "</script><b>"


def test_days_have_their_limits(house: Household, cast: SimpleNamespace) -> None:
    for days in (0, 91):
        with pytest.raises(InputError):
            take(acting_user=cast.leader, choice=choice(), days=days)


def test_a_changed_file_is_found_out(
    house: Household, cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    taken = take(acting_user=cast.leader, choice=choice(), days=7)
    assert is_ours(taken.content)
    file = tmp_path / "snapshot.html"
    file.write_bytes(taken.content)
    call_command("snapshot_verify", str(file))
    file.write_bytes(taken.content.replace("泉凤村".encode(), "凤泉村".encode(), 1))
    with pytest.raises(CommandError):
        call_command("snapshot_verify", str(file))
    with pytest.raises(CommandError):
        call_command("snapshot_verify", str(tmp_path / "none.html"))
    settings.SECRET_KEY = "the key of another server, as long as a key has to be"
    assert not is_ours(taken.content)


def test_the_page_gives_a_file(house: Household, cast: SimpleNamespace) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(cast.leader, "gis_grid.accounts.backends.AccountBackend")
    sent = {"area": QUANFENG, "days": "7", "layers": ["households"], "view": "15/25.6/112.4"}
    answer = client.post("/print/snapshot/", sent)
    assert answer["Content-Disposition"].startswith("attachment")
    assert is_ours(answer.content)
    assert data_in(answer.content)["view"] == [15, 25.6, 112.4]
    assert client.post("/print/snapshot/", {**sent, "days": "x"}).status_code == 422


@pytest.mark.parametrize("text", ["", "a/b/c", "15/25", "99/25/112", "15/nan/112"])
def test_a_view_that_is_none(text: str) -> None:
    assert view_of(text) is None
