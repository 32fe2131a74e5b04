"""A county of 2,500 small grids of 66 vertices and 300,000 households, from a fixed seed.

25 towns of 20 villages of 5 grids, each cell about 830 m × 920 m with crooked borders
that neighbours share vertex for vertex. Loaded by COPY once and kept between runs;
invented through and through.
"""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction
from numpy.typing import NDArray

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.households.models import Tag
from gis_grid.territory.models import Region
from gis_grid.territory.services.versions import bump

COUNTY = "431024000000"
NAME = "量度县"
SIDE = 50
HOUSEHOLDS = 300_000
WEST, SOUTH, WIDTH, HEIGHT = 112.2, 25.4, 0.0083, 0.0083
SINCE = dt.date(2020, 1, 1)
# Share of the households that carry a tag, about what a county has.
SHARES = {"party_member": 0.035, "low_income": 0.03}
OTHER_SHARE = 0.02
_ROWS_A_COPY = 50_000


@dataclass(frozen=True)
class Cell:
    code: str
    column: int
    row: int
    shape: Any


def code_of(column: int, row: int) -> str:
    """Grid code of a cell: a town is 10 × 10 cells, a village 5 of them side by side."""
    town = 100 + row // 10 * 5 + column // 10
    village = 200 + row % 10 * 2 + column % 10 // 5
    return f"431024{town:03d}{village:03d}{column % 5 + 1:03d}"


def ensure() -> None:
    """Load the county, unless it is there; ends the program where other data is."""
    if Region.objects.filter(code=COUNTY, name=NAME).exists():
        return
    if Region.objects.exists():
        sys.exit("This database holds other data. Figures want one of their own: run bin/bench.")
    print("Making the county …", file=sys.stderr)
    cells = list(crooked_cells(np.random.default_rng(20240501)))
    with transaction.atomic():
        _load_territory(cells)
        _load_households(np.random.default_rng(20240502), cells)
        _load_people()
        towns = sorted({f"{cell.code[:9]}000" for cell in cells})
        for layer in ("grids", "households", "reference"):
            bump(layer, towns)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _edge(start: tuple[float, float], end: tuple[float, float], parts: int, rng: Any) -> Any:
    """A crooked line of `parts` segments, both ends kept; on the stored lattice of 1e-7°."""
    along = np.linspace(0, 1, parts + 1)[:, None]
    line = np.array(start) * (1 - along) + np.array(end) * along
    line[1:-1] += rng.uniform(-1, 1, (parts - 1, 2)) * [0.0001, 0.0001]
    return np.round(line, 7)


def crooked_cells(rng: Any) -> Iterator[Cell]:
    """All cells of the county, row by row from the south-west."""
    corners = np.empty((SIDE + 1, SIDE + 1, 2))
    for row in range(SIDE + 1):
        for column in range(SIDE + 1):
            corners[row, column] = (
                WEST + column * WIDTH + rng.uniform(-1, 1) * WIDTH * 0.1,
                SOUTH + row * HEIGHT + rng.uniform(-1, 1) * HEIGHT * 0.1,
            )
    level = {
        (row, column): _edge(corners[row, column], corners[row, column + 1], 16, rng)
        for row in range(SIDE + 1)
        for column in range(SIDE)
    }
    # 16 and 17 segments by turns: 16 + 16 + 16 + 17 make rings of 66 with the closing vertex.
    upright = {
        (row, column): _edge(corners[row, column], corners[row + 1, column], 16 + column % 2, rng)
        for row in range(SIDE)
        for column in range(SIDE + 1)
    }
    for row in range(SIDE):
        for column in range(SIDE):
            ring = np.concatenate(
                [
                    level[row, column][:-1],
                    upright[row, column + 1][:-1],
                    level[row + 1, column][::-1][:-1],
                    upright[row, column][::-1],
                ]
            )
            yield Cell(
                code_of(column, row), column, row, shapely.MultiPolygon([shapely.Polygon(ring)])
            )


def copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as out:
        for row in rows:
            out.write_row(row)


def ewkb(shape: Any) -> str:
    """Hex EWKB with SRID 4490, as COPY takes it."""
    return str(shapely.to_wkb(shapely.set_srid(shape, 4490), hex=True, include_srid=True))


def _multi(shape: Any) -> Any:
    return shapely.MultiPolygon(shapely.get_parts(shape).tolist())


