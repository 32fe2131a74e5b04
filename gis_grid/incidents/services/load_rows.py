"""Rows of incidents that a county brings along, checked and made into incidents."""

import datetime as dt
import uuid
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.codes import GRID_CODE
from gis_grid.core.crs import in_country
from gis_grid.core.personal import normalise_phone, phone_ok
from gis_grid.core.problems import Batch, Problem
from gis_grid.core.texts import tidy
from gis_grid.incidents.models import Category, Incident, Kind, State
from gis_grid.incidents.selectors import NAME_PURPOSE, PHONE_PURPOSE
from gis_grid.incidents.services import histories
from gis_grid.incidents.services.deadlines import set_deadlines
from gis_grid.incidents.services.reporting import LONGEST_TEXT
from gis_grid.territory.models import Region
from gis_grid.territory.services.located import grid_at

KEYS = (
    "ref", "category", "what", "village", "lon", "lat", "address", "reporter", "phone",
    "reported", "closed",
)  # fmt: skip
NAMESPACE = uuid.UUID("5c7c9c2e-6f0a-4a57-9d5b-1b1f4be4a0f6")
_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Reader:
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
        self.rows: list[tuple[int, dict[str, str]]] = []
        self.shift = dt.timedelta()
        self.histories = histories.Histories(self.time_of)

    def take(self, batch: Batch) -> None:
        """Keep the rows of a batch of either table."""
        if batch.kind == histories.KIND:
            self.histories.take(batch)
            return
        for row, *cells in zip(batch.rows, *(batch.column(key) for key in KEYS), strict=True):
            texts = dict(zip(KEYS, (tidy(c).strip() for c in cells), strict=True))
            # Our own files name the grid, of which the village is the first twelve digits.
            if GRID_CODE.match(texts["village"]):
                texts["village"] = texts["village"][:12]
            self.rows.append((row, texts))

    def end_on(self, day: dt.date) -> None:
        """Move all times by whole days, so that the last ones fall on `day`."""
        written = [texts[key] for _row, texts in self.rows for key in ("reported", "closed")]
        found = [_moment(text) for text in (*written, *self.histories.times())]
        if last := max((moment for moment in found if moment), default=None):
            self.shift = day - timezone.localdate(last)

    def incidents(self) -> dict[histories.Key, Incident]:
        """The incidents of the rows in which nothing is wrong, by village and own number."""
        found = {}
        for row, texts in self.rows:
            before = len(self.problems)
            made = self._incident(row, texts)
            if len(self.problems) == before and made is not None:
                found[texts["village"], texts["ref"]] = made
        return found

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
        # Where each step is told, they say what became of it.
        is_told = self.histories.has((texts["village"], texts["ref"]))
        tells_end = texts["closed"] and not is_told
        closed = self._time(row, "closed", texts["closed"]) if tells_end else None
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
        if not in_country(lon, lat):
            self._fault(row, "lon", "incident_place")
            return None
        return round(lon, 7), round(lat, 7)

    def _time(self, row: int, column: str, text: str) -> dt.datetime | None:
        found = self.time_of(text)
        if found is None and text:
            self._fault(row, column, "incident_time", value=text[:20])
        return found

    def time_of(self, text: str) -> dt.datetime | None:
        """A time that has passed; None for anything else."""
        found = _moment(text)
        moved = found + self.shift if found else None
        return moved if moved and _FIRST <= moved <= self.now else None

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
        if category.kind == Kind.EMERGENCY:
            incident.state = State.ALERT
        set_deadlines(incident, reported, whole=True)
        if closed is not None:
            incident.state, incident.closed_at, incident.step_due_at = State.CLOSED, closed, None
            incident.revision = 2
        return incident


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text.replace("/", "-"))
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
