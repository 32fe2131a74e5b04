"""The card of a household."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.attachments.kinds import SOUNDS
from gis_grid.core.codes import AreaLevel, ancestors, level_of
from gis_grid.core.personal import mask_name
from gis_grid.facilities.selectors import nearest_points
from gis_grid.households.models import Household, HouseholdTag
from gis_grid.households.selectors import Member, masked_phone, members_of, tags_of, the_household
from gis_grid.incidents.models import Incident
from gis_grid.navmap.cards.parts import Matter, NearPoint, Person, Place, people_of
from gis_grid.territory.selectors import Stay, place_names, stays_of

MOST_VISITS, MOST_FILES = 5, 12


@dataclass(frozen=True)
class TagShown:
    """A tag that holds today and that the reader may see."""

    slug: str
    label: str
    category: str
    colour: str
    symbol: str
    since: dt.date
    until: dt.date | None
    source: str


@dataclass(frozen=True)
class Event:
    """A line of the history: `kind` is registered, closed, tag_started, tag_ended or moved."""

    on: dt.date
    kind: str
    text: str


@dataclass(frozen=True)
class VisitShown:
    """Somebody was there."""

    at: dt.datetime
    who: str
    text: str


@dataclass(frozen=True)
class FileShown:
    """A photo, file or sound; its bytes are behind `households/{id}/files/{id}` of the API."""

    id: int
    name: str
    has_thumb: bool
    is_sound: bool


@dataclass(frozen=True)
class HouseholdCard:
    """Names, phones and identity numbers are masked, but for the people who answer."""

    id: int
    code: str
    address: str
    longitude: float | None
    latitude: float | None
    grid: Place | None
    village: Place | None
    head: str
    phone: str
    origin: str
    people: int
    registered_on: dt.date
    closed_on: dt.date | None
    tags: list[TagShown]
    members: list[Member]
    answering: list[Person]
    history: list[Event]
    placed_by_hand: bool
    # The household was placed by hand and a redraw moved that grid away from its point.
    placement_flagged: bool
    can_reveal: bool
    near: list[NearPoint]
    incidents: list[Matter]
    # Whether the person may report what happens here.
    can_report: bool
    revision: int
    # The last ones, the newest first.
    visits: list[VisitShown]
    files: list[FileShown]


def household_card(user: User, household_id: int) -> HouseholdCard:
    """The card as `user` may see it; MissingError out of scope. The reading is logged."""
    household = the_household(user, household_id)
    tags = tags_of(user, household)
    names = place_names(ancestors(household.area_code))
    card = HouseholdCard(
        id=household.pk,
        code=household.code,
        address=household.address,
        longitude=household.geom.x if household.geom else None,
        latitude=household.geom.y if household.geom else None,
        grid=_place(household.area_code, AreaLevel.GRID, names),
        village=_place(household.area_code, AreaLevel.VILLAGE, names),
        head=mask_name(household.head_name),
        phone=masked_phone(household),
        origin=household.get_origin_display(),
        people=household.people,
        registered_on=household.registered_on,
        closed_on=household.closed_on,
        tags=_shown(tags),
        members=members_of(household),
        answering=people_of(user, household.area_code),
        history=_history(user, household, tags),
        placed_by_hand=household.placement == Household.Placement.MANUAL,
        placement_flagged=household.placement_flagged,
        can_reveal=user.may(Permission.PERSONAL_REVEAL, household.area_code),
        near=_near(user, household),
        incidents=[
            Matter(one.pk, one.register_no, one.category.label, one.get_state_display())
            for one in Incident.objects.visible_to(user)
            .filter(households=household)
            .select_related("category")
            .order_by("-pk")[:5]
        ],
        can_report=user.may(Permission.INCIDENT_REPORT, household.area_code),
        revision=household.revision,
        visits=[
            VisitShown(one.at, one.who, one.text)
            for one in household.visits.select_related("user")[:MOST_VISITS]
        ],
        files=[
            FileShown(one.pk, one.name, bool(one.thumb_digest), one.content_type in SOUNDS)
            for one in household.files.order_by("-pk")[:MOST_FILES]
        ],
    )
    record(
        acting_user=user,
        action="household_read",
        subject_type="household",
        subject_id=household.pk,
        area_code=household.area_code,
    )
    return card


def _near(user: User, household: Household) -> list[NearPoint]:
    if household.geom is None:
        return []
    return [
        NearPoint(
            point.pk, point.kind, point.get_kind_display(), point.name, point.hours, round(metres)
        )
        for point, metres in nearest_points(user, household.geom)
    ]


def _place(area_code: str, level: AreaLevel, names: dict[str, str]) -> Place | None:
    for code in ancestors(area_code):
        if level_of(code) is level:
            return Place(code, names.get(code, code))
    return None


def _shown(tags: list[HouseholdTag]) -> list[TagShown]:
    today = timezone.localdate()
    return [
        TagShown(
            row.tag.slug,
            row.tag.label,
            row.tag.category,
            row.tag.colour,
            row.tag.symbol,
            row.starts_on,
            row.ends_on,
            row.source,
        )
        for row in sorted(tags, key=lambda row: (row.tag.order, row.starts_on))
        if row.starts_on <= today and (row.ends_on is None or row.ends_on > today)
    ]


def _history(user: User, household: Household, tags: list[HouseholdTag]) -> list[Event]:
    """What happened up to today, the newest first."""
    today = timezone.localdate()
    events = [Event(household.registered_on, "registered", _("Registered."))]
    if household.closed_on:
        events.append(Event(household.closed_on, "closed", _("Closed.")))
    for row in tags:
        tag = {"tag": row.tag.label}
        events.append(Event(row.starts_on, "tag_started", _("%(tag)s begins.") % tag))
        if row.ends_on:
            events.append(Event(row.ends_on, "tag_ended", _("%(tag)s ends.") % tag))
    stays = stays_of(user, household.geom) if household.geom else []
    events += [_move(stay, first=index == 0) for index, stay in enumerate(stays)]
    past = [event for event in events if event.on <= today]
    return sorted(past, key=lambda event: event.on)[::-1]


def _move(stay: Stay, *, first: bool) -> Event:
    place = {"name": stay.name, "code": stay.code}
    text = (
        _("The place lies in grid %(name)s (%(code)s).")
        if first
        else _("A redraw puts the place into grid %(name)s (%(code)s).")
    )
    return Event(timezone.localdate(stay.starts), "moved", text % place)
