"""The page of tablets: a code to be scanned, the list, a tablet revoked, what can't be read."""

import datetime as dt
import html
import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.core import crypto
from gis_grid.fieldsync.models import Device, EnrolCode, Unreadable
from gis_grid.fieldsync.pages import devices as page
from gis_grid.fieldsync.reading import PAYLOAD
from tests.conftest import make_user
from tests.fieldsync.tablets import Tablet
from tests.incidents.test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]
PAGE = "/devices/"


def shown(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def squares(drawing: page.Drawing) -> list[list[bool]]:
    """The drawing read back from its path."""
    dark = [[False] * drawing.side for _row in range(drawing.side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawing.path):
        for place in range(int(x), int(x) + int(width)):
            dark[int(y)][place] = True
    return dark


def test_a_code_for_a_person_is_shown_once(cast: SimpleNamespace) -> None:
    leader = signed_in(cast.leader)
    answer = leader.post(PAGE, {"act": "code", "person": "worker"})
    text = answer.content.decode()
    code = re.search(r'<code id="code">([a-z0-9-]+)</code>', text)
    assert code is not None
    path = re.search(r'<path d="([^"]+)"', text)
    assert path is not None
    wanted = page.qr_of(f"http://testserver/field/#enrol={code[1]}")
    assert path[1] == wanted.path
    assert "style=" not in text[text.index("device-code") : text.index("</section>")]
    assert answer["Cache-Control"] == "private, no-store"
    assert EnrolCode.objects.get().user == cast.worker
    assert code[1] not in shown(leader)


def test_the_drawing_is_the_code(cast: SimpleNamespace) -> None:
    address = "https://grid.example.cn/field/#enrol=abcd-efgh-jkmn-pqrs"
    drawn = page.qr_of(address)
    out = io.StringIO()
    segno.make(address, error="m", micro=False).save(out, kind="txt", border=page.QUIET)
    told = [[sign == "1" for sign in line] for line in out.getvalue().splitlines()]
    assert squares(drawn) == told


def test_the_choice_is_of_ones_own_people_who_can_sign_in(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.informant.pk).update(must_change_password=True)
    offered = set(re.findall(r'<option value="(\w+)"', shown(signed_in(cast.leader))))
    assert offered == {"leader", "worker"}
    refused = signed_in(cast.leader).post(PAGE, {"act": "code", "person": "town"})
    assert refused.status_code == 422
    assert not EnrolCode.objects.exists()


def test_the_list_says_who_holds_what(cast: SimpleNamespace) -> None:
    worker, town = Tablet(cast.worker).device, Tablet(cast.town).device
    Device.objects.filter(pk=worker.pk).update(
        queue_length=7, last_seen_at=timezone.now() - dt.timedelta(hours=3)
    )
    Device.objects.filter(pk=town.pk).update(expires_at=timezone.now())
    text = shown(signed_in(cast.office))
    active, over = text.split('id="over"')
    assert str(worker.pk) in active
    assert str(town.pk) in over
    assert "泉凤村" in active
    assert "7" in re.sub(r"\s+", " ", active[active.index(str(worker.pk)) :])
    assert str(town.pk) not in shown(signed_in(cast.leader))
    assert str(worker.pk) not in shown(signed_in(cast.office), f"{PAGE}?q=town")


@pytest.mark.parametrize("name", ["worker", "police", "outsider", "auditor"])
def test_it_is_for_who_leads(cast: SimpleNamespace, name: str) -> None:
    assert signed_in(getattr(cast, name)).get(PAGE).status_code == 403
    assert "devices-open" not in signed_in(getattr(cast, name)).get("/").content.decode()
    assert "devices-open" in signed_in(cast.leader).get("/").content.decode()


def test_a_tablet_is_revoked_with_a_reason(cast: SimpleNamespace) -> None:
    tablet, town = Tablet(cast.worker), signed_in(cast.town)
    told = {"act": "revoke", "device": str(tablet.device.pk)}
    assert town.post(PAGE, told | {"reason": "…"}).status_code == 422
    assert town.post(PAGE, told | {"reason": "掉进河里找不到了"}).status_code == 302
    assert tablet("devices/me")[1]["error"]["code"] == "device_revoked"
    assert "掉进河里找不到了" in shown(town)
    other = Tablet(cast.outsider)
    told = {"act": "revoke", "device": str(other.device.pk), "reason": "掉进河里找不到了"}
    assert town.post(PAGE, told).status_code == 404


def test_a_disk_that_fills_is_told(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "free_bytes", lambda: 100 * 2**30)
    assert "low-room" not in shown(signed_in(cast.leader))
    monkeypatch.setattr(page, "free_bytes", lambda: 300 * 2**20)
    assert "300" in shown(signed_in(cast.leader)).split('id="low-room"')[1][:60]


@pytest.fixture
def unread(cast: SimpleNamespace) -> Unreadable:
    return Unreadable.objects.create(
        user=cast.worker,
        device=Tablet(cast.worker).device,
        body_cipher=crypto.encrypt('{"phone": "13873500001", <b>', purpose=PAYLOAD),
        digest=b"1",
        reason="No JSON.",
    )


def test_what_can_not_be_read_is_seen(cast: SimpleNamespace, unread: Unreadable) -> None:
    leader = signed_in(cast.leader)
    text = shown(leader)
    assert "No JSON." in text
    assert "13873500001" not in text
    assert reverse("unreadable", args=[unread.pk]) not in text
    for _twice in range(2):
        assert leader.post(PAGE, {"act": "seen", "of": str(unread.pk)}).status_code == 302
    unread.refresh_from_db()
    assert unread.seen_by == cast.leader
    assert Entry.objects.filter(action="unreadable_seen").count() == 1
    Unreadable.objects.update(user=cast.outsider)
    assert leader.post(PAGE, {"act": "seen", "of": str(unread.pk)}).status_code == 404
    assert leader.post(PAGE, {"act": "seen", "of": "x"}).status_code == 404


def test_what_stands_in_it_is_for_the_county_with_a_reason(
    cast: SimpleNamespace, unread: Unreadable
) -> None:
    path = reverse("unreadable", args=[unread.pk])
    county = signed_in(cast.county)
    assert path in shown(county)
    assert "13873500001" not in shown(county, path)
    assert county.post(path, {"reason": "…"}).status_code == 422
    assert not Entry.objects.filter(action="unreadable_read").exists()
    answer = county.post(path, {"reason": "平板升级后发不上来"})
    assert '{"phone": "13873500001", <b>' in html.unescape(answer.content.decode())
    assert "<b>" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    entry = Entry.objects.get(action="unreadable_read")
    assert (entry.actor, entry.detail["reason"]) == ("county", "平板升级后发不上来")
    for user in (cast.town, cast.leader, cast.outsider):
        assert signed_in(user).post(path, {"reason": "平板升级后发不上来"}).status_code == 403
    assert county.get(reverse("unreadable", args=[10**30])).status_code == 404


def test_a_person_of_another_county_is_out_of_sight(
    cast: SimpleNamespace, unread: Unreadable
) -> None:
    other: Any = make_user("elsewhere", Role.COUNTY, "431025000000")
    assert signed_in(other).get(reverse("unreadable", args=[unread.pk])).status_code == 404
    assert str(unread.user.devices.get().pk) not in shown(signed_in(other))
