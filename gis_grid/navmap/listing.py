"""The table beside the map and the live counts of the layer tree: the same filter as the map."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.errors import InputError
from gis_grid.duties.selectors import ANSWER_SQL, Staff, staff_of
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Tag
from gis_grid.households.selectors import MASKED_HEAD_SQL, VISIBLE_MASK_SQL, visible_tags
from gis_grid.territory.selectors import place_names

MOST_ROWS = 500
LOGGED_ONCE_IN = dt.timedelta(minutes=10)
CHUNK = 2_000
NOBODY = Staff()

# What the table sorts by. Texts sort as a Chinese reader expects, numbers inside them by value.
SORTS: dict[str, str] = {
    "code": "h.code",
    "address": "h.address COLLATE zh_natural",
    "head": "h.head_name COLLATE zh_natural",
    "people": "h.people",
    "tags": f"bit_count(({VISIBLE_MASK_SQL})::bit(64)) {{}}, {VISIBLE_MASK_SQL}",
    "grid": "h.area_code",
    "village": "left(h.area_code, 12)",
    "worker": "coalesce(own.worker, around.worker) COLLATE zh_natural",
    "informant": "coalesce(own.informant, around.informant) COLLATE zh_natural",
}


@dataclass(frozen=True)
class Row:
    """A household in a line; the head's name is masked, tags are slugs that the reader may see."""

    id: int
    code: str
    address: str
    head: str
    people: int
    tags: list[str]
    grid_code: str
    grid_name: str
    village_name: str
    worker: str
    informant: str
    # In full, as on the card: whoever answers for a grid is published with it.
    worker_phones: tuple[str, ...]
    informant_phones: tuple[str, ...]
    longitude: float | None
    latitude: float | None
    # The smallest area known: what permissions compare with.
    area_code: str

    @property
    def worker_phone(self) -> str:
        return "、".join(self.worker_phones)

    @property
    def informant_phone(self) -> str:
        return "、".join(self.informant_phones)


@dataclass(frozen=True)
class Listing:
    """A page of the table; `total` counts all households under the filter."""

    rows: list[Row]
    total: int
    offset: int
    limit: int


@dataclass(frozen=True)
class Counts:
    """Totals under the whole filter, and for each visible tag what choosing it would show.

    A tag's number holds the filter's area and frame; with mode `all` also the other chosen
    tags, with `any` not, so that an unchosen tag says how many households it would add.
    """

    households: int
    people: int
    tags: dict[str, int]


# Names of places and people are looked up for the rows that are shown, not joined to all.
_COLUMNS = f"""
h.id, h.code, h.address, {MASKED_HEAD_SQL}, h.people, {VISIBLE_MASK_SQL}, h.grid_id IS NOT NULL,
h.area_code, ST_X(h.geom), ST_Y(h.geom)
"""
_ANSWER_JOIN = """
LEFT JOIN answer own ON own.area_code = h.area_code
LEFT JOIN answer around ON around.area_code = left(h.area_code, 12)
"""
_SORTS_BY_PEOPLE = {"worker", "informant"}


def page(
    user: User,
    filter: HouseholdFilter,  # noqa: A002 the word that the field uses
    *,
    sort: str = "code",
    descending: bool = False,
    offset: int = 0,
    limit: int = 100,
) -> Listing:
    """A page of the households under the filter, in a stable order.

    InputError for an unknown column, tag or area.
    """
    query, params = _query(user, filter, sort, descending=descending)
    limit, offset = max(1, min(limit, MOST_ROWS)), max(0, offset)
    where, where_params = filter.where(user)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM households_household h WHERE {where}", where_params)
        total = int(cursor.fetchone()[0])
        cursor.execute(
            query + " LIMIT %(limit)s OFFSET %(offset)s",
            {**params, "limit": limit, "offset": offset},
        )
        found = cursor.fetchall()
    return Listing(_rows(found, visible_tags(user)), total, offset, limit)


