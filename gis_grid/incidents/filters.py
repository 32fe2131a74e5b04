"""One filter for incidents: list, board, map and the figures of the circular.

It always starts from what the person may see, so nothing that goes through it can leave the
scope out.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.contrib.gis.geos import Polygon
from django.db.models import F, Q
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.codes import prefix_of
from gis_grid.core.personal import normalise_phone, phone_ok
from gis_grid.core.texts import tidy
from gis_grid.incidents.models import IS_OPEN, Incident, IncidentQuerySet
from gis_grid.incidents.periods import bounds
from gis_grid.incidents.sight import IN_HAND, NEARLY_OVER

Moment = Literal["received", "answered", "closed", "on_time", "reopened", "overdue"]


@dataclass(frozen=True)
class IncidentFilter:
    """What to show. `since` and `until` are days, both counted, of what `moment` names.

    `look` is how it shows on the map (`sight.LOOKS`).
    """

    look: str = ""
    states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kind: str | None = None
    field: str | None = None
    area: str | None = None
    office: str | None = None
    mine: bool = False
    overdue: bool = False
    outside: bool = False
    open: bool = False
    # Without what happened just beyond the border of one's scope.
    own: bool = False
    moment: Moment = "received"
    since: dt.date | None = None
    until: dt.date | None = None
    search: str = ""
    # west, south, east, north in degrees
    bbox: tuple[float, float, float, float] | None = None

    def of(self, user: User) -> IncidentQuerySet:
        """The incidents that the filter shows to this person."""
        return self._narrow(Incident.objects.visible_to(user), user)

    def parts_of(self, user: User) -> list[IncidentQuerySet]:
        """The same in parts that share no incident: quicker to count than as one."""
        return [self._narrow(part, user) for part in Incident.objects.parts_visible_to(user)]

    def _narrow(self, seen: IncidentQuerySet, user: User) -> IncidentQuerySet:
        found = seen.filter(self._what(user), self._when())
        return found.filter(self._search(user)) if self.search.strip() else found

    def _what(self, user: User) -> Q:
        wanted = Q()
        for name, value in (
            ("state__in", self.states),
            ("kind", self.kind),
            ("field", self.field),
            ("area_code__startswith", prefix_of(self.area) if self.area else ""),
            ("assignee_user", user.pk if self.mine else None),
            ("is_outside", self.outside),
        ):
            if value:
                wanted &= Q(**{name: value})
        if self.open:
            wanted &= IS_OPEN
        if self.categories:
            inside = Q(category__code__in=self.categories)
            wanted &= inside | Q(category__parent__code__in=self.categories)
        if self.office:
            wanted &= Q(assignee_role="" if self.office == "none" else self.office)
        if self.look:
            wanted &= _looking(self.look)
        return wanted & self._where(user) & (_late() if self.overdue else Q())

    def _where(self, user: User) -> Q:
        wanted = user.scope(Permission.INCIDENT_VIEW).q("area_code") if self.own else Q()
        if self.bbox is not None:
            frame = Polygon.from_bbox(self.bbox)
            frame.srid = 4490
            wanted &= Q(geom__bboverlaps=frame)
        return wanted

    def _when(self) -> Q:
        if self.since is None and self.until is None:
            # Without a period these still say what has happened at all.
            return self._happened()
        start, end = bounds(self.since, self.until)
        name = {
            "received": "reported_at",
            "on_time": "closed_at",
            "overdue": "due_at",
        }.get(self.moment, f"{self.moment}_at")
        within = Q(**{f"{name}__gte": start, f"{name}__lt": end})
        return within & self._happened(end)

    def _happened(self, end: dt.datetime | None = None) -> Q:
        if self.moment == "on_time":
            return Q(closed_at__lte=F("due_at")) | Q(due_at=None, closed_at__isnull=False)
        if self.moment == "overdue":
            by = min(end, timezone.now()) if end else timezone.now()
            return Q(due_at__lt=by) & (Q(closed_at=None) | Q(closed_at__gt=F("due_at")))
        if self.moment == "received":
            return Q()
        return Q(**{f"{self.moment}_at__isnull": False})

    def _search(self, user: User) -> Q:
        """Words in the text, the address or the number; a whole phone number of a reporter."""
        text = tidy(self.search).strip()[:100]
        phone = normalise_phone(text)
        if phone_ok(phone):
            hashed = crypto.lookup_hash(phone, purpose="phone")
            scope = user.scope(Permission.PERSONAL_SEARCH)
            return Q(reporter_phone_hash=hashed) & scope.q("area_code")
        # As it is written: Chinese has no case, and UPPER() of a column would pass its index by.
        words = Q(what__contains=text) | Q(address__contains=text)
        return words | Q(register_no__contains=text)


def _late() -> Q:
    now = timezone.now()
    return (Q(due_at__lt=now) | Q(step_due_at__lt=now)) & IS_OPEN & Q(paused_at=None)


def _looking(look: str) -> Q:
    """As `sight.LOOK_SQL` says it for a map."""
    if look in ("late", "closed"):
        return _late() if look == "late" else Q(state="closed")
    waiting, hand = ~Q(paused_at=None) | Q(state__in=NEARLY_OVER), Q(state__in=IN_HAND)
    wanted = {"waiting": waiting, "hand": hand & ~waiting}.get(look, ~waiting & ~hand)
    return IS_OPEN & wanted & ~_late()
