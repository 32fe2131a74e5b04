"""The audit of a soak, from outside: what tablets sealed against what the tables hold.

Nothing here asks the code of field sync what it thinks that it has done; things are counted by
what makes them theirs (`client_id`, a text that is like no other, a SHA-256).
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.fieldsync.conflicts import values_of
from gis_grid.fieldsync.entities.households import seen_of
from gis_grid.fieldsync.models import Conflict
from gis_grid.households.models import Household
from tests.soak import ground
from tests.soak.chains import TOLD, Write, faults
from tests.soak.office import Office, shown, value_of
from tests.soak.tablets import Journal

FINAL = ("applied", "duplicate", "conflict", "held", "rejected")
DONE = ("applied", "conflict", "duplicate")
TABLETS_WORDS = {"rejected": "refused"}
FIELDS = ("address", "note", "phone", "place")

First = dict[tuple[int, str], Any]


def fields_now() -> First:
    """Every field of every household, as chains compare it."""
    user = User.objects.get(username=ground.COUNTY_OFFICE)
    return {
        (one.pk, name): value_of(name, seen[name])
        for one in Household.objects.all()
        for seen in [seen_of(user, one)]
        for name in FIELDS
    }


@dataclass
class Audit:
    """`run()`, then `faults` (none: nothing was lost or doubled) and `figures`."""

    journal: Journal
    office: Office
    first: First
    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        columns = "op_id::text, outcome, code, encode(digest, 'hex'), object_id, entity, action"
        self.ops = {row[0]: row for row in _rows(f"SELECT {columns} FROM fieldsync_operation")}
        self.sealed = self.journal.sealed
        self._receipts()
        self._things()
        self._photos()
        self._fields()
        self._mirrors()
        self._numbers()
        try:
            call_command("audit_verify", stdout=StringIO())
        except CommandError as error:
            self.faults.append(str(error))

    def _tell(self, what: str, found: Iterable[Any]) -> None:
        listed = sorted(found, key=str)
        if listed:
            some = ", ".join(map(str, listed[:TOLD]))
            self.faults.append(f"{what}: {len(listed)} ({some})")

    def _outcome(self, op_id: str) -> str:
        return self.ops[op_id][1] if op_id in self.ops else "missing"

    def _receipts(self) -> None:
        """Each sealed operation has one row, final, of the content that was sealed."""
        self._tell("sealed, but not on the server", self.sealed.keys() - self.ops.keys())
        self._tell("on the server, but never sealed", self.ops.keys() - self.sealed.keys())
        self._tell(
            "without a final receipt", (k for k in self.ops if self._outcome(k) not in FINAL)
        )
        self._tell("held for a fault", (key for key, row in self.ops.items() if row[2] == "fault"))
        other = [
            key
            for key, one in self.sealed.items()
            if key in self.ops and self.ops[key][3] != _digest(one)
        ]
        self._tell("kept with other content", other)
        words = self.journal.words
        differs = [
            key
            for key, row in self.ops.items()
            if key in self.sealed
            and (
                key not in words
                or words[key]["state"] != TABLETS_WORDS.get(row[1], row[1])
                or (row[1] in DONE and words[key]["serverId"] != row[4])
            )
        ]
        self._tell("tablet and server say different things", differs)
        self.figures["sealed"] = len(self.sealed)
        self.figures["outcomes"] = dict(Counter(self._outcome(key) for key in self.sealed))
        self.figures["reasons"] = dict(Counter(row[2] for row in self.ops.values() if row[2]))

    def _of(self, entity: str, action: str) -> Iterator[dict[str, Any]]:
        for one in self.sealed.values():
            if (one["entity"], one["action"]) == (entity, action):
                yield one

    def _things(self) -> None:
        """Each thing that an applied operation makes is there once, and no other is."""
        by_record = {
            "incident": "SELECT client_id::text FROM incidents_incident WHERE channel = 'tablet'",
            "household": "SELECT client_id::text FROM households_registration"
            " WHERE client_id IS NOT NULL",
        }
        for entity, query in by_record.items():
            wanted = [one for one in self._of(entity, "create") if self._done(one)]
            self._once(f"{entity} made", query, [one["record"] for one in wanted])
        homes = sum(1 for one in self._of("household", "create") if self._done(one))
        there = _rows("SELECT count(*) FROM households_household")[0][0]
        if there != len({key for key, _name in self.first}) + homes:
            self.faults.append(f"{there} households")
        by_op = {
            ("household", "visit"): "SELECT client_id::text FROM households_visit",
            ("camera", "check"): "SELECT client_id::text FROM facilities_cameracheck",
        }
        for (entity, action), query in by_op.items():
            wanted = [one["op_id"] for one in self._of(entity, action) if self._done(one)]
            self._once(f"{entity} {action}", query, wanted)
        notes = [
            one["changes"]["text"][1] for one in self._of("incident", "note") if self._done(one)
        ]
        self._once("note", "SELECT text FROM incidents_step WHERE step = 'note'", notes)
        self._walks()

    def _walks(self) -> None:
        """Runs, what was noted of them, checkpoints and ends, each once."""
        started = [one["record"] for one in self._of("run", "start") if self._done(one)]
        self._once("run", "SELECT client_id::text FROM patrols_run", started)
        noted = [one["changes"]["text"][1] for one in self._of("run", "note") if self._done(one)]
        self._once("note of a run", "SELECT text FROM patrols_runnote", noted)
        passed = {
            f"{one['record']} {one['changes']['checkpoint'][1]}"
            for one in self._of("run", "passed")
            if self._done(one)
        }
        self._once(
            "checkpoint passed",
            "SELECT r.client_id || ' ' || p.order FROM patrols_passed p"
            " JOIN patrols_run r ON r.id = p.run_id",
            list(passed),
        )
        ended = [one["record"] for one in self._of("run", "end") if self._done(one)]
        self._once(
            "run ended", "SELECT client_id::text FROM patrols_run WHERE state = 'ended'", ended
        )

    def _done(self, one: dict[str, Any]) -> bool:
        return self._outcome(one["op_id"]) in DONE

    def _once(self, what: str, query: str, wanted: list[str]) -> None:
        there, asked = Counter(row[0] for row in _rows(query)), set(wanted)
        self._tell(f"{what}: lost", asked - there.keys())
        self._tell(f"{what}: from nowhere", there.keys() - asked)
        self._tell(f"{what}: more than once", (key for key, count in there.items() if count > 1))
        self.figures[what] = len(asked)

    def _photos(self) -> None:
        """Each photo of what was done hangs there once, whole; of what is held it waits."""
        tables = {
            "incident": ("incidents_attachment", "incident_id", "incidents"),
            "household": ("households_householdfile", "household_id", "households"),
            "camera": ("facilities_camerafile", "camera_id", "cameras"),
        }
        hanging: dict[tuple[str, int, str], list[tuple[str, str]]] = defaultdict(list)
        for entity, (table, owner, folder) in tables.items():
            for sent, digest, key in _rows(f"SELECT sent_digest, digest, {owner} FROM {table}"):
                hanging[entity, key, sent].append((digest, folder))
        uploads = dict(_rows("SELECT attachment::text, state FROM fieldsync_upload"))
        lost, doubled, broken, count = [], [], [], 0
        for one in self.sealed.values():
            outcome, row = self._outcome(one["op_id"]), self.ops.get(one["op_id"])
            for photo in one["attachments"]:
                count += 1
                if outcome == "held" and uploads.get(photo["id"]) == "kept":
                    continue
                if outcome == "rejected":
                    continue
                found = hanging.get((one["entity"], row[4] if row else 0, photo["sha256"]), [])
                if not found:
                    lost.append(f"{photo['id']} {outcome} {uploads.get(photo['id'])}")
                elif len(found) > 1:
                    doubled.append(photo["id"])
                elif not _is_whole(*found[0]):
                    broken.append(photo["id"])
        self._tell("photo lost", lost)
        self._tell("photo twice", doubled)
        self._tell("photo damaged", broken)
        self.figures["photos"] = count

    def _fields(self) -> None:
        """What was written to each field makes one chain; what was not is a conflict."""
        first, chains = self._first_values(), self._writes()
        now = fields_now()
        self._tell("fields without a beginning", now.keys() - first.keys())
        broken = [
            f"household {key[0]} {key[1]}: {'; '.join(found)}"
            for key in first
            if (found := faults(first[key], chains.get(key, ()), now.get(key)))
        ]
        self._tell("a field's writes are no chain", broken)
        self.figures["writes of fields"] = sum(map(len, chains.values()))
        self.figures["conflicts"] = Conflict.objects.count()

    def _first_values(self) -> First:
        first = dict(self.first)
        for one in filter(self._done, self._of("household", "create")):
            home = self.ops[one["op_id"]][4]
            for name in FIELDS:
                first[home, name] = shown(name, one["changes"].get(name, [None, None])[1])
        return first

    def _writes(self) -> dict[tuple[int, str], list[Write]]:
        """What is said to have been written, by household and field."""
        conflicts: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in Conflict.objects.all():
            conflicts[str(row.operation_id)][row.field] = values_of(row)["mine"]
        chains: dict[tuple[int, str], list[Write]] = defaultdict(list)
        for key, writes in self.office.writes.items():
            chains[key] += writes
        lost = []
        for one in filter(self._done, self._of("household", "change")):
            home = self.ops[one["op_id"]][4]
            clashing = conflicts.pop(one["op_id"], {})
            for name, (old, new) in one["changes"].items():
                if name in clashing:
                    if clashing[name] != new:
                        lost.append(f"{one['op_id']} {name}")
                elif name in FIELDS:
                    chains[home, name].append(
                        Write(value_of(name, old), shown(name, new), one["op_id"])
                    )
        self._tell("a conflict without what the tablet wanted", lost)
        self._tell("conflicts of nothing", conflicts)
        return chains

    def _mirrors(self) -> None:
        """What tablets hold is what the server shows."""
        for tablet, told in self.journal.mirrored.items():
            self._tell(f"tablet {tablet} holds something else", told["differing"])
            area = ground.PEOPLE[tablet % len(ground.PEOPLE)][2]
            villages = ground.VILLAGES if area == ground.TOWN else (area,)
            homes = _rows(
                "SELECT id, revision, address, note FROM households_household"
                " WHERE left(area_code, 12) = ANY(%s) AND closed_on IS NULL",
                [list(villages)],
            )
            mine = {tuple(row) for row in told["homes"]}
            self._tell(f"tablet {tablet}: households differ", mine ^ {tuple(row) for row in homes})
            incidents = _rows(
                "SELECT id, revision FROM incidents_incident WHERE left(area_code, 12) = ANY(%s)"
                " AND state NOT IN ('closed', 'merged')",
                [list(villages)],
            )
            mine = {tuple(row) for row in told["incidents"]}
            missing = {tuple(row) for row in incidents} - mine
            self._tell(f"tablet {tablet}: incidents are missing", missing)

    def _numbers(self) -> None:
        """The register has no gap: nothing was taken back that had been told."""
        for town, count, last, distinct in _rows(
            "SELECT town_code, count(*), max(serial), count(DISTINCT serial)"
            " FROM incidents_incident GROUP BY town_code"
        ):
            if not count == last == distinct:
                self.faults.append(f"the register of {town}: {count} rows, {last} numbers")


def _rows(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _digest(operation: dict[str, Any]) -> str:
    text = json.dumps(operation, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _is_whole(digest: str, folder: str) -> bool:
    path = Path(settings.MEDIA_ROOT) / folder / digest[:2] / digest[2:]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
