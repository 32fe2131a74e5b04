"""The operations on a sheet: each answers an `Outcome` or raises `RefusedError`.

Lines and points come in lon/lat degrees. Nothing is written here and nothing decided about
who may do it; `rules.issues_after` tells whether the outcome holds.
"""

from collections.abc import Sequence
from dataclasses import replace

import shapely
from shapely.geometry import Point as Place
from shapely.geometry import Polygon

from gis_grid.territory.coverage import Issue
from gis_grid.territory.redraw.cutting import (
    across,
    by_part,
    faces_of,
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
    """Cut a grid along lines. The piece with most households keeps code and name, and of an
    enclave the parts that no line divides.

    `names` are those of the new parts, from west to east; `keep_at` a place in the part
    that keeps the code, for replaying.
    """
    cell = cell_of(sheet, grid)
    drawn = [reaching_borders(points_of(line), [cell.shape]) for line in lines]
    work = linework_near(sheet, cell.shape.bounds, grid)
    for line in drawn:
        work.draw(line)
    pieces = by_part(work, grid)
    whole = [part[0] for part in pieces if len(part) == 1]
    faces = [face for part in pieces if len(part) > 1 for face in part]
    if not faces:
        raise RefusedError(Issue("line_divides_nothing", (grid,), shapely.linestrings(lines[0])))
    keeper = _keeper(faces, keep_at, weigh)
    changes: Changes = {grid: with_shape(cell, [keeper, *whole])}
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
    the largest piece of each grid (of an enclave: of each of its parts) stays.
    """
    points = points_of(line)
    if len(points) < 2:
        raise RefusedError(Issue("line_too_short", (), Place(*line[0])))
    drawn_over = shapely.linestrings(line)
    work = linework_near(sheet, drawn_over.bounds, among=grids)
    work.draw(reaching_borders(points, [sheet[code].shape for code in work.shapes]))
    codes = [code for code in work.shapes if not grids or code in grids]
    pieces = {code: by_part(work, code) for code in codes}
    held = {code: [part[0] for part in parts] for code, parts in pieces.items()}
    cut_off = [(code, piece) for code in codes for part in pieces[code] for piece in part[1:]]
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
    if source == to:
        raise RefusedError(Issue("not_neighbours", (source, to), cell.shape))
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
        faces = faces_of(work, source)
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
        grown = with_shape(receiver, [*work.noded(to).geoms, *given])
        if len(grown.shape.geoms) > len(receiver.shape.geoms):
            raise RefusedError(Issue("not_neighbours", (source, to), joined(given)))
        changes[to] = grown
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
        faces = faces_of(work, code)
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
