"""Publishing boundaries: the rules of the coverage, history, and what follows a redraw."""

import datetime as dt
from types import SimpleNamespace

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.utils import timezone

from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.territory.models import DataVersion, Grid, GridVersion, Lineage, Region
from gis_grid.territory.services.publish import CoverageError, publish_villages
from tests.conftest import JINPING, LIJIA, QUANFENG, cell, rectangle

pytestmark = pytest.mark.django_db


def shape_of(code: str) -> shapely.Geometry:
    version = GridVersion.objects.at().get(grid__code=code)
    return shapely.from_wkb(bytes(version.geom.wkb))


def test_outlines_are_the_union_of_the_small_grids(ground: dict[str, object]) -> None:
    village = shapely.union_all([rectangle(i) for i in (0, 1, 2)])
    assert shape_of(QUANFENG).equals(village)
    town = Region.objects.get(code=JINPING)
    assert town.geom is not None
    assert shapely.from_wkb(bytes(town.geom.wkb)).area == pytest.approx(5e-4, rel=1e-9)


def test_area_is_in_square_metres_of_the_local_zone(ground: dict[str, object]) -> None:
    # 0.01° × 0.01° at 25.6°N is 1,004.5 m by 1,107.8 m on the CGCS2000 ellipsoid.
    version = GridVersion.objects.at().get(grid__code=QUANFENG + "001")
    assert version.area_m2 == pytest.approx(1004.5 * 1107.8, rel=2e-3)


def test_same_boundaries_again_change_nothing(
    ground: dict[str, object], cast: SimpleNamespace
) -> None:
    before = GridVersion.objects.count()
    cells = [cell(QUANFENG + f"00{i}") for i in (1, 2, 3)]
    result = publish_villages(acting_user=cast.county, cells=cells)
    assert len(result.unchanged) == 3
    assert GridVersion.objects.count() == before


def test_redraw_keeps_the_past_and_moves_the_households(
    ground: dict[str, object], cast: SimpleNamespace, household: object
) -> None:
    home = household(QUANFENG + "002")
    before = timezone.now()
    west, east = QUANFENG + "001", QUANFENG + "002"
    result = publish_villages(
        acting_user=cast.county,
        cells=[
            cell(west, rectangle(0, width=1.9)),
            cell(east, rectangle(1.9, width=0.1)),
            cell(QUANFENG + "003"),
        ],
    )
    assert result.changed == [west, east]
    home.refresh_from_db()
    assert home.grid.code == west
    assert home.area_code == west
    old = GridVersion.objects.at(before).get(grid__code=west)
    assert shapely.from_wkb(bytes(old.geom.wkb)).equals(rectangle(0))
    assert Lineage.objects.filter(target__code=west, kind="survey").exists()


def test_a_household_on_the_border_belongs_to_the_lower_code(
    ground: dict[str, object], household: object
) -> None:
    border = Point(rectangle(1).bounds[0], 25.605, srid=4490)
    assert household(QUANFENG + "002", geom=border).area_code == QUANFENG + "001"


def test_a_placement_by_hand_is_kept_and_flagged(
    ground: dict[str, object], cast: SimpleNamespace, household: object
) -> None:
    home = household(QUANFENG + "002")
    type(home).objects.filter(pk=home.pk).update(placement="manual")
    publish_villages(
        acting_user=cast.county,
        cells=[
            cell(QUANFENG + "001", rectangle(0, width=1.9)),
            cell(QUANFENG + "002", rectangle(1.9, width=0.1)),
            cell(QUANFENG + "003"),
        ],
    )
    home.refresh_from_db()
    assert home.grid.code == QUANFENG + "002"
    assert home.placement_flagged


def test_an_ended_grid_leaves_its_households_to_the_one_that_takes_its_land(
    ground: dict[str, object], cast: SimpleNamespace, household: object
) -> None:
    home = household(QUANFENG + "002")
    result = publish_villages(
        acting_user=cast.county,
        cells=[cell(QUANFENG + "001", rectangle(0, width=2)), cell(QUANFENG + "003")],
    )
    assert result.ended == [QUANFENG + "002"]
    home.refresh_from_db()
    assert home.area_code == QUANFENG + "001"


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        (rectangle(0, width=1.5), rectangle(1), "overlap"),
        (rectangle(0), rectangle(0.999, width=1.001), "overlap"),
        (
            rectangle(0).difference(shapely.box(112.404, 25.604, 112.406, 25.606)),
            rectangle(1),
            "gap",
        ),
        (rectangle(0, width=0.9999), rectangle(1), "unmatched_edge"),
    ],
)
def test_a_broken_coverage_is_refused_whole(
    ground: dict[str, object],
    cast: SimpleNamespace,
    first: shapely.Polygon,
    second: shapely.Polygon,
    fault: str,
) -> None:
    before = list(GridVersion.objects.values_list("pk", flat=True))
    with pytest.raises(CoverageError) as refusal:
        publish_villages(
            acting_user=cast.county,
            cells=[
                cell(QUANFENG + "001", first),
                cell(QUANFENG + "002", second),
                cell(QUANFENG + "003"),
            ],
        )
    assert {issue.code for issue in refusal.value.issues} == {fault}
    assert QUANFENG + "001" in str(refusal.value)
    assert list(GridVersion.objects.values_list("pk", flat=True)) == before