def every(
    user: User,
    filter: HouseholdFilter,  # noqa: A002 the word that the field uses
    *,
    sort: str = "code",
    descending: bool = False,
) -> Iterator[Row]:
    """All rows, read in chunks from one state of the database; memory stays flat."""
    query, params = _query(user, filter, sort, descending=descending)
    tags = visible_tags(user)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, params)
        while chunk := cursor.fetchmany(CHUNK):
            yield from _rows(chunk, tags)


def _query(
    user: User,
    filter: HouseholdFilter,  # noqa: A002 the word that the field uses
    sort: str,
    *,
    descending: bool,
) -> tuple[str, dict[str, Any]]:
    if sort not in SORTS:
        raise InputError(
            _("The table has no column %(column)s. Sort by one of: %(known)s.")
            % {"column": sort[:20], "known": ", ".join(SORTS)},
            where="sort",
        )
    where, params = filter.where(user)
    direction = "DESC" if descending else "ASC"
    order = SORTS[sort].replace("{}", direction)
    answer, join = "", ""
    if sort in _SORTS_BY_PEOPLE:
        answer, join = f"WITH answer AS ({ANSWER_SQL})", _ANSWER_JOIN
        params["answer_day"] = timezone.localdate()
    query = (
        f"{answer} SELECT {_COLUMNS} FROM households_household h {join} WHERE {where}"
        f" ORDER BY {order} {direction} NULLS LAST, h.id"
    )
    return query, params


def _rows(found: Sequence[Sequence[Any]], tags: Sequence[Tag]) -> list[Row]:
    codes = {code for values in found for code in (values[7], values[7][:12])}
    names, staff = place_names(codes), staff_of(codes)
    rows = []
    for identity, code, address, head, people, mask, in_grid, area_code, x, y in found:
        near = staff.get(area_code, NOBODY)
        around = staff.get(area_code[:12], NOBODY)
        works = near if near.workers else around
        informs = near if near.informants else around
        rows.append(
            Row(
                id=identity,
                code=code,
                address=address,
                head=head,
                people=people,
                tags=[tag.slug for tag in tags if mask & tag.mask],
                grid_code=area_code if in_grid else "",
                grid_name=names.get(area_code, "") if in_grid else "",
                village_name=names.get(area_code[:12], ""),
                worker=works.worker,
                informant=informs.informant,
                worker_phones=works.worker_phones,
                informant_phones=informs.informant_phones,
                longitude=x,
                latitude=y,
                area_code=area_code,
            )
        )
    return rows


def log_reading(user: User, filter: HouseholdFilter, found: Listing) -> None:  # noqa: A002
    """Log that a page of the table was shown: once per person and filter in ten minutes."""
    if not found.rows:
        return
    record_once(
        within=LOGGED_ONCE_IN,
        acting_user=user,
        action="households_listed",
        subject_type="household",
        area_code=user.scope(Permission.HOUSEHOLD_VIEW).common_area(filter.area),
        detail={"by": "table", "area": filter.area, "tags": list(filter.tags), "mode": filter.mode},
    )


def counts(
    user: User,
    filter: HouseholdFilter,  # noqa: A002 the word that the field uses
) -> Counts:
    """Live counts for the layer tree; one pass over the households in sight."""
    tags = visible_tags(user)
    chosen = filter.chosen_mask(user)
    base, params = filter.without_tags().where(user)
    shown = _shown(chosen, filter.mode)
    columns = [
        f"count(*) FILTER (WHERE {shown})",
        f"coalesce(sum(people) FILTER (WHERE {shown}), 0)",
    ]
    for tag in tags:
        wanted = tag.mask | (chosen if filter.mode == "all" else 0)
        columns.append(f"count(*) FILTER (WHERE mask & {wanted}::bigint = {wanted})")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM (SELECT h.people, {VISIBLE_MASK_SQL} AS mask"
            f" FROM households_household h WHERE {base}) h",
            params,
        )
        values = [int(value) for value in cursor.fetchone()]
    return Counts(
        values[0], values[1], {tag.slug: n for tag, n in zip(tags, values[2:], strict=True)}
    )


def _shown(chosen: int, mode: str) -> str:
    if not chosen:
        return "true"
    wanted = "<> 0" if mode == "any" else f"= {chosen}"
    return f"mask & {chosen}::bigint {wanted}"
