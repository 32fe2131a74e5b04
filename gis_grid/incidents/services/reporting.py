"""Taking an incident in: from the map, the counter, the API, a tablet or a file."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.errors import InputError
from gis_grid.core.personal import normalise_phone, phone_ok
from gis_grid.core.texts import tidy
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household
from gis_grid.incidents.models import Category, Incident, IncidentSide, Kind, Notice, State
from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.selectors import NAME_PURPOSE, PHONE_PURPOSE
from gis_grid.incidents.services import telling
from gis_grid.incidents.services.deadlines import set_deadlines
from gis_grid.incidents.services.placing import Spot, spot_of
from gis_grid.incidents.services.register import enter
from gis_grid.incidents.services.writing import clock, log, write_step
from gis_grid.territory.services.versions import bump

LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Report:
    """What was told. `place` is lon/lat; `area` says where without or outside of the grids."""

    category: str
    what: str
    channel: str = Incident.Channel.MAP
    place: tuple[float, float] | None = None
    accuracy_m: float | None = None
    area: str = ""
    address: str = ""
    severity: int = Incident.Severity.USUAL
    reporter_name: str = ""
    reporter_phone: str = ""
    is_anonymous: bool = False
    complained_of: str = ""
    households: tuple[int, ...] = ()
    cameras: tuple[int, ...] = ()
    service_points: tuple[int, ...] = ()
    client_id: uuid.UUID | None = None


def report(*, acting_user: User, told: Report) -> Incident:
    """The incident, numbered, placed and due; the same `client_id` again is the same incident.

    MissingError or NotAllowedError where the person may not report there, InputError naming
    the field for what can't be taken.
    """
    if told.client_id is not None and (known := _known(acting_user, told.client_id)):
        return known
    try:
        with transaction.atomic():
            return _report(acting_user, told, clock())
    except IntegrityError as error:
        # Sent twice at once: the other one has made it.
        if told.client_id is None or "incident_client_id_once" not in str(error):
            raise
        known = _known(acting_user, told.client_id)
        if known is None:
            raise
        return known


def _known(user: User, client_id: uuid.UUID) -> Incident | None:
    return Incident.objects.filter(reported_by=user, client_id=client_id).first()


def _report(user: User, told: Report, now: dt.datetime) -> Incident:
    category = category_of(told.category, timezone.localdate(now))
    border_m = norms_on(timezone.localdate(now)).border_m
    spot = spot_of(user, told.place, told.area, border_m=border_m)
    user.require(Permission.INCIDENT_REPORT, spot.area_code)
    incident = _new(told, category, spot, now)
    incident.reported_by = user
    linked = _linked(user, told)
    # The counter's row is locked by this and serialises a town: as late as can be.
    enter(incident, now)
    set_deadlines(incident, now, whole=True)
    write_step(incident, actor=user, step="report", before="", now=now)
    IncidentSide.objects.bulk_create(
        IncidentSide(incident=incident, area_code=code, distance_m=metres)
        for code, metres in spot.sides
    )
    # Those just beyond the border see it, too.
    bump(Incident.layer, [code for code, _metres in spot.sides])
    for name, found in linked.items():
        # It is new: nothing hangs on it yet.
        if found:
            getattr(incident, name).add(*found)
    _tell(incident, user, now)
    log(incident, user, "incident_report", channel=incident.channel)
    return incident


def category_of(code: str, day: dt.date) -> Category:
    """A category that can be chosen on that day; InputError for a branch or an ended one."""
    known = Category.objects.select_related("parent").filter(code=code, starts_on__lte=day)
    found = known.exclude(ends_on__lte=day).first()
    if found is None or found.children.exists():
        raise InputError(_("There is no such category to choose today."), where="category")
    return found


def _new(told: Report, category: Category, spot: Spot, now: dt.datetime) -> Incident:
    name, phone = ("", "") if told.is_anonymous else _reporter(told)
    emergency = category.kind == Kind.EMERGENCY
    return Incident(
        geom=Point(*told.place, srid=4490) if told.place else None,
        grid_id=spot.grid_id,
        area_code=spot.area_code,
        grid_then_id=spot.grid_id,
        area_then=spot.area_code,
        is_outside=spot.is_outside,
        accuracy_m=told.accuracy_m,
        category=category,
        kind=category.kind,
        field=category.field,
        severity=told.severity,
        what=text_of(told.what, "what", required=True),
        address=text_of(told.address, "address", longest=200),
        channel=told.channel,
        reported_at=now,
        client_id=told.client_id,
        is_anonymous=told.is_anonymous,
        reporter_name_cipher=crypto.encrypt(name, purpose=NAME_PURPOSE),
        reporter_phone_cipher=crypto.encrypt(phone, purpose=PHONE_PURPOSE),
        reporter_phone_hash=crypto.lookup_hash(phone, purpose="phone"),
        complained_of=person_named(told.complained_of),
        state=State.ALERT if emergency else State.REPORTED,
    )


def text_of(text: str, where: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str:
    """A text as it is kept: as it was written, but tidy; InputError where it can't be."""
    kept = tidy(text).strip()
    if required and not kept:
        raise InputError(_("Say in a few words what it is about."), where=where)
    if len(kept) > longest:
        raise InputError(_("Write at most %(count)d characters.") % {"count": longest}, where=where)
    return kept


def _reporter(told: Report) -> tuple[str, str]:
    name = text_of(told.reporter_name, "reporter_name", longest=60)
    phone = normalise_phone(text_of(told.reporter_phone, "reporter_phone", longest=40))
    if phone and not phone_ok(phone):
        raise InputError(
            _("This is no phone number: 11 digits, or a landline with its area code."),
            where="reporter_phone",
        )
    return name, phone


def person_named(login: str) -> User | None:
    """Who signs in by the name, None for no name; InputError where nobody does."""
    if not login:
        return None
    found = User.objects.filter(username=login).first()
    if found is None:
        raise InputError(_("Nobody signs in by this name."), where="complained_of")
    return found


def _linked(user: User, told: Report) -> dict[str, list[Any]]:
    """What it is about, by the field that holds it; only what the person sees."""
    asked = {
        "households": (Household.objects.visible_to(user), told.households),
        "cameras": (Camera.objects.visible_to(user), told.cameras),
        "service_points": (ServicePoint.objects.visible_to(user), told.service_points),
    }
    found = {}
    for name, (seen, ids) in asked.items():
        found[name] = list(seen.filter(pk__in=ids))
        if len(found[name]) != len(set(ids)):
            raise InputError(_("One of these does not exist."), where=name)
    return found


def _tell(incident: Incident, user: User, now: dt.datetime) -> None:
    if incident.state == State.ALERT:
        people, why = telling.alarmed(incident), Notice.Why.ALERT
    else:
        people, why = telling.holders(incident), Notice.Why.REPORTED
    people |= telling.neighbours(incident)
    telling.tell(incident, why, people, but=user.pk, now=now)
