"""Features written by clients: through the services that pages and the API call, never past them.

What comes back masked, as it was shown, stays as it is. Which state of a feature the client saw it
says by `If-Match` or by the property `revision`; without either nothing is replaced.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import ValidationError

from gis_grid.accounts.models import User
from gis_grid.core.api import input_error
from gis_grid.core.errors import InputError, MissingError, StateError
from gis_grid.core.finding import one_of
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.schemas import CameraIn, PointIn
from gis_grid.facilities.services.cameras import FIELDS as CAMERA_FIELDS
from gis_grid.facilities.services.cameras import save_camera
from gis_grid.facilities.services.points import FIELDS as POINT_FIELDS
from gis_grid.facilities.services.points import end_point, save_point
from gis_grid.households.models import Household
from gis_grid.households.schemas import HouseholdChange, HouseholdIn
from gis_grid.households.services.registering import change_household, register_household
from gis_grid.households.services.values import FIELDS as HOUSEHOLD_FIELDS
from gis_grid.incidents.schemas import ReportIn
from gis_grid.incidents.services.reporting import report
from gis_grid.ogc.crs import STORED, crs_named
from gis_grid.territory.datasets import Dataset

LONGEST_BODY = 256 * 1024
_ETAG = re.compile(r'(?:W/)?"(\d{1,10})"\Z')
Json = dict[str, Any]


class ChangedError(StateError):
    """`If-Match` names an older state."""

    status: ClassVar[int] = HTTPStatus.PRECONDITION_FAILED
    code: ClassVar[str] = "changed"


class UnseenError(StateError):
    """Nothing says which state the client saw."""

    status: ClassVar[int] = HTTPStatus.PRECONDITION_REQUIRED
    code: ClassVar[str] = "which_state"


@dataclass(frozen=True)
class Sent:
    """A feature that a client sends: its properties, and its place in degrees."""

    properties: Json
    place: tuple[float, float] | None


@dataclass(frozen=True)
class _Editor:
    fields: tuple[str, ...]
    create: Callable[[User, Sent], int]
    replace: Callable[[User, int, Sent, int], object] | None = None
    end: Callable[[User, int, int], object] | None = None
    # The revision that the person sees of one; MissingError out of sight.
    revision: Callable[[User, int], int] | None = None


def fields_of(name: str) -> tuple[str, ...]:
    """Properties that a client may write."""
    return _EDITORS[name].fields if name in _EDITORS else ()


def methods_of(name: str) -> tuple[str, ...]:
    """Beyond reading."""
    editor = _EDITORS.get(name)
    if editor is None:
        return ()
    named = (("POST", editor.create), ("PUT", editor.replace), ("DELETE", editor.end))
    return tuple(method for method, function in named if function is not None)


def create(user: User, dataset: Dataset, sent: Sent) -> int:
    """The key of the new feature; errors as the service has them."""
    return int(_checked(_EDITORS[dataset.name].create, user, sent))


def replace(user: User, dataset: Dataset, key: int, request: HttpRequest, sent: Sent) -> None:
    editor = _EDITORS[dataset.name]
    if editor.replace is None or editor.revision is None:
        raise MissingError
    seen = _seen(request, editor.revision(user, key), sent.properties)
    _checked(editor.replace, user, key, sent, seen)


def end(user: User, dataset: Dataset, key: int, request: HttpRequest) -> None:
    editor = _EDITORS[dataset.name]
    if editor.end is None or editor.revision is None:
        raise MissingError
    found = editor.revision(user, key)
    # A client that deletes sends no body: where it says no state, it means what is there.
    has_said = request.headers.get("If-Match", "*") != "*"
    editor.end(user, key, _seen(request, found, {}) if has_said else found)


def _checked(function: Callable[..., Any], *args: Any) -> Any:
    """What the schemas of the API refuse, said as the API says it."""
    try:
        return function(*args)
    except ValidationError as error:
        found = [{**e, "loc": ("body", *e["loc"])} for e in error.errors()]
        raise input_error(found) from error


def _seen(request: HttpRequest, found: int, properties: Mapping[str, Any]) -> int:
    match = request.headers.get("If-Match", "")
    if match == "*":
        return found
    if match:
        told = _ETAG.match(match)
        if told is None or int(told[1]) != found:
            raise ChangedError(
                _("Somebody else has changed it meanwhile. Look, then decide again.")
            )
        return found
    revision = properties.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise UnseenError(
            _("Say which state you saw: by If-Match with the ETag, or by the property revision.")
        )
    return revision


def sent_by(request: HttpRequest, user: User) -> Sent:
    """The feature in the body, in the system that `Content-Crs` names. InputError says what."""
    if len(request.body) > LONGEST_BODY:
        raise InputError(_("What was sent is too large."))
    try:
        body = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(_("The body of the request is no JSON.")) from error
    properties = body.get("properties") if isinstance(body, dict) else None
    if not isinstance(body, dict) or body.get("type") != "Feature":
        raise InputError(_("Send one feature of GeoJSON."), where="type")
    if not isinstance(properties, dict):
        raise InputError(_("A feature has properties."), where="properties")
    return Sent(properties, _place(request, user, body.get("geometry")))


def _no_number(text: str) -> float:
    raise ValueError(text)


def _place(request: HttpRequest, user: User, geometry: Any) -> tuple[float, float] | None:
    if geometry is None:
        return None
    crs = crs_named(user, request.headers.get("Content-Crs"), where="Content-Crs")
    at = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(at, list) or geometry.get("type") != "Point" or len(at) not in (2, 3):
        raise InputError(_("The place is a point: two numbers."), where="geometry")
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in at):
        raise InputError(_("The place is a point: two numbers."), where="geometry")
    if crs is STORED:
        return round(float(at[0]), 7), round(float(at[1]), 7)
    first, second = (float(at[1]), float(at[0])) if crs.flipped else (float(at[0]), float(at[1]))
    if abs(first) > 1e8 or abs(second) > 1e8:
        raise InputError(_("The place is a point: two numbers."), where="geometry")
    point = Point(first, second, srid=crs.srid)
    if crs.srid not in (None, 4490):
        point.transform(4490)
    x, y = point.coords
    return round(x, 7), round(y, 7)


def _named(properties: Mapping[str, Any], fields: tuple[str, ...]) -> Json:
    """What is written of the properties; what nobody writes is left alone."""
    return {name: properties[name] for name in fields if properties.get(name) is not None}


def _household(sent: Sent) -> Json:
    told = _named(sent.properties, tuple(HOUSEHOLD_FIELDS))
    # What is shown masked under `head` is written under `head_name`.
    if "head_name" not in told and "head" in sent.properties:
        told["head_name"] = sent.properties["head"]
    return told


def _create_household(user: User, sent: Sent) -> int:
    if sent.properties.get("code"):
        raise InputError(_("The system gives the code: leave it out."), where="code")
    told = {"place": sent.place, "client_id": sent.properties.get("client_id")}
    data = HouseholdIn.model_validate(told | _household(sent))
    return register_household(
        acting_user=user, values=data.values(), place=data.place, client_id=data.client_id
    ).pk


def _replace_household(user: User, key: int, sent: Sent, revision: int) -> object:
    data = HouseholdChange(place=sent.place, revision=revision, **_household(sent))
    return change_household(
        acting_user=user,
        household_id=key,
        values=data.values(),
        place=data.place,
        revision=data.revision,
    )


_REPORTED = (
    "category", "what", "address", "severity", "area", "reporter_name", "reporter_phone",
    "is_anonymous", "client_id",
)  # fmt: skip


def _report(user: User, sent: Sent) -> int:
    data = ReportIn(place=sent.place, channel="api", **_named(sent.properties, _REPORTED))
    return report(acting_user=user, told=data.told()).pk


def _site(sent: Sent, fields: tuple[str, ...]) -> Json:
    if sent.place is None:
        raise InputError(_("The place is a point: two numbers."), where="geometry")
    told = _named(sent.properties, (*fields, "area"))
    return told | {"lon": sent.place[0], "lat": sent.place[1]}


def _create_camera(user: User, sent: Sent) -> int:
    data = CameraIn(**_site(sent, CAMERA_FIELDS))
    return save_camera(acting_user=user, **data.told()).pk


def _replace_camera(user: User, key: int, sent: Sent, revision: int) -> object:
    data = CameraIn(**_site(sent, CAMERA_FIELDS))
    return save_camera(acting_user=user, camera_id=key, revision=revision, **data.told())


def _create_point(user: User, sent: Sent) -> int:
    data = PointIn(**_site(sent, POINT_FIELDS))
    return save_point(acting_user=user, **data.told()).pk


def _replace_point(user: User, key: int, sent: Sent, revision: int) -> object:
    data = PointIn(**_site(sent, POINT_FIELDS))
    return save_point(acting_user=user, point_id=key, revision=revision, **data.told())


_EDITORS: dict[str, _Editor] = {
    "households": _Editor(
        ("head_name", *HOUSEHOLD_FIELDS),
        _create_household,
        _replace_household,
        revision=lambda user, key: one_of(Household.objects.visible_to(user), key).revision,
    ),
    "incidents": _Editor(_REPORTED, _report),
    "cameras": _Editor(
        CAMERA_FIELDS,
        _create_camera,
        _replace_camera,
        revision=lambda user, key: one_of(Camera.objects.visible_to(user), key).revision,
    ),
    "service_points": _Editor(
        POINT_FIELDS,
        _create_point,
        _replace_point,
        lambda user, key, revision: end_point(acting_user=user, point_id=key, revision=revision),
        revision=lambda user, key: one_of(ServicePoint.objects.visible_to(user), key).revision,
    ),
}
