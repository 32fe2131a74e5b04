"""Comments, hearings and presence of a plan."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import contains
from gis_grid.core.crs import CGCS2000
from gis_grid.core.errors import InputError, MissingError, StateError, TooLargeError
from gis_grid.territory.coverage import CHINA
from gis_grid.territory.models import Plan, PlanComment, PlanHearing, PlanPresence
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.recording import locked_plan

LEASE = dt.timedelta(seconds=60)
MOST_MINUTES_BYTES = 10 * 1024 * 1024
_ENDED = (Plan.Status.PUBLISHED, Plan.Status.WITHDRAWN, Plan.Status.SUPERSEDED)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PARTS_OF_WORD = {"[Content_Types].xml", "word/document.xml"}
# A hearing comes before its plan at times, but not by more than a year.
_EARLIEST_HEARING = dt.timedelta(days=366)
# What a file is, told by how it begins; names lie.
_MAGIC = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"PK\x03\x04": _WORD,
}

ENDINGS = dict(zip(_MAGIC.values(), (".pdf", ".jpg", ".png", ".docx"), strict=True))


@dataclass(frozen=True)
class Minutes:
    """The minutes of a hearing, as a file."""

    name: str
    data: bytes


def comment(
    *, plan_id: int, acting_user: User, text: str, place: Sequence[float] | None
) -> PlanComment:
    """Remark something, at a place (lon/lat) where it is about one."""
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        acting_user.require(Permission.PLAN_DRAFT)
        if plan.status in _ENDED:
            raise StateError(_("This plan has ended: nothing is added to it any more."))
        if not text.strip():
            raise InputError(_("Write what you want to say."), where="text")
        made = PlanComment.objects.create(
            plan=plan,
            author=acting_user,
            text=text.strip(),
            place=_point(place) if place is not None else None,
            area_code=_area_of(plan, acting_user, place),
        )
        record(
            acting_user=acting_user,
            action="plan_commented",
            subject_type="plan",
            subject_id=plan.pk,
            area_code=made.area_code,
        )
    return made


def _point(place: Sequence[float]) -> Point:
    if len(place) != 2 or not CHINA.contains(shapely.Point(*place)):
        raise InputError(_("This is no place in China."), where="place")
    return Point(place[0], place[1], srid=CGCS2000)


def _area_of(plan: Plan, user: User, place: Sequence[float] | None) -> str:
    """The grid at the place, else the smallest part of the plan's area in the person's scope."""
    if place is not None:
        x, y = place
        cells = sheets.load(plan, bounds=(x, y, x, y)).cells
        point = shapely.Point(x, y)
        for code, cell in sorted(cells.items()):
            if cell.shape.intersects(point):
                if not user.scope(Permission.MAP_VIEW).covers(code):
                    raise InputError(_("This place lies outside your area."), where="place")
                return code
    return user.scope(Permission.MAP_VIEW).common_area(plan.area_code) or plan.area_code


def settle_comment(*, plan_id: int, acting_user: User, comment_id: int) -> PlanComment:
    """Mark a comment as dealt with."""
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        acting_user.require(Permission.PLAN_DRAFT, plan.area_code)
        found = plan.comments.filter(pk=comment_id).first()
        if found is None:
            raise MissingError
        if plan.status in _ENDED or found.settled_at is not None:
            raise StateError(_("This comment is settled, or its plan has ended."))
        found.settled_at = timezone.now()
        found.save(update_fields=["settled_at"])
        record(
            acting_user=acting_user,
            action="plan_comment_settled",
            subject_type="plan",
            subject_id=plan.pk,
            area_code=found.area_code,
        )
    return found


def hold_hearing(
    *,
    plan_id: int,
    acting_user: User,
    village: str,
    held_on: dt.date,
    present: int,
    outcome: str = "",
    minutes: Minutes | None = None,
) -> PlanHearing:
    """Record that the village has heard the plan; the minutes are a PDF, picture or document."""
    with transaction.atomic():
        plan = locked_plan(plan_id, acting_user)
        acting_user.require(Permission.PLAN_DRAFT, village)
        if plan.status in _ENDED:
            raise StateError(_("This plan has ended: nothing is added to it any more."))
        if not contains(plan.area_code, village) or len(village) != 12:
            raise InputError(_("This village does not belong to the plan."), where="village")
        if held_on > timezone.localdate():
            raise InputError(_("The hearing can't lie in the future."), where="held_on")
        if held_on < timezone.localdate(plan.created_at) - _EARLIEST_HEARING:
            raise InputError(
                _("The hearing lies more than a year before the plan. Look at the date again."),
                where="held_on",
            )
        made = PlanHearing.objects.create(
            plan=plan,
            village=village,
            held_on=held_on,
            present=present,
            outcome=outcome.strip(),
            minutes_name=minutes.name[-120:] if minutes else "",
            minutes_type=_type_of(minutes) if minutes else "",
            minutes=minutes.data if minutes else None,
            recorded_by=acting_user,
        )
        record(
            acting_user=acting_user,
            action="plan_hearing",
            subject_type="plan",
            subject_id=plan.pk,
            area_code=village,
        )
    return made


def _type_of(minutes: Minutes) -> str:
    if len(minutes.data) > MOST_MINUTES_BYTES:
        raise TooLargeError(_("The minutes may have 10 MB at most."), where="file")
    for begins, kind in _MAGIC.items():
        if minutes.data.startswith(begins) and (kind != _WORD or _is_word(minutes.data)):
            return kind
    raise InputError(
        _("The minutes must be a PDF, a JPEG or PNG picture, or a Word document (.docx)."),
        where="file",
    )


def _is_word(data: bytes) -> bool:
    """Whether an archive holds a document; only its list of parts is read, nothing unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist()) >= _PARTS_OF_WORD
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def be_present(*, plan: Plan, acting_user: User, grids: Sequence[str]) -> list[PlanPresence]:
    """Say that one is at the draft and works on `grids`; answers who is there, oneself first."""
    now = timezone.now()
    drawing = acting_user.scope(Permission.PLAN_DRAFT)
    own = [code for code in grids if drawing.covers(code) and contains(plan.area_code, code)]
    PlanPresence.objects.update_or_create(
        plan=plan, user=acting_user, defaults={"grids": own[:50], "until": now + LEASE}
    )
    found = plan.presence.filter(until__gt=now).select_related("user").order_by("user__username")
    return sorted(found, key=lambda one: one.user_id != acting_user.pk)
