"""The rows of a load, checked one by one, encrypted, and laid into temporary tables by COPY.

Personal data is encrypted before it leaves this process. Rows with a fault are laid there
too, so that duplicates and missing heads are found in the same run; `load_problem` says
which rows those are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from gis_grid.core.crs import CGCS2000
from gis_grid.core.crypto import encrypt_many, lookup_hashes
from gis_grid.core.personal import id_birth_date
from gis_grid.core.problems import Batch, ProblemLog, copy_text, text_of
from gis_grid.households.services.load import checks
from gis_grid.households.services.load.checks import Column, Rules
from gis_grid.territory.services.located import place_rows
from gis_grid.territory.services.placing import Placer

_TABLES = {
    "load_household": (
        'row integer, code text COLLATE "C", village text, address text, head_name text,'
        " origin text, phone_hash bytea, phone_cipher bytea, note text, registered_on date,"
        " geom geometry(Point, 4490), grid_id bigint, area_code text, id bigint,"
        " changed boolean NOT NULL DEFAULT false"
    ),
    "load_tag": (
        'row integer, code text COLLATE "C", tag_id bigint, starts_on date, ends_on date,'
        " source text, listed boolean NOT NULL"
    ),
    "load_person": (
        'row integer, code text COLLATE "C", name text, relation text, sex text, birth_date date,'
        " id_hash bytea, id_cipher bytea, phone_hash bytea, phone_cipher bytea,"
        " is_party_member boolean, id bigint, changed boolean NOT NULL DEFAULT false"
    ),
}
_POINT = np.dtype(
    [("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("lon", "<f8"), ("lat", "<f8")]
)
_EWKB_POINT = 0x20000001
# Table → column → its values, of equal length in a table.
_Tables = Mapping[str, Mapping[str, Sequence[Any]]]


def create_tables() -> None:
    """Empty temporary tables of this session."""
    with connection.cursor() as cursor:
        for table, columns in _TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMP TABLE {table} ({columns})")


def drop_tables() -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def fill(batches: Iterable[Batch], rules: Rules, log: ProblemLog) -> Placer:
    """Check each batch and COPY it into its tables, while the next one is read and checked.

    Households come with the grids that they lie in, as the answered `Placer` knows them.
    """
    laid: Future[None] | None = None
    # The connection does one thing at a time.
    placer = Placer(wait=lambda: laid.result() if laid else None)
    stages: dict[str, Callable[[Column, Rules], _Tables]] = {
        "household": partial(_households, placer),
        "person": _people,
        "tag": _tags,
    }
    with connection.cursor() as cursor, ThreadPoolExecutor(1) as beside:
        for batch in batches:
            column = Column(batch)
            tables = stages[batch.kind](column, rules)
            texts = [(name, list(each), text_of(each.values())) for name, each in tables.items()]
            if laid:
                laid.result()
            log.add(column.problems)
            laid = beside.submit(_lay, cursor, texts)
        if laid:
            laid.result()
    return placer


def _lay(cursor: CursorWrapper, texts: Iterable[tuple[str, Sequence[str], str]]) -> None:
    for table, columns, text in texts:
        copy_text(cursor, table, columns, text)


def place_again() -> None:
    """Place the households anew: grids have been published while they were read."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE load_household DROP COLUMN grid_id, DROP COLUMN area_code")
    place_rows("load_household", village="village")


def index_households() -> bool:
    """Like `index`; True where no code stands in two rows, which costs nothing to find so."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE UNIQUE INDEX ON load_household (code)")
            cursor.execute("ANALYZE load_household (code)")
    except IntegrityError:
        index("load_household")
        return False
    return True


def index(table: str) -> None:
    """Make joins by code quick, and tell the planner how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {table} (code)")
        cursor.execute(f"ANALYZE {table} (code)")


def _points(places: NDArray[np.float64], held: NDArray[np.bool_]) -> list[str | None]:
    """Hex EWKB of the points, None where a row has no place."""
    packed = np.zeros(len(places), _POINT)
    packed["order"], packed["type"], packed["srid"] = 1, _EWKB_POINT, CGCS2000
    packed["lon"], packed["lat"] = places[:, 0], places[:, 1]
    text, width = packed.tobytes().hex(), _POINT.itemsize * 2
    return [
        text[i * width : (i + 1) * width] if there else None
        for i, there in enumerate(held.tolist())
    ]


