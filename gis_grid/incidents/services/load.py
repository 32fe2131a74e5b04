"""Loading incidents that a county brings along: the rows of a table, checked, then written."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core import crypto
from gis_grid.core.codes import AreaLevel, code_at, common_area
from gis_grid.core.personal import normalise_phone, phone_ok
from gis_grid.core.problems import Batch, Counts, LoadResult, Problem, ProblemLog
from gis_grid.incidents.models import Category, Incident, State, Step
from gis_grid.incidents.selectors import NAME_PURPOSE, PHONE_PURPOSE
from gis_grid.incidents.services.deadlines import set_deadlines
from gis_grid.incidents.services.register import number_text, take_numbers, town_name
from gis_grid.incidents.services.reporting import LONGEST_TEXT
from gis_grid.territory.models import Region
from gis_grid.territory.services.located import grid_at
from gis_grid.territory.services.versions import bump

KEYS = (
    "ref", "category", "what", "village", "lon", "lat", "address", "reporter", "phone",
    "reported", "closed",
)  # fmt: skip
NAMESPACE = uuid.UUID("5c7c9c2e-6f0a-4a57-9d5b-1b1f4be4a0f6")
WRITTEN_AT_ONCE = 1_000


class _Reader:
    """Checks rows and makes incidents of the good ones."""

    def __init__(self, acting_user: ActingUser, now: dt.datetime) -> None:
        self.user, self.now = acting_user, now
        self.scope = acting_user.scope(Permission.INCIDENT_IMPORT)
        leaves = Category.objects.filter(children=None).select_related("parent__parent")
        self.categories = {key: one for one in leaves for key in (one.name, one.code)}
        self.regions = set(
            Region.objects.filter(level__in=("town", "village")).values_list("code", flat=True)
        )
        self.problems: list[Problem] = []
        self.seen: dict[uuid.UUID, int] = {}

    def incidents(self, batch: Batch) -> Iterator[Incident]:
        for row, *cells in zip(batch.rows, *(batch.column(key) for key in KEYS), strict=True):
            texts = dict(zip(KEYS, (c.replace("\x00", "").strip() for c in cells), strict=True))
            before = len(self.problems)
            made = self._incident(row, texts)
            if len(self.problems) == before and made is not None:
                yield made

    def _fault(self, row: int, column: str, code: str, **params: Any) -> None:
        self.problems.append(Problem("incident", row, column, code, params))

    def _incident(self, row: int, texts: dict[str, str]) -> Incident | None:
        self._lengths(row, texts)
        category = self.categories.get(texts["category"])
        if category is None:
            self._fault(row, "category", "incident_category", value=texts["category"][:20])
        village = texts["village"]
        if village not in self.regions or not self.scope.covers(village):
            self._fault(row, "village", "incident_village", value=village[:20])
        place = self._place(row, texts)
        reported = self._time(row, "reported", texts["reported"])
        closed = self._time(row, "closed", texts["closed"]) if texts["closed"] else None
        if reported and closed and closed < reported:
            self._fault(row, "closed", "incident_order")
        phone = normalise_phone(texts["phone"])
        if phone and not phone_ok(phone):
            self._fault(row, "phone", "incident_phone")
        client_id = uuid.uuid5(NAMESPACE, f"{village} {texts['ref']}")
        if other := self.seen.get(client_id):
            self._fault(row, "ref", "incident_twice", other=other)
        self.seen[client_id] = row
        if category is None or reported is None:
            return None
        return self._made(texts, category, place, reported, closed, phone, client_id)

    def _lengths(self, row: int, texts: dict[str, str]) -> None:
        for key in ("ref", "what", "reported"):
            if not texts[key]:
                self._fault(row, key, "incident_needed")
        for key, most in (("ref", 60), ("what", LONGEST_TEXT), ("address", 200), ("reporter", 60)):
            if len(texts[key]) > most:
                self._fault(row, key, "incident_long", most=most)

    def _place(self, row: int, texts: dict[str, str]) -> tuple[float, float] | None:
        if not texts["lon"] and not texts["lat"]:
            return None
        try:
            lon, lat = float(texts["lon"]), float(texts["lat"])
        except ValueError:
            lon = lat = 0.0
        if not (73 <= lon <= 136 and 3 <= lat <= 54):
            self._fault(row, "lon", "incident_place")
            return None
        return round(lon, 7), round(lat, 7)

    def _time(self, row: int, column: str, text: str) -> dt.datetime | None:
        try:
            found = parse_datetime(text.replace("/", "-"))
        except ValueError:
            found = None
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
        if found is None or not dt.datetime(2000, 1, 1, tzinfo=dt.UTC) <= found <= self.now:
            if text:
                self._fault(row, column, "incident_time", value=text[:20])
            return None
        return found

    def _made(
        self,
        texts: dict[str, str],
        category: Category,
        place: tuple[float, float] | None,
        reported: dt.datetime,
        closed: dt.datetime | None,
        phone: str,
        client_id: uuid.UUID,
    ) -> Incident:
        found = grid_at(*place) if place else None
        if found is not None and not self.scope.covers(found[1]):
            found = None
        area = found[1] if found else texts["village"]
        incident = Incident(
            geom=Point(*place, srid=4490) if place else None,
            grid_id=found[0] if found else None,
            area_code=area,
            grid_then_id=found[0] if found else None,
            area_then=area,
            is_outside=place is not None and found is None,
            category=category,
            kind=category.kind,
            field=category.field,
            what=texts["what"],
            address=texts["address"],
            channel=Incident.Channel.IMPORT,
            reported_at=reported,
            reported_by_id=self.user.pk,
            client_id=client_id,
            is_anonymous=not texts["reporter"] and not phone,
            reporter_name_cipher=crypto.encrypt(texts["reporter"], purpose=NAME_PURPOSE),
            reporter_phone_cipher=crypto.encrypt(phone, purpose=PHONE_PURPOSE),
            reporter_phone_hash=crypto.lookup_hash(phone, purpose="phone"),
        )
        set_deadlines(incident, reported, whole=True)
        if closed is not None:
            incident.state, incident.closed_at, incident.step_due_at = State.CLOSED, closed, None
            incident.revision = 2
        return incident


def load_incidents(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    keep_good: bool = False,
    dry_run: bool = False,
) -> LoadResult:
    """Add the incidents of a table; one that was loaded before, by its own number, stays.

    Nothing is written where a row has a problem, unless `keep_good`. NotAllowedError where
    the user loads incidents nowhere.
    """
    acting_user.require(Permission.INCIDENT_IMPORT)
    reader = _Reader(acting_user, timezone.now())
    found = [incident for batch in batches for incident in reader.incidents(batch)]
    with transaction.atomic():
        problems.add(reader.problems)
        result = LoadResult(bad_rows=problems.bad_rows())
        if result.bad_rows and not keep_good:
            return result
        known = set(
            Incident.objects.filter(
                channel=Incident.Channel.IMPORT, client_id__in=[one.client_id for one in found]
            ).values_list("client_id", flat=True)
        )
        fresh = [one for one in found if one.client_id not in known]
        result.counts["incident"] = Counts(new=len(fresh), unchanged=len(found) - len(fresh))
        result.written = not dry_run
        if not dry_run and fresh:
            _write(fresh, acting_user)
            bump(Incident.layer, {one.area_code for one in fresh})
            record(
                acting_user=acting_user,
                action="incidents_loaded",
                subject_type="incident",
                subject_id="",
                area_code=common_area({one.area_code for one in fresh}),
                detail={"new": len(fresh)},
            )
    return result


def _write(incidents: list[Incident], actor: ActingUser) -> None:
    """Numbered in the order in which they were reported, each with the steps that are known."""
    ordered = sorted(incidents, key=lambda one: one.reported_at)
    for incident in ordered:
        incident.town_code = code_at(incident.area_code, AreaLevel.TOWN)
        incident.year = timezone.localdate(incident.reported_at).year
    # Registers in one order, so that two loads at once don't wait for each other.
    for town, year in sorted({(one.town_code, one.year) for one in ordered}):
        rows = [one for one in ordered if (one.town_code, one.year) == (town, year)]
        name = town_name(town)
        for row, serial in zip(rows, take_numbers(town, year, len(rows)), strict=True):
            row.serial, row.register_no = serial, number_text(name, year, serial)
    Incident.objects.bulk_create(ordered, batch_size=WRITTEN_AT_ONCE)
    steps = [step for incident in ordered for step in _steps(incident, actor)]
    Step.objects.bulk_create(steps, batch_size=WRITTEN_AT_ONCE)


def _steps(incident: Incident, actor: ActingUser) -> Iterator[Step]:
    common = {
        "incident": incident,
        "actor_id": actor.pk,
        "actor_name": actor.get_username(),
    }
    yield Step(number=1, at=incident.reported_at, step="report", to_state=State.REPORTED, **common)
    if incident.closed_at is not None:
        yield Step(
            number=2,
            at=incident.closed_at,
            step="close",
            from_state=State.REPORTED,
            to_state=State.CLOSED,
            **common,
        )
