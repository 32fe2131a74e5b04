"""What a load changes, out of the rows that the database kept: shown before anything is written."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

SHOWN = 50
# Each row once: as it was before the first change, and after the last.
NET = """
SELECT tab, row_id, (array_agg(before ORDER BY id))[1] AS before,
    (array_agg(after ORDER BY id DESC))[1] AS after
FROM exchange_intakechange WHERE intake_id = %s GROUP BY tab, row_id
"""
# What follows from other things, and is made anew when a load is undone.
DERIVED = frozenset(
    {"id", "revision", "grid_id", "area_code", "placement_flagged", "tag_mask", "geom_3857",
     "sector_3857", "sector", "checked_on", "visited_on"}
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """How rows of a table are told: by which column, and what may stand there in the clear."""

    label: str
    columns: dict[str, StrPromise]
    # Named as changed, their values not shown.
    silent: dict[str, StrPromise]


TABLES = {
    "households_household": Shown(
        "code",
        {
            "address": gettext_lazy("Address"),
            "note": gettext_lazy("Note"),
            "registered_on": gettext_lazy("Day"),
            "origin": gettext_lazy("Origin"),
        },
        {
            "head_name": gettext_lazy("Head of household"),
            "phone_hash": gettext_lazy("Phone"),
            "geom": gettext_lazy("Place"),
            "people": gettext_lazy("People"),
        },
    ),
    "facilities_camera": Shown(
        "name",
        {
            "name": gettext_lazy("Name"),
            "height_m": gettext_lazy("Height"),
            "field_of_view": gettext_lazy("Field of view"),
            "range_m": gettext_lazy("Range"),
            "device_code": gettext_lazy("Device code"),
            "filing_no": gettext_lazy("Filing number"),
            "storage_days": gettext_lazy("Days of storage"),
            "platform": gettext_lazy("Platform"),
            "state": gettext_lazy("State"),
        },
        {"geom": gettext_lazy("Place"), "bearing": gettext_lazy("Direction")},
    ),
    "facilities_servicepoint": Shown(
        "name",
        {
            "name": gettext_lazy("Name"),
            "address": gettext_lazy("Address"),
            "hours": gettext_lazy("Opening hours"),
            "phone": gettext_lazy("Phone"),
        },
        {"geom": gettext_lazy("Place")},
    ),
    "incidents_incident": Shown("register_no", {}, {}),
    "patrols_route": Shown("name", {"name": gettext_lazy("Name")}, {}),
}


def rows_of(intake_id: int) -> dict[str, dict[str, list[Any]]]:
    """By table what is new and what changes: the first rows, as a person may read them."""
    found: dict[str, dict[str, list[Any]]] = {}
    for tab, shown in TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT before, after FROM ({NET}) net WHERE tab = %s AND after IS NOT NULL"
                " ORDER BY before IS NULL, row_id LIMIT %s",
                [intake_id, tab, 4 * SHOWN],
            )
            pairs = cursor.fetchall()
        told: dict[str, list[Any]] = {"new": [], "changed": []}
        for before, after in ((_json(one), _json(two)) for one, two in pairs):
            if before is None:
                told["new"].append({"label": str(after[shown.label])})
            elif columns := _columns(shown, before, after):
                told["changed"].append({"label": str(after[shown.label]), "columns": columns})
        if told["new"] or told["changed"]:
            found[tab] = {key: rows[:SHOWN] for key, rows in told.items()}
    return found


def _columns(shown: Shown, before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    told = []
    for key, title in shown.columns.items():
        if before.get(key) != after.get(key):
            values = [_text(before.get(key)), _text(after.get(key))]
            told.append({"column": str(title), "values": values})
    for key, title in shown.silent.items():
        if before.get(key) != after.get(key):
            told.append({"column": str(title), "values": []})
    return told


def _text(value: Any) -> str:
    return _("(empty)") if value in (None, "") else str(value)[:80]


def _json(value: Any) -> Any:
    if isinstance(value, str):
        import json

        return json.loads(value)
    return value


def changed_since(tab: str, after: dict[str, Any], now: dict[str, Any] | None) -> bool:
    """Whether somebody has changed a row that a load had left as `after`."""
    if now is None:
        return True
    return any(now.get(key) != value for key, value in after.items() if key not in DERIVED)


def label_of(tab: str, row: dict[str, Any]) -> str:
    shown = TABLES.get(tab)
    if shown is not None and row.get(shown.label):
        return str(row[shown.label])
    return f"{tab.rsplit('_', maxsplit=1)[-1]} {row.get('id', '')}"
