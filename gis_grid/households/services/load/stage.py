"""The rows of a load, checked one by one, encrypted, and laid into temporary tables by COPY.

Personal data is encrypted before it leaves this process. Rows with a fault are laid there
too, so that duplicates and missing heads are found in the same run; `load_problem` says
which rows those are.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from gis_grid.core.crs import CGCS2000
from gis_grid.core.crypto import encrypt, lookup_hash
from gis_grid.core.personal import id_birth_date
from gis_grid.core.problems import Batch, ProblemLog, copy_into
from gis_grid.households.services.load import checks
from gis_grid.households.services.load.checks import Column, Rules

_TABLES = {
    "load_household": (
        "row integer, code text, village text, address text, head_name text, origin text,"
        " phone_hash bytea, phone_cipher bytea, note text, registered_on date,"
        " geom geometry(Point, 4490), id bigint, changed boolean NOT NULL DEFAULT false"
    ),
    "load_tag": (
        "row integer, code text, tag_id bigint, starts_on date, ends_on date, source text,"
        " listed boolean NOT NULL"
    ),
    "load_person": (
        "row integer, code text, name text, relation text, sex text, birth_date date,"
        " id_hash bytea, id_cipher bytea, phone_hash bytea, phone_cipher bytea,"
        " is_party_member boolean, id bigint, changed boolean NOT NULL DEFAULT false"
    ),
}
_POINT = struct.Struct("<BIIdd")
_EWKB_POINT = 0x20000001


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


def fill(batches: Iterable[Batch], rules: Rules, log: ProblemLog) -> None:
    """Check each batch and COPY it into its table."""
    stages: dict[str, Callable[[Column, Rules], None]] = {
        "household": _households,
        "person": _people,
        "tag": _tags,
    }
    for batch in batches:
        column = Column(batch)
        stages[batch.kind](column, rules)
        log.add(column.problems)


def index(table: str) -> None:
    """Make joins by code quick, and tell the planner how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON {table} (code)")
        cursor.execute(f"ANALYZE {table} (code)")


def _copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    names = columns.split()
    with connection.cursor() as cursor, copy_into(cursor, table, names) as copy:
        for row in rows:
            copy.write_row(row)


def _point(place: tuple[float, float] | None) -> str | None:
    if place is None:
        return None
    return _POINT.pack(1, _EWKB_POINT, CGCS2000, *place).hex()


def _households(column: Column, rules: Rules) -> None:
    codes = column.matching("code", checks.CODE, "code_form")
    villages = column.matching("village", checks.VILLAGE, "village_form")
    addresses = column.texts("address", most=200, needed="needed")
    heads = column.texts("head", most=60, needed="needed")
    origins = column.choice("origin", checks.ORIGINS, "origin_unknown")
    phones = checks.phones(column, "phone", rules)
    notes = column.texts("note", most=500)
    registered = column.dates("registered", latest=rules.today)
    points = [_point(place) for place in checks.places(column, rules)]
    hashes = [lookup_hash(phone, purpose="phone") for phone in phones]
    ciphers = [encrypt(phone, purpose="household.phone") for phone in phones]
    rows = column.batch.rows
    _copy(
        "load_household",
        "row code village address head_name origin phone_hash phone_cipher note registered_on geom",
        zip(
            rows,
            codes,
            villages,
            addresses,
            heads,
            origins,
            hashes,
            ciphers,
            notes,
            registered,
            points,
            strict=True,
        ),
    )
    _copy(
        "load_tag",
        "row code tag_id starts_on listed",
        (
            (row, code, tag, rules.today, True)
            for row, code, tags in zip(rows, codes, checks.tag_lists(column, rules), strict=True)
            for tag in tags
        ),
    )


def _people(column: Column, rules: Rules) -> None:
    codes = column.matching("code", checks.CODE, "code_form")
    names = column.texts("name", most=60, needed="needed")
    relations = column.texts("relation", most=20, needed="relation_needed")
    numbers = checks.identity_numbers(column, "id", rules)
    sexes = checks.sexes(column, numbers)
    phones = checks.phones(column, "phone", rules)
    party = column.yes("party")
    _copy(
        "load_person",
        "row code name relation sex birth_date id_hash id_cipher phone_hash phone_cipher"
        " is_party_member",
        zip(
            column.batch.rows,
            codes,
            names,
            relations,
            sexes,
            [id_birth_date(number) if number else None for number in numbers],
            [lookup_hash(number, purpose="id") for number in numbers],
            [encrypt(number, purpose="resident.id") for number in numbers],
            [lookup_hash(phone, purpose="phone") for phone in phones],
            [encrypt(phone, purpose="resident.phone") for phone in phones],
            party,
            strict=True,
        ),
    )


def _tags(column: Column, rules: Rules) -> None:
    codes = column.matching("code", checks.CODE, "code_form")
    names = column.texts("tag", most=40, needed="needed")
    starts = column.dates("start", needed=True)
    ends = column.dates("end")
    sources = column.texts("source", most=100)
    rows = []
    for i, name in enumerate(names):
        tag, start, end = rules.tags.get(name), starts[i], ends[i]
        if name and tag is None:
            column.fault(i, "tag", "tag_unknown", value=name[:20], known=rules.tag_names)
        if start and end and end <= start:
            column.fault(i, "end", "end_before_start")
        rows.append((column.batch.rows[i], codes[i], tag, start, end, sources[i], False))
    _copy("load_tag", "row code tag_id starts_on ends_on source listed", rows)
