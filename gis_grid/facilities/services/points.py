"""The register of service points: saved with their rota, ended, each in one place."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.core.cleaning import require_clean
from gis_grid.core.errors import InputError, StateError
from gis_grid.core.finding import held, require_revision
from gis_grid.facilities.models import RotaRow, ServicePoint
from gis_grid.facilities.services.placing import log, put
from gis_grid.territory.services.versions import bump

FIELDS = ("kind", "name", "address", "hours", "phone")
MOST_ROTA = 100


@dataclass(frozen=True)
class Duty:
    """Who is there on a day of the week (1 Monday … 7 Sunday)."""

    weekday: int
    starts: dt.time
    ends: dt.time
    name: str


@transaction.atomic
def save_point(
    *,
    acting_user: ActingUser,
    values: Mapping[str, Any],
    place: tuple[float, float],
    area: str = "",
    rota: Sequence[Duty] | None = None,
    point_id: int | None = None,
    revision: int = 0,
    is_demo: bool = False,
) -> ServicePoint:
    """Enter a service point, or change the one of `point_id` as it was at `revision`.

    `values` are of `FIELDS`; a rota of None stays as it is. Errors as for cameras.
    """
    point = (
        ServicePoint(is_demo=is_demo)
        if point_id is None
        else held(ServicePoint.objects.visible_to(acting_user), point_id)
    )
    before = point.area_code
    if point_id is not None:
        require_revision(point.revision, revision)
        point.revision += 1
    for name in FIELDS:
        if name in values:
            setattr(point, name, values[name])
    put(point, place, area)
    for code in {point.area_code, before} - {""}:
        acting_user.require(Permission.POINT_EDIT, code)
    require_clean(point, but=("grid",))
    point.save()
    if rota is not None:
        _set_rota(point, rota)
    bump(ServicePoint.layer, {point.area_code, before} - {""})
    log(point, acting_user, "service_point_saved")
    return point


def _set_rota(point: ServicePoint, rota: Sequence[Duty]) -> None:
    if len(rota) > MOST_ROTA:
        raise InputError(_("A rota has at most %(n)d rows.") % {"n": MOST_ROTA}, where="rota")
    point.rota.all().delete()
    for number, duty in enumerate(rota, 1):
        name = duty.name.replace("\x00", "").strip()[:60]
        if not name or not 1 <= duty.weekday <= 7 or duty.starts >= duty.ends:
            raise InputError(
                _("Row %(n)d of the rota: a name, a day from 1 to 7, and an end after the start.")
                % {"n": number},
                where="rota",
            )
        RotaRow.objects.create(
            point=point, weekday=duty.weekday, starts=duty.starts, ends=duty.ends, name=name
        )


@transaction.atomic
def end_point(*, acting_user: ActingUser, point_id: int, revision: int) -> ServicePoint:
    """Take a service point off the map from today on; StateError where it is already."""
    point = held(ServicePoint.objects.visible_to(acting_user), point_id)
    require_revision(point.revision, revision)
    acting_user.require(Permission.POINT_EDIT, point.area_code)
    if point.ended_on is not None:
        raise StateError(_("It has ended already."))
    point.ended_on, point.revision = timezone.localdate(), point.revision + 1
    point.save(update_fields=["ended_on", "revision"])
    bump(ServicePoint.layer, [point.area_code])
    log(point, acting_user, "service_point_ended")
    return point