def _placed(
    placer: Placer, villages: Sequence[str], xy: NDArray[np.float64], held: NDArray[np.bool_]
) -> dict[str, Sequence[Any]]:
    """Where the rows lie: their points, grids and areas; the village's own code in no grid."""
    rows = np.flatnonzero(held).tolist()
    grids: list[int | None] = [None] * len(xy)
    areas = list(villages)
    found = placer.place(xy[held], [villages[row] for row in rows])
    for row, grid, code in zip(rows, *found, strict=True):
        if code is not None:
            grids[row], areas[row] = grid, code
    return {"geom": _points(xy, held), "grid_id": grids, "area_code": areas}


def _households(placer: Placer, column: Column, rules: Rules) -> _Tables:
    codes = column.matching("code", checks.CODE, "code_form")
    phones = checks.phones(column, "phone", rules)
    rows = column.batch.rows
    unsaid = [None] * len(rows)
    villages = column.matching("village", checks.VILLAGE, "village_form")
    household = {
        "row": rows,
        "code": codes,
        "village": villages,
        "address": column.texts("address", most=200, needed="needed"),
        "head_name": column.names("head", most=60),
        "origin": column.choice("origin", checks.ORIGINS, "origin_unknown")
        if column.batch.has("origin")
        else unsaid,
        "phone_hash": lookup_hashes(phones, purpose="phone"),
        "phone_cipher": encrypt_many(phones, purpose="household.phone"),
        "note": column.texts("note", most=500) if column.batch.has("note") else unsaid,
        "registered_on": column.dates("registered", latest=rules.today),
        **_placed(placer, villages, *checks.places(column, rules)),
    }
    listed = [
        (row, code, tag)
        for row, code, tags in zip(rows, codes, checks.tag_lists(column, rules), strict=True)
        for tag in tags
    ]
    tag: dict[str, Sequence[Any]] = {
        "row": [row for row, _, _ in listed],
        "code": [code for _, code, _ in listed],
        "tag_id": [tag for _, _, tag in listed],
        "starts_on": [rules.today] * len(listed),
        "listed": [True] * len(listed),
    }
    return {"load_household": household, "load_tag": tag}


def _people(column: Column, rules: Rules) -> _Tables:
    numbers = checks.identity_numbers(column, "id", rules)
    phones = checks.phones(column, "phone", rules)
    person = {
        "row": column.batch.rows,
        "code": column.matching("code", checks.CODE, "code_form"),
        "name": column.names("name", most=60),
        "relation": column.texts("relation", most=20, needed="relation_needed"),
        "sex": checks.sexes(column, numbers),
        "birth_date": [id_birth_date(number) if number else None for number in numbers],
        "id_hash": lookup_hashes(numbers, purpose="id"),
        "id_cipher": encrypt_many(numbers, purpose="resident.id"),
        "phone_hash": lookup_hashes(phones, purpose="phone"),
        "phone_cipher": encrypt_many(phones, purpose="resident.phone"),
        "is_party_member": column.yes("party"),
    }
    return {"load_person": person}


def _tags(column: Column, rules: Rules) -> _Tables:
    codes = column.matching("code", checks.CODE, "code_form")
    names = column.texts("tag", most=40, needed="needed")
    starts = column.dates("start", needed=True)
    ends = column.dates("end")
    sources = column.texts("source", most=100)
    ids = [rules.tags.get(name) for name in names]
    for i, name in enumerate(names):
        tag, start, end = ids[i], starts[i], ends[i]
        if name and tag is None:
            column.fault(i, "tag", "tag_unknown", value=name[:20], known=rules.tag_names)
        if start and end and end <= start:
            column.fault(i, "end", "end_before_start")
    tag_columns = {
        "row": column.batch.rows,
        "code": codes,
        "tag_id": ids,
        "starts_on": starts,
        "ends_on": ends,
        "source": sources,
        "listed": [False] * len(ids),
    }
    return {"load_tag": tag_columns}
