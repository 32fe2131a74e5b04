"""GET regions and grids, today and in the past."""

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import shapely
from django.utils import timezone

from gis_grid.households.models import Household
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import COUNTY, JINPING, LIJIA, OTHER_VILLAGE, QUANFENG, TANGCUN, cell, rectangle

pytestmark = pytest.mark.django_db
WEST_GRID, EAST_GRID = QUANFENG + "001", QUANFENG + "002"


def ids(answer: tuple[int, dict]) -> list[str]:
    assert answer[0] == 200, answer
    return [feature["id"] for feature in answer[1]["features"]]


def move_the_border(cast: SimpleNamespace) -> None:
    publish_villages(
        acting_user=cast.county,
        cells=[
            cell(WEST_GRID, rectangle(0, width=1.9)),
            cell(EAST_GRID, rectangle(1.9, width=0.1)),
            cell(QUANFENG + "003"),
        ],
    )


def test_grids_of_a_parent_by_level(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    get = call(cast.town).get
    assert ids(get("grids?level=large")) == [QUANFENG, LIJIA]
    assert ids(get(f"grids?parent={LIJIA}")) == [LIJIA + "001", LIJIA + "002"]
    assert len(ids(get(f"grids?parent={JINPING}"))) == 7
    assert ids(get("grids?level=small&bbox=112.405,25.6,112.406,25.61")) == [WEST_GRID]


def test_rings_run_by_the_right_hand_and_there_is_no_crs(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    for path in ("grids", "regions"):
        body = call(cast.town).get(path)[1]
        assert "crs" not in body
        for feature in body["features"]:
            assert "crs" not in (feature["geometry"] or {})
            if feature["geometry"] is None:
                continue
            for part in shapely.get_parts(shapely.geometry.shape(feature["geometry"])):
                assert part.exterior.is_ccw


def test_a_grid_says_what_it_is(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    body = call(cast.town).get(f"grids?parent={QUANFENG}&limit=1")[1]
    (feature,) = body["features"]
    assert feature["properties"]["name"] == "网格001"
    assert feature["properties"]["parent"] == QUANFENG
    assert feature["properties"]["to"] is None
    assert feature["properties"]["area_m2"] == pytest.approx(1_112_800, rel=2e-3)
    assert "cursor=" in body["next"]


def test_pages_of_grids(cast: SimpleNamespace, ground: dict[str, object], call: Callable) -> None:
    get, path, seen = call(cast.town).get, "grids?limit=3", []
    while path:
        answer = get(path)
        seen += ids(answer)
        path = answer[1].get("next")
    assert seen == sorted(
        [QUANFENG, LIJIA, *(code for code in ground if code.startswith("431024111"))]
    )


def test_the_past_by_time_and_by_day(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    before = timezone.now()
    move_the_border(cast)

    def width(at: str) -> float:
        suffix = f"&at={quote(at)}" if at else ""
        features = call(cast.worker).get(f"grids?level=small{suffix}")[1]["features"]
        west = next(f for f in features if f["id"] == WEST_GRID)
        bounds = shapely.geometry.shape(west["geometry"]).bounds
        return round(bounds[2] - bounds[0], 7)

    assert width("") == 0.019
    assert width(before.isoformat()) == 0.01
    assert width(timezone.localdate().isoformat()) == 0.019
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    assert ids(call(cast.worker).get(f"grids?at={yesterday}")) == []


def test_the_card_of_a_grid_in_the_past(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    before = timezone.now()
    move_the_border(cast)
    get = call(cast.worker).get
    now = get(f"grids/{WEST_GRID}")[1]
    then = get(f"grids/{WEST_GRID}?at={quote(before.isoformat())}")[1]
    assert now["area"]["m2"] == pytest.approx(1.9 * then["area"]["m2"], rel=1e-3)
    assert len(now["five_fixed"]) == 5


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("grids?level=middle", "level"),
        ("grids?parent=abc", "parent"),
        ("grids?at=yesterday", "at"),
        ("grids?at=2026-02-30", "at"),
        ("grids?bbox=1", "bbox"),
        ("regions?level=street", "level"),
        ("regions?parent=1", "parent"),
        ("grids?cursor=-", "cursor"),
    ],
)
def test_a_bad_parameter_is_named(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable, path: str, where: str
) -> None:
    status, body = call(cast.worker).get(path)
    assert status == 422
    assert where in body["error"]["where"]


def test_regions_with_the_frame_above(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    assert ids(call(cast.worker).get("regions")) == [COUNTY, JINPING, QUANFENG]
    assert ids(call(cast.town).get(f"regions?parent={JINPING}&level=village")) == [QUANFENG, LIJIA]


def test_a_region_above_the_scope_has_no_outline(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    """A county's outline is the union of its towns: it would show the neighbour's border."""
    features = call(cast.outsider).get("regions")[1]["features"]
    drawn = {feature["id"] for feature in features if feature["geometry"]}
    assert drawn == {OTHER_VILLAGE}
    card = call(cast.outsider).get(f"regions/{COUNTY}")[1]
    assert (card["bounds"], card["area"]) == (None, None)


def test_a_region_without_grids_has_no_geometry(
    cast: SimpleNamespace, regions: dict[str, object], call: Callable
) -> None:
    features = call(cast.town).get("regions?level=town")[1]["features"]
    assert [feature["geometry"] for feature in features] == [None]


def test_the_card_of_a_region(
    cast: SimpleNamespace, household: Callable[..., Household], call: Callable
) -> None:
    household(WEST_GRID)
    assert call(cast.town).get(f"regions/{JINPING}")[1]["households"] == 1
    assert call(cast.worker).get(f"regions/{JINPING}")[1]["households"] is None


def test_out_of_scope(cast: SimpleNamespace, ground: dict[str, object], call: Callable) -> None:
    get = call(cast.outsider).get
    assert all(code.startswith(TANGCUN[:9]) for code in ids(get("grids")))
    assert JINPING not in ids(get("regions"))
    missing = get("grids/431024111999001")
    assert missing[0] == 404
    for path in (
        f"grids/{WEST_GRID}",
        f"grids?parent={QUANFENG}",
        f"regions/{JINPING}",
        f"regions?parent={JINPING}",
        "grids?parent=431024111999",
    ):
        assert get(path) == missing
    assert ids(call(cast.nobody).get("grids")) == []
    assert ids(call(cast.nobody).get("regions")) == []


def test_etag_follows_the_boundaries(
    cast: SimpleNamespace, ground: dict[str, object], call: Callable
) -> None:
    caller = call(cast.worker)
    etag = caller.response("grids")["ETag"]
    assert caller.response("grids", headers={"if-none-match": etag}).status_code == 304
    assert caller.response("grids?level=small")["ETag"] != etag
    move_the_border(cast)
    assert caller.response("grids", headers={"if-none-match": etag}).status_code == 200
