"""Which incidents a map shows: a filter small enough to stand in the address of a tile.

How an incident looks there is one of `LOOKS`: whether it waits for somebody to take it up, is
late, in hand, waiting for the person or the end, or closed.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from gis_grid.core.errors import InputError
from gis_grid.incidents.models import Kind
from gis_grid.incidents.periods import bounds

# From the one that shows first in a cluster to the one that shows last.
LOOK_LABELS = {
    "late": pgettext_lazy("look", "Overdue"),
    "open": pgettext_lazy("look", "Waits to be taken up"),
    "hand": pgettext_lazy("look", "In hand"),
    "waiting": pgettext_lazy("look", "Waits for the person or the end"),
    "closed": pgettext_lazy("look", "Closed"),
}
LOOKS = tuple(LOOK_LABELS)
IN_HAND = ("in_grid", "assigned", "followed", "mediating")
NEARLY_OVER = ("answered", "agreed", "court", "told", "stood_down")
_CODE = re.compile(r"[-\w]{1,20}")


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


IS_OPEN_SQL = "i.state NOT IN ('closed', 'merged')"
LOOK_SQL = f"""CASE WHEN i.state = 'closed' THEN 'closed'
    WHEN i.paused_at IS NULL AND least(i.due_at, i.step_due_at) < now() THEN 'late'
    WHEN i.paused_at IS NOT NULL OR i.state IN ({_listed(NEARLY_OVER)}) THEN 'waiting'
    WHEN i.state IN ({_listed(IN_HAND)}) THEN 'hand' ELSE 'open' END"""
# `i` in the sight of the person: in scope or just beyond its border, never what complains of
# them (`IncidentQuerySet.visible_to` says the same).
VISIBLE_SQL = """i.complained_of_id IS DISTINCT FROM %(user)s AND (
    i.area_code LIKE ANY(%(incident_scope)s)
    OR i.id = ANY(ARRAY(SELECT s.incident_id FROM incidents_incidentside s
        WHERE s.area_code LIKE ANY(%(incident_scope)s))))"""


@dataclass(frozen=True)
class IncidentSight:
    """What to show. `look` None is all that is open, "all" the closed ones, too.

    `since` and `until` are days on which it was reported, both counted.
    """

    look: str | None = None
    kind: str | None = None
    category: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "IncidentSight":
        """The filter as an address has it; InputError for what makes no sense."""
        return cls(
            look=_one_of(query, "look", (*LOOKS, "all")),
            kind=_one_of(query, "kind", Kind.values),
            category=_code(query),
            since=_day(query, "since"),
            until=_day(query, "until"),
        )

    def where(self) -> tuple[str, dict[str, Any]]:
        """A condition on `i` (incidents_incident), and its parameters. Knows no scope."""
        said: list[str] = []
        params: dict[str, Any] = {}
        if self.look is None:
            said.append(IS_OPEN_SQL)
        elif self.look == "all":
            said.append("i.state <> 'merged'")
        elif self.look == "closed":
            said.append("i.state = 'closed'")
        else:
            said += [IS_OPEN_SQL, f"({LOOK_SQL}) = %(look)s"]
            params["look"] = self.look
        if self.kind:
            said.append("i.kind = %(kind)s")
            params["kind"] = self.kind
        if self.category:
            said.append(
                "i.category_id = ANY(ARRAY(SELECT c.id FROM incidents_category c"
                " LEFT JOIN incidents_category above ON above.id = c.parent_id"
                " WHERE c.code = %(category)s OR above.code = %(category)s))"
            )
            params["category"] = self.category
        if self.since or self.until:
            said.append("i.reported_at >= %(first)s AND i.reported_at < %(last)s")
            params["first"], params["last"] = bounds(self.since, self.until)
        return " AND ".join(said), params


def _one_of(
    query: Mapping[str, str], name: str, words: "tuple[str, ...] | list[str]"
) -> str | None:
    text = query.get(name) or None
    if text is not None and text not in words:
        raise InputError(
            _("%(word)s can't be chosen here. Take one of: %(words)s.")
            % {"word": text[:20], "words": ", ".join(words)},
            where=name,
        )
    return text


def _code(query: Mapping[str, str]) -> str | None:
    text = query.get("category") or None
    if text is not None and not _CODE.fullmatch(text):
        raise InputError(_("This is no code of a category."), where="category")
    return text


def _day(query: Mapping[str, str], name: str) -> dt.date | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            _("%(text)s is no day. Write it like 2026-11-25.") % {"text": text[:20]}, where=name
        ) from None
