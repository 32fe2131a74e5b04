"""A token comes as bearer, or as the password of programs that know only names and passwords."""

import base64
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.accounts.models import ApiToken
from gis_grid.households.models import Household
from tests.conftest import OTHER_VILLAGE, PASSWORD, QUANFENG
from tests.ogc.conftest import token_of

pytestmark = pytest.mark.django_db
ITEMS = "collections/households/items"


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


def test_the_token_is_a_password_with_any_name(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    home = household(QUANFENG + "001")
    stranger = service(None)
    for name in ("token", "", "信息办"):
        answer = stranger.response(ITEMS, headers=basic(name, token_of(cast.worker)))
        assert [one["properties"]["code"] for one in answer.json()["features"]] == [home.code]


def test_the_token_says_who_it_is_and_not_the_name(
    cast: SimpleNamespace, household: Callable[..., Household], service: Callable
) -> None:
    household(QUANFENG + "001")
    theirs = household(OTHER_VILLAGE + "001")
    answer = service(None).response(ITEMS, headers=basic("worker", token_of(cast.outsider)))
    assert [one["properties"]["code"] for one in answer.json()["features"]] == [theirs.code]


def test_what_is_written_comes_from_the_token(cast: SimpleNamespace, service: Callable) -> None:
    # Not refused for its signing in: the body is what is wrong.
    answer = service(None).send("POST", ITEMS, {}, **basic("x", token_of(cast.worker)))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "said",
    [
        "Basic",
        "Basic %%%",
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Digest gg_x",
    ],
)
def test_what_can_not_be_read_opens_nothing(db: None, service: Callable, said: str) -> None:
    answer = service(None).response(ITEMS, headers={"authorization": said})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")
    # A browser that was asked would show a window of its own and keep what is typed there.
    assert "WWW-Authenticate" not in answer.headers


def test_the_password_of_a_person_is_no_token(cast: SimpleNamespace, service: Callable) -> None:
    answer = service(None).response(ITEMS, headers=basic(cast.worker.username, PASSWORD))
    assert answer.status_code == 401


def test_an_ended_token_is_no_password_any_more(cast: SimpleNamespace, service: Callable) -> None:
    token = token_of(cast.worker)
    ApiToken.objects.all().delete()
    assert service(None).response(ITEMS, headers=basic("x", token)).status_code == 401
