"""What this app hangs into the registries of the apps above it."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import label_subjects, name_actions, name_subjects
from gis_grid.facilities.datasets import DATASETS
from gis_grid.facilities.drafts import camera_points, service_points
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.selectors import statistics
from gis_grid.territory.datasets import register_dataset
from gis_grid.territory.registries import (
    register_located,
    register_points,
    register_statistics,
)


def register() -> None:
    register_located(Camera)
    register_located(ServicePoint)
    register_statistics("facilities", statistics)
    register_points("cameras", camera_points)
    register_points("service_points", service_points)
    for dataset in DATASETS:
        register_dataset(dataset)
    name_actions(
        {
            "camera_saved": _("Camera saved"),
            "camera_state": _("State of a camera changed"),
            "camera_checked": _("Camera checked on site"),
            "camera_file_added": _("File of a camera added"),
            "camera_file_read": _("File of a camera read"),
            "cameras_listed": _("Cameras listed"),
            "cameras_loaded": _("Cameras loaded"),
            "cameras_exported": _("Cameras taken out"),
            "service_point_saved": _("Service point saved"),
            "service_point_ended": _("Service point ended"),
            "service_points_loaded": _("Service points loaded"),
        }
    )
    name_subjects({"camera": _("Camera"), "service_point": _("Service point")})
    label_subjects("camera", _camera_names)
    label_subjects("service_point", _point_names)


def _camera_names(ids: Collection[str]) -> dict[str, str]:
    found = Camera.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): name for pk, name in found}


def _point_names(ids: Collection[str]) -> dict[str, str]:
    found = ServicePoint.objects.filter(pk__in=_numbers(ids)).values_list("pk", "name")
    return {str(pk): name for pk, name in found}


def _numbers(ids: Collection[str]) -> list[int]:
    return [int(one) for one in ids if one.isdecimal()]
