"""Cameras, what they see of the roads, and service points."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Status, UploadedFile

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.areas import prefix_asked
from gis_grid.core.attachments.http import content_of, file_answer, file_row
from gis_grid.core.errors import InputError
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.schemas import (
    CameraIn,
    CheckIn,
    NearQuery,
    PointIn,
    RevisionIn,
    StateIn,
    camera_row,
    check_row,
    point_row,
    watch_row,
)
from gis_grid.facilities.selectors import nearest_points, the_camera, the_point, watch_of
from gis_grid.facilities.services.attaching import attach_to_camera, open_camera_file
from gis_grid.facilities.services.cameras import check_camera, save_camera, set_state
from gis_grid.facilities.services.points import end_point, save_point

router = Router(tags=["facilities"])
Json = dict[str, Any]
MOST, MOST_CHECKS = 1_000, 20


@router.get("/cameras", summary="Cameras whose place you need to know")
def cameras(request: HttpRequest, area: str = "", state: str = "", after: int = 0) -> Json:
    """By number, a thousand at a time; the reading is logged."""
    user = user_of(request)
    user.require(Permission.CAMERA_VIEW)
    found = Camera.objects.visible_to(user).filter(
        area_code__startswith=prefix_asked(area), pk__gt=after
    )
    if state:
        found = found.filter(state=state)
    page = list(found[: MOST + 1])
    record(
        acting_user=user,
        action="cameras_listed",
        subject_type="camera",
        subject_id="",
        area_code=user.scope(Permission.CAMERA_VIEW).common_area(),
    )
    today = timezone.localdate()
    return {
        "cameras": [camera_row(one, today) for one in page[:MOST]],
        "next": page[MOST - 1].pk if len(page) > MOST else None,
    }


@router.post("/cameras", summary="Enter a camera", response={201: dict})
def enter_camera(request: HttpRequest, data: CameraIn) -> Status[Json]:
    """Into the register."""
    made = save_camera(acting_user=user_of(request), **data.told())
    return Status(201, camera_row(made, timezone.localdate()))


@router.get("/cameras/coverage", summary="What cameras see of the main roads")
def coverage(request: HttpRequest, area: str) -> Json:
    """By village: the share of the roads, and the list of gaps and unseen junctions."""
    user = user_of(request)
    user.require(Permission.CAMERA_VIEW)
    # A county's roads at once would hold a worker for long.
    if not 9 <= len(prefix_asked(area)) <= 12:
        raise InputError(_("Say of which village or town."), where="area")
    return {"villages": [watch_row(one) for one in watch_of(user, area)]}


@router.get("/cameras/{int:camera_id}", summary="A camera with its history")
def camera(request: HttpRequest, camera_id: int) -> Json:
    """Its states, the newest last; what was found on site of late, the newest first."""
    found = the_camera(user_of(request), camera_id)
    history = [
        {"at": row.at, "state": row.state, "reason": row.reason, "by": row.by_name}
        for row in found.history.all()
    ]
    checks = found.checks.select_related("by")[:MOST_CHECKS]
    return camera_row(found, timezone.localdate()) | {
        "history": history,
        "checks": [check_row(one) for one in checks],
    }


@router.put("/cameras/{int:camera_id}", summary="Change a camera")
def change_camera(request: HttpRequest, camera_id: int, data: CameraIn) -> Json:
    """All of it, as it was at `revision`."""
    made = save_camera(
        acting_user=user_of(request),
        **data.told(),
        camera_id=camera_id,
        revision=data.revision,
    )
    return camera_row(made, timezone.localdate())


@router.post("/cameras/{int:camera_id}/state", summary="Change a camera's state")
def change_state(request: HttpRequest, camera_id: int, data: StateIn) -> Json:
    """With the reason, which stays in its history."""
    made = set_state(acting_user=user_of(request), camera_id=camera_id, **data.dict())
    return camera_row(made, timezone.localdate())


@router.post(
    "/cameras/{int:camera_id}/checks", summary="Somebody looked at the site", response={201: dict}
)
def check(request: HttpRequest, camera_id: int, data: CheckIn) -> Status[Json]:
    """Where the state differs from the register, it is changed by that."""
    made = check_camera(acting_user=user_of(request), camera_id=camera_id, **data.dict())
    return Status(201, check_row(made))


@router.get("/cameras/{int:camera_id}/files", summary="Photos and files of a camera's site")
def files(request: HttpRequest, camera_id: int) -> Json:
    """The oldest first."""
    found = the_camera(user_of(request), camera_id)
    return {"files": [file_row(one) for one in found.files.all()]}


@router.post("/cameras/{int:camera_id}/files", summary="Add a photo or file", response={201: dict})
def attach(request: HttpRequest, camera_id: int, file: File[UploadedFile]) -> Status[Json]:
    """Judged by content; pictures lose their EXIF. The same file again is the same one."""
    made = attach_to_camera(
        acting_user=user_of(request),
        camera_id=camera_id,
        name=file.name or "",
        content=content_of(file),
    )
    return Status(201, file_row(made))


@router.get("/cameras/{int:camera_id}/files/{int:file_id}", summary="A file")
def one_file(
    request: HttpRequest, camera_id: int, file_id: int, thumb: bool = False
) -> HttpResponseBase:
    """Shown or saved; with `thumb` its small picture."""
    found, content = open_camera_file(
        acting_user=user_of(request), camera_id=camera_id, file_id=file_id, thumb=thumb
    )
    return file_answer(found, content, thumb=thumb)


@router.get("/service-points", summary="Service points")
def service_points(request: HttpRequest, area: str = "", kind: str = "", after: int = 0) -> Json:
    """Those of today, a thousand at a time."""
    user = user_of(request)
    user.require(Permission.MAP_VIEW)
    found = ServicePoint.objects.visible_to(user).on(timezone.localdate())
    found = found.filter(area_code__startswith=prefix_asked(area), pk__gt=after)
    if kind:
        found = found.filter(kind=kind)
    page = list(found[: MOST + 1])
    return {
        "service_points": [point_row(one) for one in page[:MOST]],
        "next": page[MOST - 1].pk if len(page) > MOST else None,
    }


@router.post("/service-points", summary="Enter a service point", response={201: dict})
def enter_point(request: HttpRequest, data: PointIn) -> Status[Json]:
    """With its rota."""
    made = save_point(acting_user=user_of(request), **data.told())
    return Status(201, point_row(made))


@router.get("/service-points/near", summary="Service points nearest to a place")
def near(request: HttpRequest, query: Query[NearQuery]) -> Json:
    """With the metres on the ground, the nearest first."""
    user = user_of(request)
    user.require(Permission.MAP_VIEW)
    place = Point(query.lon, query.lat, srid=4490)
    found = nearest_points(user, place, count=query.count, kind=query.kind)
    return {"service_points": [point_row(one) | {"metres": round(far)} for one, far in found]}


@router.get("/service-points/{int:point_id}", summary="A service point with its rota")
def service_point(request: HttpRequest, point_id: int) -> Json:
    """Who is there, and when."""
    found = the_point(user_of(request), point_id)
    rota = [
        {"weekday": row.weekday, "starts": row.starts, "ends": row.ends, "name": row.name}
        for row in found.rota.all()
    ]
    return point_row(found) | {"rota": rota}


@router.put("/service-points/{int:point_id}", summary="Change a service point")
def change_point(request: HttpRequest, point_id: int, data: PointIn) -> Json:
    """All of it, as it was at `revision`."""
    made = save_point(
        acting_user=user_of(request),
        **data.told(),
        point_id=point_id,
        revision=data.revision,
    )
    return point_row(made)


@router.post("/service-points/{int:point_id}/end", summary="Take a service point off the map")
def end(request: HttpRequest, point_id: int, data: RevisionIn) -> Json:
    """From today on."""
    made = end_point(acting_user=user_of(request), point_id=point_id, revision=data.revision)
    return point_row(made)
