"""Addresses of the pages of tablets, with the permission that each needs."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.fieldsync.pages import devices, unreadable, work

urlpatterns = [
    path("devices/", needs(Permission.DEVICE_MANAGE, devices.devices_page), name="devices"),
    path("devices/work/", needs(Permission.FIELD_SETTLE, work.work_page), name="field_work"),
    path(
        "devices/work/files/<uuid:key>/",
        needs(Permission.FIELD_SETTLE, work.work_file),
        name="field_work_file",
    ),
    path(
        "devices/unreadable/<int:key>/",
        needs(Permission.USER_MANAGE, unreadable.unreadable_page),
        name="unreadable",
    ),
]
