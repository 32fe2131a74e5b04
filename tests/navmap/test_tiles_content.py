"""What tiles hold: names, counts, borders, clusters, single households."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point

from gis_grid.households.models import Household, Tag
from gis_grid.territory.models import ReferenceFeature
from tests.conftest import COUNTY, JINPING, LIJIA, QUANFENG, rectangle
from tests.navmap.places import tile_at

pytestmark = pytest.mark.django_db
FIRST = QUANFENG + "001"


def test_regions_have_outlines_names_and_counts(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    household(LIJIA + "001", people=3)
    found = tile(cast.county, "regions", 10, FIRST)
    assert {area["code"] for area in found["region"]} == {COUNTY, JINPING}
    labels = {label["code"]: label for label in found["region_label"]}
    assert (labels[JINPING]["households"], labels[JINPING]["people"]) == (2, 7)
    assert (labels[COUNTY]["households"], labels[COUNTY]["name"]) == (2, "嘉禾县")


def test_regions_above_the_scope_are_not_drawn(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    found = tile(cast.worker, "regions", 10, FIRST)
    for layer in ("region", "region_label"):
        assert {item["code"] for item in found[layer]} == {QUANFENG}


def test_grids_carry_names_levels_and_counts(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST)
    household(FIRST, people=5)
    found = tile(cast.town, "grids", 11, FIRST)
    assert {area["code"] for area in found["grid"] if area["level"] == "large"} == {QUANFENG, LIJIA}
    label = next(item for item in found["grid_label"] if item["code"] == FIRST)
    assert label["name"] == "网格001"
    assert (label["households"], label["people"]) == (2, 9)
    village = next(item for item in found["grid_label"] if item["code"] == QUANFENG)
    assert (village["name"], village["households"]) == ("泉凤村", 2)
    empty = next(item for item in found["grid_label"] if item["code"] == LIJIA + "002")
    assert empty["households"] == 0


def test_each_label_stands_in_one_tile(
    tile_xy: Callable, cast: SimpleNamespace, ground: dict
) -> None:
    seen: list[str] = []
    west, south, _east, _north = rectangle(0).bounds
    x0, y0 = tile_at(west, south, 15)
    for x in range(x0 - 1, x0 + 7):
        for y in range(y0 - 3, y0 + 2):
            found = tile_xy(cast.town, "grids", 15, x, y)
            seen += [label["code"] for label in found.get("grid_label", [])]
    assert sorted(seen) == sorted(
        [QUANFENG, LIJIA, *(f"{QUANFENG}00{i}" for i in (1, 2, 3)), LIJIA + "001", LIJIA + "002"]
    )


def test_neighbours_share_their_border_in_tile_units(
    tile: Callable, cast: SimpleNamespace, ground: dict
) -> None:
    areas = {area["code"]: area for area in tile(cast.town, "grids", 13, FIRST)["grid"]}
    west = {x for x, _ in areas[FIRST]["geometry"]["coordinates"][0]}
    east = {x for x, _ in areas[QUANFENG + "002"]["geometry"]["coordinates"][0]}
    assert max(west) == min(east)


def test_clusters_count_households_and_tags_at_the_mean_of_their_members(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    party, low = Tag.objects.get(slug="party_member"), Tag.objects.get(slug="low_income")
    household(FIRST, tags=(party.slug,))
    household(FIRST, tags=(party.slug, low.slug))
    household(FIRST)
    (cluster,) = tile(cast.civil, "households", 14, FIRST)["cluster"]
    assert cluster["n"] == 3
    assert cluster["tag:party_member"] == 2
    assert cluster["tag:low_income"] == 1
    assert not [name for name in cluster if name.startswith("tag:") and not cluster[name]]


def test_near_by_there_is_a_point_for_each_household(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    home = household(FIRST, tags=("party_member",))
    (point,) = tile(cast.town, "households", 17, FIRST)["household"]
    assert point["id"] == home.pk
    assert point["mask"] == Tag.objects.get(slug="party_member").mask
    assert "cluster" not in tile(cast.town, "households", 17, FIRST)


def test_closed_and_future_households_are_not_there(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    household(FIRST, closed_on="2024-01-01")
    household(FIRST, registered_on="2999-01-01")
    assert tile(cast.town, "households", 14, FIRST) == {}
    labels = tile(cast.town, "grids", 14, FIRST)["grid_label"]
    assert {label["households"] for label in labels} == {0}


def test_filter_by_tags_any_all_and_area(
    tile: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    both = household(FIRST, tags=("party_member", "low_income"))
    one = household(FIRST, tags=("party_member",))
    household(FIRST)

    def shown(**query: str) -> set[int]:
        found = tile(cast.civil, "households", 16, FIRST, **query)
        return {point["id"] for point in found.get("household", [])}

    tags = "party_member,low_income"
    assert shown(tags=tags) == {both.pk, one.pk}
    assert shown(tags=tags, mode="all") == {both.pk}
    assert shown(tags="party_member", area=FIRST) == {both.pk, one.pk}
    assert shown(tags="party_member", area=QUANFENG + "002") == set()


def test_reference_shows_small_things_only_when_near(
    tile: Callable, cast: SimpleNamespace, ground: dict
) -> None:
    for kind in ("town", "lane"):
        ReferenceFeature.objects.create(
            layer="road",
            kind=kind,
            name="新街",
            area_code=QUANFENG,
            geom=f"SRID=4490;LINESTRING({rectangle(0).bounds[0]} 25.604, 112.41 25.606)",
        )
    assert {road["kind"] for road in tile(cast.town, "reference", 12, FIRST)["road"]} == {"town"}
    near = tile(cast.town, "reference", 15, FIRST)
    assert {road["kind"] for road in near["road"]} == {"town", "lane"}
    assert near["road"][0]["name"] == "新街"


def test_a_household_on_the_edge_of_two_tiles_is_in_one(
    tile_xy: Callable, cast: SimpleNamespace, household: Callable
) -> None:
    x, y = tile_at(112.405, 25.605, 16)
    edge = (x + 1) / (1 << 16) * 360 - 180
    home: Household = household(FIRST, geom=Point(round(edge, 7), 25.605, srid=4490))
    seen = [
        point["id"]
        for column in (x, x + 1)
        for point in tile_xy(cast.town, "households", 16, column, y).get("household", [])
    ]
    assert seen == [home.pk]