def _load_territory(cells: list[Cell]) -> None:
    unions: dict[str, Any] = {}
    for length in (12, 9, 6):
        parts: dict[str, list[Any]] = {}
        below = unions if length < 12 else {cell.code: cell.shape for cell in cells}
        for code, shape in below.items():
            if length == 12 or (length == 9) == bool(code[9:].strip("0")):
                parts.setdefault(code[:length].ljust(12, "0"), []).append(shape)
        unions |= {code: _multi(shapely.union_all(shapes)) for code, shapes in parts.items()}
    levels = {6: "county", 9: "town", 12: "village"}
    regions = []
    for code, shape in sorted(unions.items()):
        length = 6 if code == COUNTY else 9 if code.endswith("000") else 12
        parent = None if length == 6 else code[: length - 3].ljust(12, "0")
        name = NAME if length == 6 else f"{code[length - 3 : length]}号"
        regions.append((code, name, levels[length], parent, True, ewkb(shape)))
    copy("territory_region", "code, name, level, parent_id, is_demo, geom", regions)
    large = {code: shape for code, shape in unions.items() if not code.endswith("000")}
    numbers = {code: number for number, code in enumerate([*large, *(c.code for c in cells)], 1)}
    now = dt.datetime.now(dt.UTC)
    copy(
        "territory_grid",
        "id, code, level, created_at",
        ((n, code, "large" if len(code) == 12 else "small", now) for code, n in numbers.items()),
    )
    shapes = chain(large.items(), ((cell.code, cell.shape) for cell in cells))
    copy(
        "territory_gridversion",
        "grid_id, parent_id, validity, name, kind, geom, label_point, area_m2",
        (
            (
                numbers[code],
                numbers[code[:12]] if len(code) == 15 else None,
                "[2020-01-01 00:00+08,)",
                f"网格{code[-3:]}",
                "small",
                ewkb(shape),
                ewkb(shapely.point_on_surface(shape)),
                shape.area * 1.113e10,
            )
            for code, shape in shapes
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('territory_grid_id_seq', (SELECT max(id) FROM territory_grid))"
        )


def _load_households(rng: Any, cells: list[Cell]) -> None:
    """Points well inside their cells, so that the grid is known without asking."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM territory_grid")
        ids: dict[str, int] = dict(cursor.fetchall())
    # Village by village, as they are loaded: neighbours stand near each other on disk too.
    codes = np.argsort([cell.code for cell in cells])
    which = codes[np.sort(rng.integers(0, len(cells), HOUSEHOLDS))]
    places = np.array([(cell.column + 0.5, cell.row + 0.5) for cell in cells])[which]
    places = places + rng.normal(0, 0.12, places.shape).clip(-0.35, 0.35)
    points = np.round(places * [WIDTH, HEIGHT] + [WEST, SOUTH], 7)
    geoms = shapely.to_wkb(
        shapely.set_srid(shapely.points(points), 4490), hex=True, include_srid=True
    )
    masks = _masks(rng)
    people = rng.integers(1, 9, HOUSEHOLDS)
    rows = (
        (
            number + 1,
            f"{cells[cell].code[:12]}{number:08d}",
            f"{number}号",
            "演示户",
            "resident",
            SINCE,
            int(masks[number]),
            int(people[number]),
            geoms[number],
            ids[cells[cell].code],
            cells[cell].code,
            "",
            b"",
            b"",
        )
        for number, cell in enumerate(which)
    )
    copy(
        "households_household",
        "id, code, address, head_name, origin, registered_on, tag_mask, people, geom, grid_id,"
        " area_code, note, phone_cipher, phone_hash",
        rows,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('households_household_id_seq', %s)", [HOUSEHOLDS])
        cursor.execute(
            "INSERT INTO households_householdtag (household_id, tag_id, starts_on, source)"
            " SELECT h.id, t.id, %s, '' FROM households_household h"
            " JOIN households_tag t ON h.tag_mask & (1::bigint << t.bit) <> 0",
            [SINCE],
        )


def _masks(rng: Any) -> NDArray[np.int64]:
    masks = np.zeros(HOUSEHOLDS, np.int64)
    for tag in Tag.objects.all():
        carries = rng.random(HOUSEHOLDS) < SHARES.get(tag.slug, OTHER_SHARE)
        masks |= carries.astype(np.int64) << tag.bit
    return masks


def _load_people() -> None:
    """`county` sees all but welfare tags, `town` one town with them."""
    for name, role, area in (
        ("county", Role.COUNTY, COUNTY),
        ("town", Role.TOWN_LEADER, "431024112000"),
    ):
        user = User.objects.create_user(name)
        Assignment.objects.create(user=user, role=role, area_code=area, starts_on=SINCE)
