"""What tablets take along, and what has changed since.

A cursor is a word that only the server reads: {x, i} says that everything up to row i of
transaction x of the feed has been told; {e, a} that the first telling stands at kind e after key
a; s is what the person could see when it was begun, p which areas were asked for.
"""

import base64
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, is_area_code, level_of
from gis_grid.core.errors import InputError
from gis_grid.fieldsync.models import Change
from gis_grid.fieldsync.pulled import Areas, Row, kinds
from gis_grid.households.selectors import open_mask
from gis_grid.territory.models import Region

MOST_AREAS = 400
# Pulls within this time are one reading in the log.
ONE_READING = dt.timedelta(minutes=30)
# Rows of one answer, and rows of the feed read for one.
A_PAGE = 5_000

# Only what no transaction still at work could precede. The row comparison is the index's own.
_FEED = """
SELECT entity, object_id, xid::text, id FROM fieldsync_change
WHERE village = ANY(%(villages)s) AND (xid, id) > (%(x)s::text::xid8, %(i)s)
    AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id LIMIT %(limit)s
"""
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
# Something of an area was loaded past the triggers; of the village '', of everywhere.
RESET, EVERYWHERE = "reset", ""


@dataclass
class Answer:
    """One page. `left` are areas that the person may see no more."""

    cursor: str
    more: bool = False
    reset: bool = False
    left: list[str] = field(default_factory=list)
    changes: dict[str, Sequence[Row]] = field(default_factory=dict)
    gone: dict[str, list[int]] = field(default_factory=dict)


def pull(user: User, codes: Sequence[str], cursor: str = "", *, limit: int = A_PAGE) -> Answer:
    """The next page of what lies in the areas `codes`, from the beginning without a cursor.

    InputError for a code or cursor that is none.
    """
    areas, left = areas_in_scope(user, codes)
    sight = _sight(user, areas)
    state = _read(cursor) if cursor else {"e": 0, "a": 0, "x": _horizon(), "s": sight}
    # The horizon is read before the rows: what is committed in between is told once more.
    if state["s"] != sight:
        answer = Answer("", reset=True)
    elif "e" in state:
        answer = _all(user, areas, state, limit)
    else:
        answer = _since(user, areas, state, limit)
    answer.left = left
    return answer


def areas_in_scope(user: User, codes: Sequence[str]) -> tuple[Areas, list[str]]:
    """The areas in scope, towns as their villages, and those that are not."""
    if not 0 < len(codes) <= MOST_AREAS:
        raise InputError(_("Name between 1 and %(n)d areas.") % {"n": MOST_AREAS}, where="areas")
    scope = user.scope(Permission.MAP_VIEW)
    found: list[str] = []
    left = []
    for code in codes:
        if not is_area_code(code) or level_of(code) in _WIDE:
            raise InputError(_("Take towns, villages or grids along."), where="areas")
        if not scope.covers(code):
            left.append(code)
            continue
        found.append(code)
        if level_of(code) == AreaLevel.TOWN:
            inside = Region.objects.filter(code__startswith=code[:9], level=AreaLevel.VILLAGE)
            found += inside.values_list("code", flat=True)
    return Areas(tuple(sorted(set(found)))), left


_WIDE = {AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.COUNTY}


def _sight(user: User, areas: Areas) -> str:
    """What decides which rows the person gets: with another one everything is told anew."""
    held = sorted((one.role, one.area_code) for one in user.current_assignments)
    text = json.dumps([held, areas.codes, open_mask()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _all(user: User, areas: Areas, state: dict[str, Any], limit: int) -> Answer:
    """The first telling, kind by kind; what changes meanwhile is told once more by the feed."""
    changes: dict[str, Sequence[Row]] = {}
    left, every = limit, kinds()
    e, a = int(state["e"]), int(state["a"])
    while e < len(every) and left > 0:
        rows = every[e].rows(user, areas, None, a, left) if areas.codes else ()
        if rows:
            changes[every[e].entity] = rows
        if len(rows) < left:
            e, a = e + 1, 0
        else:
            a = rows[-1]["id"]
        left -= len(rows)
    if e < len(every):
        return Answer(_write({**state, "e": e, "a": a}), more=True, changes=changes)
    # Everything that was committed before the first page is told; the horizon itself is not.
    return Answer(_write({"x": state["x"], "i": 0, "s": state["s"]}), changes=changes)


def _since(user: User, areas: Areas, state: dict[str, Any], limit: int) -> Answer:
    if _is_forgotten(state["x"]):
        return Answer("", reset=True)
    horizon = _horizon()
    with connection.cursor() as db:
        db.execute(
            _FEED,
            {
                "villages": [*areas.villages, EVERYWHERE],
                "x": state["x"],
                "i": state["i"],
                "limit": limit,
            },
        )
        rows = db.fetchall()
    touched: dict[str, set[int]] = defaultdict(set)
    for entity, key, _xid, _id in rows:
        touched[entity].add(key)
    if RESET in touched:
        return Answer("", reset=True)
    changes, gone = {}, {}
    for kind in kinds():
        ids = touched.get(kind.entity)
        if not ids:
            continue
        found = kind.rows(user, areas, ids, 0, len(ids))
        if found:
            changes[kind.entity] = found
        if missing := sorted(ids - {row["id"] for row in found}):
            gone[kind.entity] = missing
    more = len(rows) == limit
    x, i = (rows[-1][2], rows[-1][3]) if more else (horizon, 0)
    cursor = _write({"x": x, "i": i, "s": state["s"]})
    return Answer(cursor, more=more, changes=changes, gone=gone)


def _horizon() -> str:
    with connection.cursor() as db:
        db.execute(_HORIZON)
        return str(db.fetchone()[0])


def _is_forgotten(xid: str) -> bool:
    """Whether the feed may have had rows after `xid` that are cleared away."""
    with connection.cursor() as db:
        db.execute("SELECT cleared_xid::text FROM fieldsync_cleared")
        row = db.fetchone()
    return row is not None and int(row[0]) > int(xid)


def _write(state: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def _read(cursor: str) -> dict[str, Any]:
    try:
        state = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        names = ("e", "a") if "e" in state else ("i",)
        numbers = [int(state[name]) for name in (*names, "x")]
        if min(numbers) < 0 or max(numbers) >= 2**63 or not isinstance(state["s"], str):
            raise ValueError
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise InputError(_("This is no cursor of this server."), where="cursor") from error
    return {**state, "x": str(int(state["x"]))}


def begin_anew(layer: str) -> None:
    """Have every tablet take everything along anew, in the caller's transaction."""
    Change.objects.create(entity=RESET, object_id=0, village=EVERYWHERE)


def clear(days: int = 90) -> int:
    """Forget rows of the feed older than that; answers how many."""
    with transaction.atomic(), connection.cursor() as db:
        db.execute(
            "WITH away AS (DELETE FROM fieldsync_change"
            " WHERE at < now() - make_interval(days => %s) RETURNING xid)"
            " SELECT count(*), max(xid::text::numeric)::text FROM away",
            [days],
        )
        count, newest = db.fetchone()
        if count:
            db.execute("DELETE FROM fieldsync_cleared")
            db.execute("INSERT INTO fieldsync_cleared (cleared_xid) VALUES (%s::xid8)", [newest])
    return int(count)
