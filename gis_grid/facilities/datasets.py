"""Cameras and service points as datasets: cameras for those who need to know their places."""

from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.territory.datasets import Column, Dataset, Sight, Times, area_column, name_column

_CAMERA = (
    Column("name", "text", "c.name", _("Name")),
    Column("owner", "text", "c.owner", _("Whose"), words=dict(Camera.Owner.choices)),
    Column("consent_on", "date", "c.consent_on", _("Consent since")),
    Column("mounting", "text", "c.mounting", _("Mounted on"), words=dict(Camera.Mounting.choices)),
    Column("height_m", "number", "c.height_m", _("Height in m")),
    # Of a home camera none is kept (`facilities.models`).
    Column("bearing", "number", "c.bearing", _("Looks towards, degrees from north")),
    Column("field_of_view", "number", "c.field_of_view", _("Field of view, degrees")),
    Column("range_m", "number", "c.range_m", _("Sees as far as, m")),
    Column("device_code", "text", "c.device_code", _("Device code")),
    Column("filing_no", "text", "c.filing_no", _("Police filing number")),
    Column("has_sign", "flag", "c.has_sign", _("Has a sign")),
    Column("storage_days", "integer", "c.storage_days", _("Days of storage")),
    Column("platform", "text", "c.platform", _("Platform")),
    Column("state", "text", "c.state", _("State"), words=dict(Camera.State.choices)),
    Column("checked_on", "date", "c.checked_on", _("Checked last on")),
    Column("area", "text", "c.area_code", _("Area code"), plain=True),
    Column("revision", "integer", "c.revision", _("Revision")),
    name_column("village_name", "c.area_code", 12, _("Village")),
)
_POINT = (
    Column("kind", "text", "p.kind", _("Kind"), words=dict(ServicePoint.Kind.choices)),
    Column("name", "text", "p.name", _("Name")),
    Column("address", "text", "p.address", _("Address")),
    Column("hours", "text", "p.hours", _("Opening hours")),
    Column("phone", "text", "p.phone", _("Phone")),
    area_column("village", "p.area_code", 12, _("Village code")),
    Column("area", "text", "p.area_code", _("Area code"), plain=True),
    Column("revision", "integer", "p.revision", _("Revision")),
    name_column("village_name", "p.area_code", 12, _("Village")),
)


def _cameras(user: User) -> Sight:
    scope, params = user.scope(Permission.CAMERA_VIEW).sql("c.area_code")
    return Sight(f"{scope} AND c.state <> 'removed'", _CAMERA, params)


def _points(user: User) -> Sight:
    scope, params = user.scope(Permission.MAP_VIEW).sql("p.area_code")
    return Sight(scope, _POINT, params)


DATASETS = (
    Dataset(
        name="cameras",
        title=_("Cameras"),
        permission=Permission.CAMERA_VIEW,
        relation="facilities_camera c",
        key="c.id",
        area="c.area_code",
        geometry="c.geom",
        shape="Point",
        sight=_cameras,
        logged_as="cameras_listed",
        revision="c.revision",
    ),
    Dataset(
        name="service_points",
        title=_("Service points"),
        permission=Permission.MAP_VIEW,
        relation="facilities_servicepoint p",
        key="p.id",
        area="p.area_code",
        geometry="p.geom",
        shape="Point",
        sight=_points,
        times=Times(
            "'-infinity'::date",
            "p.ended_on",
            "(p.ended_on IS NULL OR p.ended_on > %(today)s)",
            days=True,
        ),
        revision="p.revision",
    ),
)
