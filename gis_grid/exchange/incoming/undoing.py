"""A load taken back as a whole: every row as it was, or a word on what stands against it."""

import json
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_grid.audit.services import record
from gis_grid.core.codes import common_area
from gis_grid.core.errors import StateError
from gis_grid.exchange.incoming import difference
from gis_grid.exchange.models import Intake
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household
from gis_grid.households.services.tags import refresh_masks
from gis_grid.incidents.models import Incident
from gis_grid.territory.services.located import place_anew
from gis_grid.territory.services.versions import bump

MOST_NAMED = 20
LOCATED = {model._meta.db_table: model for model in (Household, Camera, ServicePoint, Incident)}
# Tables that layers of the map are drawn from.
LAYERS = {tab: model.layer for tab, model in LOCATED.items()} | {
    "territory_referencefeature": "reference",
    "patrols_route": "patrols",
}
# Tables that are only ever added to: the database takes out of them what the load had added.
HISTORIES = frozenset({"incidents_step", "facilities_camerastate", "patrols_routeversion"})
_OWN = frozenset({"exchange_intakechange"})
_REFERRING = """
SELECT c.conrelid::regclass::text, a.attname
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = to_regclass(%s) AND cardinality(c.conkey) = 1
"""
_WRITABLE = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
ORDER BY ordinal_position
"""
Net = dict[str, dict[int, tuple[dict[str, Any] | None, dict[str, Any] | None]]]


def undo(intake: Intake) -> None:
    """Put back what the load changed, in the caller's transaction.

    StateError naming what others have changed since, or what they have hung on it; nothing is
    undone then.
    """
    net = _net(intake)
    against = [*_changed_since(net), *_hung_on(net)]
    if against:
        raise _refusal(against)
    for tab, rows in net.items():
        _restore(tab, rows)
    areas = _follow(net)
    with connection.cursor() as cursor:
        # Late, for it writes to the log, and who writes there next waits for our end.
        if histories := sorted(HISTORIES & net.keys()):
            cursor.execute("SELECT public.exchange_take_back(%s, %s)", [intake.pk, histories])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    record(
        acting_user=intake.user,
        action="intake_undone",
        subject_type="intake",
        subject_id=intake.pk,
        area_code=common_area(areas),
        detail={"file": intake.file_name, "rows": sum(map(len, net.values()))},
    )


def _net(intake: Intake) -> Net:
    net: Net = {}
    with connection.cursor() as cursor:
        cursor.execute(difference.NET, [intake.pk])
        for tab, row, before, after in cursor.fetchall():
            pair = (difference._json(before), difference._json(after))
            if pair != (None, None):
                net.setdefault(tab, {})[row] = pair
    return net


def _refusal(against: list[str]) -> StateError:
    named = "；".join(against[:MOST_NAMED])
    more = len(against) - MOST_NAMED
    sentence = _(
        "Nothing was undone: others have changed since what this file had brought: %(named)s."
    ) % {"named": named}
    if more > 0:
        sentence += " " + _("… and %(more)d more.") % {"more": more}
    return StateError(sentence, details={"against": against[:200]})


def _changed_since(net: Net) -> list[str]:
    against = []
    for tab, rows in net.items():
        now = _now(tab, list(rows))
        for row, (_before, after) in rows.items():
            if after is not None and difference.changed_since(tab, after, now.get(row)):
                against.append(difference.label_of(tab, after))
            elif after is None and row in now:
                against.append(difference.label_of(tab, now[row]))
    return against


def _now(tab: str, ids: list[int]) -> dict[int, dict[str, Any]]:
    """The rows as they are, locked, written as the database keeps them."""
    kept: list[sql.Composable] = [sql.SQL("to_jsonb(t)")]
    for place in _places(tab):
        pair = sql.SQL("jsonb_build_object({}, t.{}::text)")
        kept.append(pair.format(sql.Literal(place), sql.Identifier(place)))
    query = sql.SQL("SELECT t.id, {} FROM {} t WHERE id = ANY(%s) FOR UPDATE").format(
        sql.SQL(" || ").join(kept), sql.Identifier(tab)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [ids])
        return {row: difference._json(value) for row, value in cursor.fetchall()}


def _places(tab: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s AND udt_name = 'geometry' AND is_generated = 'NEVER'",
            [tab],
        )
        return [name for (name,) in cursor.fetchall()]


def _hung_on(net: Net) -> list[str]:
    """What others have hung on rows that the load made, and that would be left without them."""
    against = []
    for tab, rows in net.items():
        made = [row for row, (before, _after) in rows.items() if before is None]
        if not made:
            continue
        with connection.cursor() as cursor:
            cursor.execute(_REFERRING, [tab])
            referring = [pair for pair in cursor.fetchall() if pair[0] not in _OWN]
            for other, column in referring:
                own = [row for row, (before, _a) in net.get(other, {}).items() if before is None]
                query = sql.SQL(
                    "SELECT DISTINCT {column} FROM {other} o WHERE {column} = ANY(%s)"
                    " AND NOT (to_jsonb(o) ->> 'id' = ANY(%s)) LIMIT 50"
                ).format(column=sql.Identifier(column), other=sql.Identifier(other))
                cursor.execute(query, [made, [str(one) for one in own]])
                against += [
                    difference.label_of(tab, rows[row][1] or {}) for (row,) in cursor.fetchall()
                ]
    return sorted(set(against))


def _restore(
    tab: str, rows: dict[int, tuple[dict[str, Any] | None, dict[str, Any] | None]]
) -> None:
    made = [row for row, (before, _after) in rows.items() if before is None]
    changed = [before for before, after in rows.values() if before and after]
    gone = [before for before, after in rows.values() if before and after is None]
    table = sql.Identifier(tab)
    with connection.cursor() as cursor:
        if made and tab not in HISTORIES:
            query = sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(table)
            cursor.execute(query, [made])
        cursor.execute(_WRITABLE, [tab])
        columns = [name for (name,) in cursor.fetchall()]
        if changed:
            kept = [one for one in columns if one not in ("id", "revision", "tag_mask")]
            pairs = [sql.SQL("{0} = b.{0}").format(sql.Identifier(one)) for one in kept]
            if "revision" in columns:
                # Never back: who has seen the load's state must notice that it is no more.
                pairs.append(sql.SQL("{0} = t.{0} + 1").format(sql.Identifier("revision")))
            query = sql.SQL(
                "UPDATE {table} t SET {pairs}"
                " FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) b WHERE b.id = t.id"
            ).format(table=table, pairs=sql.SQL(", ").join(pairs))
            cursor.execute(query, [json.dumps(changed)])
        if gone:
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            query = sql.SQL(
                "INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"
                " SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
            ).format(table=table, names=names)
            cursor.execute(query, [json.dumps(gone)])


def _follow(net: Net) -> set[str]:
    """What follows from places and tags, and the data versions; answers the areas concerned."""
    areas: set[str] = set()
    for tab, rows in net.items():
        pairs = [row for pair in rows.values() for row in pair if row]
        own = {str(row["area_code"]) for row in pairs if row.get("area_code")}
        areas |= own
        if tab in LOCATED:
            place_anew(LOCATED[tab], [row for row, (before, _a) in rows.items() if before])
        if tab in LAYERS:
            bump(LAYERS[tab], own)
    of_people = {
        int(row["household_id"])
        for tab in ("households_resident", "households_householdtag")
        for pair in net.get(tab, {}).values()
        for row in pair
        if row
    }
    homes = Household.objects.filter(pk__in=of_people)
    own = set(homes.values_list("area_code", flat=True))
    bump(Household.layer, own)
    refresh_masks(sorted({*of_people, *net.get("households_household", {})}))
    return areas | own


def undo_in_transaction(intake: Intake) -> None:
    with transaction.atomic():
        undo(intake)
        intake.state = Intake.State.UNDONE
        intake.said = ""
        intake.save(update_fields=["state", "said"])