def test_land_of_the_neighbouring_village_is_refused(
    ground: dict[str, object], cast: SimpleNamespace
) -> None:
    with pytest.raises(CoverageError, match=LIJIA + "001"):
        publish_villages(
            acting_user=cast.county,
            cells=[
                cell(QUANFENG + "001"),
                cell(QUANFENG + "002"),
                cell(QUANFENG + "003", rectangle(2, width=1.2)),
            ],
        )


def test_a_code_is_never_used_again(ground: dict[str, object], cast: SimpleNamespace) -> None:
    wide = [cell(QUANFENG + "001", rectangle(0, width=2)), cell(QUANFENG + "003")]
    publish_villages(acting_user=cast.county, cells=wide)
    with pytest.raises(InputError, match=QUANFENG + "002"):
        publish_villages(
            acting_user=cast.county, cells=[cell(QUANFENG + f"00{i}") for i in (1, 2, 3)]
        )


def test_a_dry_run_writes_nothing(regions: dict[str, Region], cast: SimpleNamespace) -> None:
    cells = [cell(QUANFENG + f"00{i}") for i in (1, 2, 3)]
    result = publish_villages(acting_user=cast.county, cells=cells, dry_run=True)
    assert len(result.created) == 3
    assert not Grid.objects.exists()
    assert not Entry.objects.exists()


def test_publishing_is_logged_and_raises_the_data_version(
    ground: dict[str, object], cast: SimpleNamespace
) -> None:
    entry = Entry.objects.filter(action="boundaries_published", area_code=JINPING).get()
    assert entry.actor == "county"
    assert QUANFENG + "001" in entry.detail["created"]
    assert DataVersion.objects.filter(layer="grids", town_prefix=JINPING[:9]).exists()


def test_who_may_publish(regions: dict[str, Region], cast: SimpleNamespace) -> None:
    cells = [cell(QUANFENG + f"00{i}") for i in (1, 2, 3)]
    with pytest.raises(NotAllowedError):
        publish_villages(acting_user=cast.worker, cells=cells)
    with pytest.raises(MissingError):
        publish_villages(acting_user=cast.outsider, cells=cells)


def test_a_village_not_drawn_yet_may_be_left_open(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    hole = shapely.box(112.405, 25.603, 112.415, 25.607)
    west, east = rectangle(0).difference(hole), rectangle(1).difference(hole)
    seam = shapely.union(west.intersection(hole), east.intersection(hole))
    [hole] = shapely.polygonize(list(shapely.node(seam).geoms)).geoms
    cells = [cell(QUANFENG + "001", west), cell(LIJIA + "001", east)]
    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=cells)
    assert [issue.code for issue in refusal.value.issues] == ["gap"]
    Region.objects.create(code="431024111202", name="邓家村", level="village", parent_id=JINPING)
    publish_villages(acting_user=cast.county, cells=cells)
    filled = publish_villages(acting_user=cast.county, cells=[cell("431024111202001", hole)])
    assert filled.created == ["431024111202001"]


def test_first_boundaries_may_have_held_for_long(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    since = timezone.now() - dt.timedelta(days=1000)
    cells = [cell(QUANFENG + f"00{i}") for i in (1, 2, 3)]
    publish_villages(acting_user=cast.county, cells=cells, since=since)
    for level, count in (("small", 3), ("large", 1)):
        assert GridVersion.objects.at(since).filter(grid__level=level).count() == count
    assert not GridVersion.objects.at(since - dt.timedelta(seconds=1)).exists()


def test_a_past_that_was_told_is_not_written_anew(
    ground: dict[str, object], cast: SimpleNamespace
) -> None:
    since = timezone.now() - dt.timedelta(days=1)
    with pytest.raises(InputError, match=QUANFENG):
        publish_villages(
            acting_user=cast.county,
            cells=[cell(QUANFENG + "004", rectangle(0, width=3))],
            since=since,
        )
    assert not GridVersion.objects.at(since).exists()


def test_boundaries_of_a_day_to_come_are_refused(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    with pytest.raises(InputError):
        publish_villages(acting_user=cast.county, cells=[cell(QUANFENG + "001")], since=tomorrow)


@pytest.mark.parametrize(
    ("shapes", "faults"),
    [
        ({"001": rectangle(0), "002": rectangle(1)}, {"land_lost"}),
        (
            {"001": rectangle(-0.5, width=1.5), "002": rectangle(1), "003": rectangle(2)},
            {"land_won"},
        ),
        ({"001": rectangle(40, width=3)}, {"land_lost", "land_won"}),
    ],
)
def test_a_drawn_village_keeps_its_outline_unless_it_is_meant(
    ground: dict[str, object],
    cast: SimpleNamespace,
    shapes: dict[str, shapely.Polygon],
    faults: set[str],
) -> None:
    cells = [cell(QUANFENG + number, shape) for number, shape in shapes.items()]
    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=cells)
    assert {issue.code for issue in refusal.value.issues} == faults
    result = publish_villages(acting_user=cast.county, cells=cells, accept_outline=True)
    assert result.changed or result.ended


def test_a_strip_of_two_metres_between_two_grids_is_refused(
    regions: dict[str, Region], cast: SimpleNamespace
) -> None:
    cells = [cell(QUANFENG + "001"), cell(QUANFENG + "002", rectangle(1.002, width=0.998))]
    with pytest.raises(CoverageError) as refusal:
        publish_villages(acting_user=cast.county, cells=cells)
    assert "unmatched_edge" in {issue.code for issue in refusal.value.issues}
