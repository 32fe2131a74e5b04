"""What a tablet takes along, and how it learns what has changed since."""

import base64
import gzip
import json
from types import SimpleNamespace

import pytest

from tests.conftest import JINPING, LIJIA, OTHER_VILLAGE, QUANFENG
from tests.fieldsync.pulls import keys, pull
from tests.fieldsync.tablets import Tablet
from tests.incidents.conftest import Make, make

__all__ = ["make"]


def test_at_first_everything_in_the_areas_comes(tablet: Tablet, make: Make) -> None:
    inside, _beyond = make(QUANFENG + "001"), make(LIJIA + "002")
    page = pull(tablet)
    assert keys(page, "incident") == [inside.pk]
    codes = {row["code"] for row in page["changes"]["grid"]}
    assert codes == {QUANFENG + "001", QUANFENG + "002", QUANFENG + "003", QUANFENG}
    assert not page["more"]
    assert page["forms"]["categories"]
    grid = page["changes"]["grid"][0]
    assert grid["geometry"]["type"] == "MultiPolygon"


def test_a_town_is_its_villages(tablet: Tablet, make: Make) -> None:
    here, there = make(QUANFENG + "001"), make(LIJIA + "002")
    assert keys(pull(tablet, areas=JINPING), "incident") == [here.pk, there.pk]


def test_a_grid_alone_can_be_taken(tablet: Tablet, make: Make) -> None:
    here, _there = make(QUANFENG + "001"), make(QUANFENG + "002")
    assert keys(pull(tablet, areas=QUANFENG + "001"), "incident") == [here.pk]


def test_areas_out_of_scope_are_left(tablet: Tablet, make: Make) -> None:
    make(OTHER_VILLAGE + "001")
    page = pull(tablet, areas=f"{OTHER_VILLAGE},{QUANFENG}")
    assert page["left"] == [OTHER_VILLAGE]
    assert keys(page, "incident") == []


def test_a_smaller_scope_begins_anew(tablet: Tablet, cast: SimpleNamespace) -> None:
    first = pull(tablet)
    cast.surveyor.assignments.update(area_code=LIJIA)
    second = pull(tablet, first["cursor"])
    assert second["reset"]
    assert second["left"] == [QUANFENG]


def test_a_cursor_of_other_areas_begins_anew(tablet: Tablet) -> None:
    first = pull(tablet)
    assert pull(tablet, first["cursor"], areas=LIJIA)["reset"]


INFINITE = base64.urlsafe_b64encode(b'{"x": 1e999, "i": 0, "s": ""}').decode()


@pytest.mark.parametrize("cursor", ["x", "e30", "eyJlIjogMX0", "eyJ4IjogLTF9", INFINITE])
def test_a_cursor_that_is_none_is_refused(tablet: Tablet, cursor: str) -> None:
    status, body = tablet(f"sync/pull?areas={QUANFENG}&cursor={cursor}")
    assert status == 422
    assert body["error"]["where"] == "cursor"


@pytest.mark.parametrize("areas", ["", "1", "431024000000", "; drop table"])
def test_areas_that_are_none_are_refused(tablet: Tablet, areas: str) -> None:
    status, body = tablet(f"sync/pull?areas={areas}")
    assert status == 422
    assert body["error"]["where"] == "areas"


def test_it_comes_compressed(tablet: Tablet, make: Make) -> None:
    make(QUANFENG + "001")
    answer = tablet.client.get(
        f"/api/v1/sync/pull?areas={QUANFENG}", headers={"accept-encoding": "gzip"}
    )
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content))["changes"]["incident"]


def test_areas_are_told_with_their_size(tablet: Tablet) -> None:
    status, body = tablet("sync/areas")
    assert status == 200
    levels = [one["level"] for one in body["areas"]]
    assert levels == ["town"] + ["village"] * 2 + ["grid"] * 5
    assert all(one["bytes"] > 0 for one in body["areas"] if one["level"] != "town")
