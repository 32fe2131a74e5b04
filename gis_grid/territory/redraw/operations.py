"""The operations on a sheet: each answers an `Outcome` or raises `RefusedError`.

Lines and points come in lon/lat degrees. Nothing is written here and nothing decided about
who may do it; `rules.issues_after` tells whether the outcome holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry import Point as Place
from shapely.geometry import Polygon

from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.cutting import (
    across,
    reaching_borders,
)
from gis_grid.territory.redraw.lattice import in_degrees, in_units
from gis_grid.territory.redraw.sheet import (
    Allot,
    Changes,
    DraftCell,
    Outcome,
    RefusedError,
    Sheet,
    Step,
    Weigh,
    cell_of,
    joined,
    linework_near,
    points_of,
    with_shape,
    with_vertices,
)

Line = Sequence[Sequence[float]]
SMALL = "small"


def split(
    sheet: Sheet,
    *,
    grid: str,
    lines: Sequence[Line],
    allot: Allot,
    weigh: Weigh,
    names: Sequence[str] = (),
    keep_at: Sequence[float] | None = None,
) -> Outcome:
    """Cut a grid along lines. The part with most households keeps code and name.

    `names` are those of the new parts, from west to east; `keep_at` a place in the part
    that keeps the code, for replaying.
    """
    cell = cell_of(sheet, grid)
    drawn = [reaching_borders(points_of(line), [cell.shape]) for line in lines]
    work = linework_near(sheet, cell.shape.bounds, grid)
    for line in drawn:
        work.draw(line)
    faces = work.faces(grid)
    if len(faces) <= len(cell.shape.geoms):
        raise RefusedError(Issue("line_divides_nothing", (grid,), shapely.linestrings(lines[0])))
    keeper = _keeper(faces, keep_at, weigh)
    changes: Changes = {grid: with_shape(cell, [keeper])}
    others = sorted((face for face in faces if face is not keeper), key=_west_to_east)
    for index, face in enumerate(others):
        code = allot(cell.village)
        name = names[index] if index < len(names) else f"{cell.name}{index + 2}"
        changes[code] = DraftCell(cell.village, name, cell.kind, joined([face]))
    steps = [Step("split", grid, code) for code in changes]
    inner = in_degrees(keeper).representative_point()
    params = {"keep_at": [inner.x, inner.y]}
    return Outcome(with_vertices(sheet, changes, work), steps, params)


def _keeper(faces: Sequence[Polygon], keep_at: Sequence[float] | None, weigh: Weigh) -> Polygon:
    if keep_at is not None:
        place = in_units(Place(*keep_at))
        for face in faces:
            if face.contains(place):
                return face
    return max(faces, key=lambda face: (weigh(in_degrees(face)), face.area))


def _west_to_east(face: Polygon) -> tuple[float, float]:
    return (face.centroid.x, -face.centroid.y)


def merge(sheet: Sheet, *, grids: Sequence[str], keep: str) -> Outcome:
    """Make one grid of several neighbours; it keeps code and name of `keep`."""
    codes = sorted(set(grids))
    if keep not in codes or len(codes) < 2:
        raise RefusedError(Issue("merge_needs_two", tuple(codes)))
    cells = {code: cell_of(sheet, code) for code in codes}
    shape = joined([in_units(cell.shape) for cell in cells.values()])
    if len(shape.geoms) > max(len(cell.shape.geoms) for cell in cells.values()):
        raise RefusedError(Issue("not_neighbours", tuple(codes), shape.geoms[-1]))
    changes: Changes = dict.fromkeys(codes)
    changes[keep] = replace(cells[keep], shape=shape)
    return Outcome(changes, [Step("merge", code, keep) for code in codes])


def reshape(sheet: Sheet, *, line: Line, grids: Sequence[str] = ()) -> Outcome:
    """Lead a border along a new line, whose ends lie on borders.

    Land that the line cuts off a grid goes to the neighbour across the old border there;
    the largest piece of each grid stays.
    """
    points = points_of(line)
    if len(points) < 2:
        raise RefusedError(Issue("line_too_short", ()))
    drawn_over = shapely.linestrings(line)
    work = linework_near(sheet, drawn_over.bounds)
    work.draw(reaching_borders(points, [sheet[code].shape for code in work.shapes]))
    codes = [code for code in work.shapes if not grids or code in grids]
    faces = {code: sorted(work.faces(code), key=lambda f: -f.area) for code in codes}
    held = {code: pieces[: len(sheet[code].shape.geoms)] for code, pieces in faces.items()}
    cut_off = [(code, piece) for code in codes for piece in faces[code][len(held[code]) :]]
    if not cut_off:
        raise RefusedError(Issue("line_divides_nothing", tuple(grids), drawn_over))
    concerned = {code for code, _ in cut_off}
    for code, piece in cut_off:
        to = across(work, code, piece, among=set(codes))
        if to is None:
            raise RefusedError(Issue("no_neighbour_there", (code,), in_degrees(piece)))
        held[to].append(piece)
        concerned.add(to)
    changes: Changes = {code: with_shape(sheet[code], held[code]) for code in sorted(concerned)}
    steps = [Step("reshape", code, code) for code in sorted(changes)]
    return Outcome(with_vertices(sheet, changes, work), steps)


def move_nodes(
    sheet: Sheet,
    *,
    moves: Sequence[Mapping[str, Any]] = (),
    insert: Sequence[Mapping[str, Any]] = (),
    remove: Sequence[Sequence[float]] = (),
) -> Outcome:
    """Move, set in and take out vertices; every cell that has them follows."""
    target = {points_of([move["from"]])[0]: points_of([move["to"]])[0] for move in moves}
    gone = {points_of([place])[0] for place in remove}
    added = {}
    for one in insert:
        a, b = points_of(one["between"])
        added[(a, b)] = added[(b, a)] = points_of([one["at"]])[0]
    seen: set[Any] = set()
    changes: Changes = {}
    for code, cell in sheet.items():
        rings = [
            _moved_rings(part, target, gone, added, seen) for part in in_units(cell.shape).geoms
        ]
        if all(rings_of_part is None for rings_of_part in rings):
            continue
        parts = [
            made if made is not None else part
            for made, part in zip(rings, in_units(cell.shape).geoms, strict=True)
        ]
        changes[code] = replace(cell, shape=_multi(parts))
    for wanted in (*target, *gone, *((a, b) for a, b in added if a < b)):
        if wanted not in seen and (not isinstance(wanted[0], tuple) or wanted[::-1] not in seen):
            place = in_degrees(Place(*(wanted[0] if isinstance(wanted[0], tuple) else wanted)))
            raise RefusedError(Issue("no_vertex_there", (), place))
    steps = [Step("reshape", code, code) for code in sorted(changes)]
    return Outcome(changes, steps)


def _multi(parts: Sequence[Polygon]) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.orient_polygons(in_degrees(part)) for part in parts])


def _moved_rings(
    part: Polygon,
    target: Mapping[Any, Any],
    gone: set[Any],
    added: Mapping[Any, Any],
    seen: set[Any],
) -> Polygon | None:
    """The part with its vertices moved, None where it has none of them."""
    made, changed = [], False
    for ring in (part.exterior, *part.interiors):
        points = [tuple(xy) for xy in shapely.get_coordinates(ring)[:-1].tolist()]
        new: list[Any] = []
        for here, after in zip(points, [*points[1:], points[0]], strict=True):
            seen.update({here} & (target.keys() | gone))
            changed |= here in target or here in gone or (here, after) in added
            if here not in gone:
                new.append(target.get(here, here))
            if (here, after) in added:
                seen.add((here, after))
                new.append(added[(here, after)])
        if len(new) < 3:
            raise RefusedError(Issue("ring_vanishes", (), in_degrees(part)))
        made.append(new)
    return Polygon(made[0], made[1:]) if changed else None


def transfer(
    sheet: Sheet,
    *,
    source: str,
    to: str,
    allot: Allot,
    area: Sequence[Sequence[Sequence[float]]] | None = None,
    name: str = "",
) -> Outcome:
    """Give a grid, or the part of it in `area` (rings), to a grid or to a village (12 digits).

    Land for a village becomes a grid of its own there, with a new code.
    """
    cell = cell_of(sheet, source)
    work = linework_near(sheet, cell.shape.bounds, source)
    given: list[Polygon] = list(work.shapes[source].geoms)
    left: list[Polygon] = []
    if area is not None:
        polygon = Polygon(area[0], area[1:])
        if not polygon.is_valid:
            raise RefusedError(Issue("area_crosses_itself", (source,), polygon.boundary))
        for ring in (polygon.exterior, *polygon.interiors):
            work.draw(points_of(ring))
        inside = in_units(polygon)
        faces = work.faces(source)
        given = [f for f in faces if inside.contains(f.representative_point())]
        left = [f for f in faces if f not in given]
        if not given:
            raise RefusedError(Issue("area_holds_nothing", (source,), polygon))
    changes: Changes = {source: with_shape(cell, left) if left else None}
    if len(to) == 12:
        target = allot(to)
        changes[target] = DraftCell(to, name or cell.name, cell.kind, joined(given))
    else:
        target = to
        receiver = cell_of(sheet, to)
        if to not in work.shapes:
            raise RefusedError(Issue("not_neighbours", (source, to), joined(given)))
        changes[to] = with_shape(receiver, [*work.noded(to).geoms, *given])
        if len(changes[to].shape.geoms) > len(receiver.shape.geoms):  # type: ignore[union-attr]
            raise RefusedError(Issue("not_neighbours", (source, to), joined(given)))
    return Outcome(with_vertices(sheet, changes, work), [Step("transfer", source, target)])


def create(
    sheet: Sheet,
    *,
    village: str,
    area: Sequence[Sequence[Sequence[float]]],
    name: str,
    allot: Allot,
    kind: str = SMALL,
    may_gain: bool = False,
) -> Outcome:
    """A new grid on `area` (rings), cut out of those there; with `may_gain` also on free land."""
    polygon = Polygon(area[0], area[1:])
    if not polygon.is_valid:
        raise RefusedError(Issue("area_crosses_itself", (), polygon.boundary))
    work = linework_near(sheet, polygon.bounds)
    for ring in (polygon.exterior, *polygon.interiors):
        work.draw(points_of(ring))
    inside = in_units(polygon)
    taken: list[Polygon] = []
    changes: Changes = {}
    for code in work.shapes:
        faces = work.faces(code)
        mine = [f for f in faces if inside.contains(f.representative_point())]
        left = [f for f in faces if f not in mine]
        if mine:
            taken += mine
            changes[code] = with_shape(sheet[code], left) if left else None
    free = work.free_faces(inside) if may_gain else []
    if not taken and not free:
        raise RefusedError(Issue("area_holds_nothing", (), polygon))
    code = allot(village)
    changes[code] = DraftCell(village, name, kind, joined([*taken, *free]))
    sources = [one for one in changes if one != code]
    steps = [Step("split", one, code) for one in sources] or [Step("create", None, code)]
    return Outcome(with_vertices(sheet, changes, work), steps, gains=bool(free))


def fill_gap(sheet: Sheet, *, place: Sequence[float], to: str) -> Outcome:
    """Give the gap that holds `place` to a grid beside it."""
    cell = cell_of(sheet, to)
    point = Place(*place)
    everything = shapely.coverage_union_all([other.shape for other in sheet.values()])
    rings = [ring for part in shapely.get_parts(everything) for ring in part.interiors]
    gap = next((Polygon(ring) for ring in rings if Polygon(ring).contains(point)), None)
    if gap is None:
        raise RefusedError(Issue("no_gap_there", (to,), point))
    shape = joined([in_units(cell.shape), in_units(gap)])
    if len(shape.geoms) > len(cell.shape.geoms):
        raise RefusedError(Issue("not_neighbours", (to,), gap))
    return Outcome({to: replace(cell, shape=shape)}, [Step("reshape", to, to)], gains=True)


def describe(
    sheet: Sheet, *, grid: str, name: str | None = None, kind: str | None = None
) -> Outcome:
    """Another name or kind for a grid; its land stays."""
    cell = cell_of(sheet, grid)
    changed = replace(cell, name=name or cell.name, kind=kind or cell.kind)
    return Outcome({grid: changed}, [Step("reshape", grid, grid)])


def recode(sheet: Sheet, *, grid: str, code: str) -> Outcome:
    """Another code in the same village; the old one ends and is never used again."""
    cell = cell_of(sheet, grid)
    if code[:12] != cell.village:
        raise RefusedError(Issue("code_of_other_village", (grid,), None, {"code": code}))
    return Outcome({grid: None, code: cell}, [Step("recode", grid, code)])
