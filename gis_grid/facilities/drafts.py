"""Cameras and service points as columns, for drafts of boundaries: which of them would move."""

from collections.abc import Sequence

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.territory.registries import PointSet, point_set


def camera_points(*, user: ActingUser, codes: Sequence[str]) -> PointSet:
    """Cameras booked to `codes` that `user` may see: `cameras`."""
    seen = Camera.objects.visible_to(user, Permission.CAMERA_VIEW).standing()
    return point_set("camera", seen.filter(area_code__in=list(codes)), "name", "cameras")


def service_points(*, user: ActingUser, codes: Sequence[str]) -> PointSet:
    """Service points booked to `codes`: `service_points`."""
    seen = ServicePoint.objects.visible_to(user).filter(ended_on=None, area_code__in=list(codes))
    return point_set("service_point", seen, "name", "service_points")
