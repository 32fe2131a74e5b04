"""What goes on at the office meanwhile: corrections, redraws, conflicts settled, tokens that end.

All by the services that the pages call. Where PostgreSQL is killed in the middle nobody knows
whether it was done: such a write is noted as not sure.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.fieldsync.conflicts import values_of
from gis_grid.fieldsync.entities.households import seen_of
from gis_grid.fieldsync.models import Conflict, Device, Operation, Outcome
from gis_grid.fieldsync.services import devices, settling
from gis_grid.households.models import Household
from gis_grid.households.services.registering import change_household
from gis_grid.territory.services.publish import publish_villages
from tests.soak import ground
from tests.soak.chains import Write

Field = tuple[int, str]
# Incidents that stay open; older ones are closed, or tablets would carry tens of thousands.
OPEN_INCIDENTS = 400
_CLOSE = """
UPDATE incidents_incident SET state = 'closed', closed_at = now(), answered_at = now()
WHERE state NOT IN ('closed', 'merged') AND NOT client_id = ANY(%s::uuid[]) AND id < (
    SELECT min(id) FROM (
        SELECT id FROM incidents_incident ORDER BY id DESC LIMIT %s) newest)
"""


def value_of(field_name: str, value: Any) -> Any:
    """A value as chains compare it."""
    if field_name == "place":
        return tuple(round(float(part), 7) for part in value) if value else None
    return value or ""


@dataclass
class Office:
    """`act()` does one thing, drawn from a seed. `writes` are by household and field."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    writes: dict[Field, list[Write]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._serial = 0
        self.user = User.objects.get(username=ground.OFFICE)
        self.county = User.objects.get(username=ground.COUNTY_OFFICE)
        self._acts: dict[Callable[[], bool], int] = {
            self._correct: 50,
            self._settle_conflict: 20,
            self._end_token: 6,
            self._redraw: 6,
            self._revoke: 2,
        }

    def act(self) -> None:
        act = self._random.choices(list(self._acts), list(self._acts.values()))[0]
        self._try(act.__name__.strip("_"), act)

    def _try(self, name: str, act: Callable[[], bool]) -> bool:
        """Whether it was done; what the database or another writer prevents is left."""
        try:
            if done := act():
                self.counts[name] += 1
        except DomainError:
            return False
        except (OperationalError, InterfaceError):
            connections.close_all()
            return False
        return done

    def _write(self, pk: int, name: str, written: Any, do: Callable[[], object]) -> None:
        """Lock, look, write: so that what is noted as seen is what was written over."""
        seen: list[Any] = []
        is_sure = True
        try:
            with transaction.atomic():
                household = Household.objects.select_for_update().get(pk=pk)
                seen.append(value_of(name, seen_of(self.county, household)[name]))
                do()
        except (OperationalError, InterfaceError):
            is_sure = False
            raise
        except BaseException:
            seen.clear()
            raise
        finally:
            value = shown(name, written)
            if seen and seen[0] != value:
                self._serial += 1
                write = Write(seen[0], value, f"office {self._serial}", sure=is_sure)
                self.writes.setdefault((pk, name), []).append(write)

    def told(self) -> str:
        """What it wrote to fields, a line of JSON each."""
        lines = [
            {"household": pk, "field": name, **asdict(write)}
            for (pk, name), writes in self.writes.items()
            for write in writes
        ]
        return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)

    def _correct(self) -> bool:
        name = self._random.choice(("address", "note"))
        text = f"镇里改{self._serial}-{self._random.randrange(10**9)}"
        pks = list(Household.objects.order_by("pk").values_list("pk", flat=True)[:600])
        # Mostly where the tablets are, too.
        pk = self._random.choice(pks[:40] if self._random.random() < 0.5 else pks)
        values = {name: text}
        self._write(
            pk,
            name,
            text,
            lambda: change_household(acting_user=self.county, household_id=pk, values=values),
        )
        return True

    def _settle_conflict(self) -> bool:
        found = Conflict.objects.filter(settled_at=None).order_by("pk").first()
        if found is None:
            return False
        household = Household.objects.get(pk=found.object_id)
        theirs = seen_of(self.county, household)[found.field]
        choice = self._random.choice(("mine", "theirs"))
        given = {"conflict_id": found.pk, "choice": choice, "theirs": theirs}

        def settle() -> None:
            settling.settle_conflict(acting_user=self.county, **given)

        if choice == "mine":
            self._write(household.pk, found.field, values_of(found)["mine"], settle)
        else:
            # Writes nothing, whatever has come to stand there since it was looked at.
            settle()
        return True

    def _end_token(self) -> bool:
        used = Device.objects.filter(expires_at__gt=timezone.now(), last_seen_at__isnull=False)
        pks = list(used.order_by("pk").values_list("pk", flat=True))
        if not pks:
            return False
        Device.objects.filter(pk=self._random.choice(pks)).update(expires_at=timezone.now())
        return True

    def _revoke(self) -> bool:
        """The tablet makes its rescue file and wipes itself; another one takes it in."""
        used = Device.objects.filter(expires_at__gt=timezone.now(), revoked_at=None)
        pks = list(used.order_by("pk").values_list("pk", flat=True))
        if not pks:
            return False
        pk, reason = self._random.choice(pks), "平板遗失，已报告"
        devices.revoke(acting_user=self.user, device_id=pk, reason=reason)
        return True

    def _redraw(self) -> bool:
        """Other borders between the grids of a village: households and incidents move."""
        village = self._random.choice(ground.VILLAGES)
        borders = tuple(round(n + self._random.uniform(-0.3, 0.3), 4) for n in (1, 2, 3))
        publish_villages(acting_user=self.county, cells=ground.cells_of(village, borders))
        return True

    def settle_held(self) -> bool:
        """Do what was held; what can't be done stays so, which is final too."""
        found: list[Any] = []
        held = Operation.objects.filter(outcome=Outcome.HELD, settled_at=None, entity="incident")
        waiting = held.filter(action="create").values_list("pk", flat=True)
        self._try("look", lambda: not found.extend(waiting[:20]))
        done = [self._try("take over", lambda pk=pk: self._take(pk)) for pk in found]
        return any(done)

    def _take(self, op_id: Any) -> bool:
        settling.settle_held(acting_user=self.county, op_id=op_id, take=True)
        return True

    def close_old(self, but: set[str]) -> None:
        """Close all but the newest incidents, past every service: the feed must know of it."""

        def close() -> bool:
            with connection.cursor() as cursor:
                cursor.execute(_CLOSE, [list(but), OPEN_INCIDENTS])
            return True

        self._try("close", close)

    def code_for(self, login: str) -> str:
        """A code to enrol a tablet; nothing while that can't be made."""
        made: list[str] = []

        def make() -> bool:
            made.append(devices.make_code(acting_user=self.user, person=login).code)
            return True

        return made[-1] if self._try("make a code", make) else ""


def shown(name: str, value: Any) -> Any:
    """A value as it is seen afterwards: a phone only masked."""
    if name == "phone" and value and "*" not in value:
        return f"{value[:3]}****{value[-4:]}"
    return value_of(name, value)
