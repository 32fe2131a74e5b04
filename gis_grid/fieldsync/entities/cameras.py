"""Camera sites in the field: looked at, and taken along by those who need to know them."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.facilities.models import Camera
from gis_grid.facilities.services.attaching import attach_to_camera
from gis_grid.facilities.services.cameras import check_camera
from gis_grid.fieldsync.moments import moment_of
from gis_grid.fieldsync.pulled import Areas, Pulled, Row
from gis_grid.fieldsync.registry import Done, Entity, Op


def _check(user: User, op: Op) -> Done:
    check = check_camera(
        acting_user=user,
        camera_id=op.object_id or 0,
        state=op.changes.text("state") if "state" in op.changes else _as_it_was(user, op),
        note=op.changes.text("reason"),
        at=moment_of(op),
        client_id=op.op_id,
    )
    camera = check.camera
    return Done(camera.pk, camera.area_code, camera.revision)


def _as_it_was(user: User, op: Op) -> str:
    """An earlier page left out the state that it found unchanged."""
    found = Camera.objects.visible_to(user).filter(pk=op.object_id or 0).first()
    return found.state if found else ""


def _attach(user: User, camera_id: int, name: str, content: bytes) -> None:
    attach_to_camera(acting_user=user, camera_id=camera_id, name=name, content=content)


def _title(camera_id: int) -> str:
    found = Camera.objects.filter(pk=camera_id).first()
    if found is None:
        raise DomainError(_("Nothing is here."))
    return found.name


def _rows(
    user: User, areas: Areas, ids: Collection[int] | None, after: int, limit: int
) -> Sequence[Row]:
    found = Camera.objects.visible_to(user).standing().filter(areas.q())
    if ids is not None:
        found = found.filter(pk__in=ids)
    return [
        {
            "id": one.pk,
            "rev": one.revision,
            "area": one.area_code,
            "name": one.name,
            "state": one.state,
            "place": list(one.geom.coords) if one.geom else None,
            "bearing": one.bearing,
            "field_of_view": one.field_of_view,
            "range_m": one.range_m,
            "owner": one.owner,
            "checked_on": one.checked_on.isoformat() if one.checked_on else None,
        }
        for one in found.filter(pk__gt=after).order_by("pk").defer("sector", "sector_3857")[:limit]
    ]


CAMERA = Entity(name="camera", actions={"check": _check}, attach=_attach, title=_title)
PULLED = Pulled("camera", _rows)
