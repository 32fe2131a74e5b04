"""The collection's bytes: valid whatever people wrote, whole in many parts, in one order."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.core import geojson
from gis_grid.core.personal import mask_name
from gis_grid.households.models import Household
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"

NASTY = [
    'a "quoted" name',
    "back\\slash and \\u0041",
    "two\nlines\r\n",
    "tab\tbell\x07unit\x1fdelete\x7f",
    "emoji 🏠👨‍👩‍👧 and 𠮷",
    "line\u2028separator\ufeff",
    "'; -- %s %(day)s </script>",
    "},{",
    "",
]


@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_as_it_was_written(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable, text: str
) -> None:
    household(GRID, address=text, head_name=f'"{text}\\', origin=text[:10])
    household(GRID)
    first, second = call(cast.worker).get("households")[1]["features"]
    assert first["properties"]["address"] == text
    assert first["properties"]["origin"] == text[:10]
    assert first["properties"]["head"] == mask_name(f'"{text}\\')
    assert second["properties"]["origin"] == "resident"


def test_a_whole_collection_goes_area_by_area(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    call: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(geojson, "PARTS_A_FETCH", 2)
    order = [LIJIA + "002", GRID, QUANFENG + "003", GRID, LIJIA + "001", GRID, QUANFENG + "002"]
    made = [(grid, household(grid).pk) for grid in order]
    body = call(cast.county).get("households")[1]
    got = [(f["properties"]["grid"], f["id"]) for f in body["features"]]
    assert got == sorted(made)
    page = call(cast.county).get("households?limit=6")[1]
    assert [feature["id"] for feature in page["features"]] == [pk for _grid, pk in made[:6]]


def test_no_household_is_an_empty_collection(cast: SimpleNamespace, call: Callable) -> None:
    response = call(cast.county).response("households")
    assert json.loads(b"".join(response.streaming_content)) == {
        "type": "FeatureCollection",
        "features": [],
    }
