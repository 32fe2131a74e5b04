"""Outlines follow the small grids: large grids, then villages, towns and counties.

`shapes` are the small grids of `villages` as they shall be, by code, in lon/lat EPSG:4490.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.contrib.gis.geos import GEOSGeometry
from shapely.geometry import MultiPolygon

from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.territory import coverage
from gis_grid.territory.models import Grid, GridVersion, Region
from gis_grid.territory.services.gridversions import (
    close_versions,
    new_version,
    shape_of,
    stored,
)


def outline_changes(shapes: coverage.Cells, villages: Sequence[str]) -> list[coverage.Issue]:
    """Land that a drawn village would win or lose.

    A wrong code or a shifted file moves a village, and with it what its people may see.
    """
    drawn = Region.objects.filter(code__in=villages, geom__isnull=False)
    issues = []
    for region in drawn.order_by("code"):
        if region.geom is not None:
            after = _outline(shapes, region.code)
            issues += coverage.outline_issues(region.code, shape_of(region.geom), after)
    return issues


def write_outlines(shapes: coverage.Cells, villages: Sequence[str], now: dt.datetime) -> None:
    """Draw anew what stands above the small grids of `villages`, from below upwards."""
    _write_large(shapes, villages, now)
    _write_regions(villages)


def _outline(shapes: coverage.Cells, village: str) -> MultiPolygon:
    return coverage.union([shape for code, shape in shapes.items() if code.startswith(village)])


def large_grids(villages: Iterable[str]) -> dict[str, Grid]:
    Grid.objects.bulk_create(
        [Grid(code=code, level=Grid.Level.LARGE) for code in sorted(villages)],
        ignore_conflicts=True,
    )
    return {grid.code: grid for grid in Grid.objects.filter(code__in=list(villages))}


def _write_large(shapes: coverage.Cells, villages: Sequence[str], now: dt.datetime) -> None:
    """Each village's outline is the union of its small grids; versioned as they are."""
    names = dict(Region.objects.filter(code__in=villages).values_list("code", "name"))
    grids = large_grids(villages)
    current = {
        version.grid.code: version
        for version in GridVersion.objects.at(now)
        .filter(grid__code__in=villages)
        .select_related("grid")
    }
    opened = []
    for village in villages:
        shape = _outline(shapes, village)
        old = current.get(village)
        if old and old.name == names[village] and shape_of(old.geom).equals(shape):
            continue
        if old:
            close_versions([old], now)
        opened.append(
            new_version(grids[village], None, names[village], GridVersion.Kind.SMALL, shape, now)
        )
    GridVersion.objects.bulk_create(opened)


def _write_regions(villages: Sequence[str]) -> None:
    """Outlines of villages, towns and counties follow the large grids, from below upwards."""
    for level in (AreaLevel.VILLAGE, AreaLevel.TOWN, AreaLevel.COUNTY):
        for code in sorted({code_at(village, level) for village in villages}):
            merged = coverage.union([shape_of(part) for part in _parts_of_region(code, level)])
            Region.objects.filter(code=code).update(geom=stored(merged))


def _parts_of_region(code: str, level: AreaLevel) -> Iterable[GEOSGeometry]:
    if level is AreaLevel.VILLAGE:
        return GridVersion.objects.at().filter(grid__code=code).values_list("geom", flat=True)
    children = Region.objects.filter(parent_id=code).values_list("geom", flat=True)
    return [geom for geom in children if geom]
