"""The page of prints: what can be chosen there, and refusals beside what was chosen."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from gis_grid.households.models import Household
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG
from tests.printing.conftest import PURPOSE, text_of

BACKEND = "gis_grid.accounts.backends.AccountBackend"
A = QUANFENG + "001"


def signed_in(user: Any) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, BACKEND)
    return client


@pytest.mark.parametrize("address", ["/print/", "/print/snapshot/"])
def test_everybody_chooses_among_what_they_see(
    ground: object, cast: SimpleNamespace, address: str
) -> None:
    leader = signed_in(cast.leader).get(address).content.decode()
    assert f'value="{QUANFENG}"' in leader
    assert f'value="{LIJIA}"' not in leader
    assert OTHER_VILLAGE not in leader
    assert "低保户 *" in leader
    assert 'value="cameras"' in leader
    police = signed_in(cast.police).get(address).content.decode()
    assert "低保户" not in police
    informant = signed_in(cast.informant).get(address).content.decode()
    assert 'value="cameras"' not in informant
    assert 'name="in_full"' not in informant
    auditor = signed_in(cast.auditor).get(address).content.decode()
    assert 'value="households"' not in auditor
    assert "党员户" not in auditor


def test_the_area_of_the_card_is_chosen(ground: object, cast: SimpleNamespace) -> None:
    page = signed_in(cast.leader).get(f"/print/?area={A}").content.decode()
    assert f'value="{A}" selected' in page


def test_from_the_form_to_the_pdf(
    household: Callable[..., Household], cast: SimpleNamespace
) -> None:
    household(A, tags=("party_member",))
    answer = signed_in(cast.leader).post(
        "/print/",
        {"area": A, "size": "A4", "orientation": "portrait", "layers": ["households"],
         "tags": ["party_member"]},
        follow=True,
    )  # fmt: skip
    assert answer["Content-Type"] == "application/pdf"
    assert "党员户（1）" in text_of(answer.content)


def test_a_refusal_keeps_what_was_chosen(ground: object, cast: SimpleNamespace) -> None:
    answer = signed_in(cast.leader).post(
        "/print/", {"area": A, "size": "A2", "layers": ["water"], "tags": ["low_income"]}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请用至少 5 个字说明打印用途" in page
    assert f'value="{A}" selected' in page
    assert "<option selected>A2</option>" in page
    assert 'value="water" checked' in page
    assert 'value="roads" checked' not in page


@pytest.mark.parametrize(
    "wrong",
    [{"size": "A9"}, {"layers": "secrets"}, {"form": "book"}, {"area": "4310"}, {"tile": "A0"},
     {"area": A, "form": "atlas"}, {"tags": "nothing"}],
)  # fmt: skip
def test_what_cannot_be_chosen(
    ground: object, cast: SimpleNamespace, wrong: dict[str, str]
) -> None:
    answer = signed_in(cast.leader).post("/print/", {"area": QUANFENG, **wrong})
    assert answer.status_code == 422


def test_others_areas_are_not_there(ground: object, cast: SimpleNamespace) -> None:
    client = signed_in(cast.leader)
    missing = client.post("/print/", {"area": LIJIA})
    never = client.post("/print/", {"area": "431024111299"})
    assert missing.status_code == never.status_code == 404
    for layer in ("cameras",):
        sent = {"area": A, "layers": layer, "purpose": PURPOSE}
        assert signed_in(cast.informant).post("/print/", sent).status_code == 403
