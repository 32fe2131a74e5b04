"""What was done with incidents that a county brings along: the rows of steps, held to the machine.

Those who did it need no login here: where there is one of the name, it is that person.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from gis_grid.core.errors import InputError, StateError
from gis_grid.core.problems import Batch, Problem
from gis_grid.core.texts import tidy
from gis_grid.incidents.machine import RULES
from gis_grid.incidents.models import Incident, State, Step
from gis_grid.incidents.services.deadlines import set_deadlines
from gis_grid.incidents.services.steps import Said, lead_on, require_state
from gis_grid.incidents.services.writing import step_of
from gis_grid.incidents.words import STEPS

KIND = "incident_step"
KEYS = ("ref", "village", "step", "at", "by", "text", "reason", "to")
Key = tuple[str, str]  # the village's code and the incident's own number
_LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True)
class _Row:
    number: int
    step: str
    at: str
    by: str
    text: str
    reason: str
    to: str


class Histories:
    """Rows of steps by incident; leads incidents on by them, in memory."""

    def __init__(self, read_time: Callable[[str], dt.datetime | None]) -> None:
        self._read_time = read_time
        self._rows: dict[Key, list[_Row]] = {}
        self._steps = _named({step: STEPS[step] for step in (*RULES, "merge")})
        self._offices = _named(dict(Role.choices))
        self._people = {user.username: user for user in User.objects.filter(is_active=True)}
        self.problems: list[Problem] = []

    def take(self, batch: Batch) -> None:
        """Keep the rows of a batch."""
        columns = (batch.column(key) for key in KEYS)
        for number, *cells in zip(batch.rows, *columns, strict=True):
            ref, village, *rest = (tidy(cell).strip() for cell in cells)
            self._rows.setdefault((village, ref), []).append(_Row(number, *rest))

    def has(self, key: Key) -> bool:
        """Whether the file tells what was done with the incident."""
        return key in self._rows

    def lead(self, incidents: dict[Key, Incident]) -> dict[Key, list[Step]]:
        """The steps of each incident after its report, which then stands as they left it.

        All are taken in the order of their times, as they were: a merge needs both as they
        stood then.
        """
        made: dict[Key, list[Step]] = {key: [] for key in incidents}
        broken: set[Key] = set()
        for at, key, row in self._in_time():
            if key not in incidents:
                self._fault(row, "ref", "step_stray")
            elif at is None:
                self._fault(row, "at", "incident_time", value=row.at[:20])
                broken.add(key)
            elif key not in broken and not self._one(row, key, at, incidents, made):
                broken.add(key)
        return made

    def _in_time(self) -> list[tuple[dt.datetime | None, Key, _Row]]:
        every = [
            (self._read_time(row.at), key, row) for key, rows in self._rows.items() for row in rows
        ]
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        return sorted(every, key=lambda one: (one[0] or never, one[2].number))

    def _one(
        self,
        row: _Row,
        key: Key,
        at: dt.datetime,
        incidents: dict[Key, Incident],
        made: dict[Key, list[Step]],
    ) -> bool:
        """Take one row's step; False where nothing that follows could be right."""
        incident, step = incidents[key], self._steps.get(row.step)
        if step is None:
            return self._fault(row, "step", "step_unknown", value=row.step[:20])
        if at < incident.reported_at:
            return self._fault(row, "at", "step_order")
        if step == "merge":
            return self._merge(row, key, at, incidents, made)
        office = self._offices.get(row.to, "")
        person = row.to if not office and row.to in self._people else ""
        if step == "assign" and not (office or person):
            return self._fault(row, "to", "step_to", value=row.to[:20])
        before = incident.state
        try:
            require_state(incident, step)
            words = lead_on(incident, step, Said(row.text, row.reason, office, person), at)
        except StateError:
            state = incident.get_state_display()
            return self._fault(row, "step", "step_state", state=state)
        except InputError as error:
            return self._fault(row, error.where, "step_said", said=str(error))
        made[key].append(self._step(row, incident, step, before, at, **words))
        return True

    def _merge(
        self,
        row: _Row,
        key: Key,
        at: dt.datetime,
        incidents: dict[Key, Incident],
        made: dict[Key, list[Step]],
    ) -> bool:
        gone, into = incidents[key], (key[0], row.to)
        kept = incidents.get(into)
        if kept is None or kept is gone or not (kept.is_open and gone.is_open):
            return self._fault(row, "to", "step_to", value=row.to[:20])
        before = gone.state
        for one in incidents.values():
            # A file has one head: what was merged into it before comes along.
            if one.merged_into is gone:
                one.merged_into = kept
        gone.state, gone.merged_into, gone.due_at = State.MERGED, kept, None
        set_deadlines(gone, at)
        made[key].append(self._step(row, gone, "merge", before, at, reason=row.reason))
        made[into].append(self._step(row, kept, "take_in", kept.state, at, reason=row.reason))
        return True

    def _step(
        self, row: _Row, incident: Incident, step: str, before: str, at: dt.datetime, **words: str
    ) -> Step:
        incident.revision += 1
        who = {"actor": self._people.get(row.by), "actor_name": row.by[:150]}
        return step_of(incident, step=step, before=before, at=at, **who, **words)

    def _fault(self, row: _Row, column: str, code: str, **params: Any) -> bool:
        self.problems.append(Problem(KIND, row.number, column, code, params))
        return False

    def times(self) -> Iterator[str]:
        """The times of all rows, as they are written."""
        for rows in self._rows.values():
            for row in rows:
                yield row.at


def _named(labels: dict[str, Any]) -> dict[str, str]:
    """Codes by themselves and by what they are called in either language."""
    found = {code: code for code in labels}
    for language in _LANGUAGES:
        with translation.override(language):
            found |= {str(label): code for code, label in labels.items()}
    return found
