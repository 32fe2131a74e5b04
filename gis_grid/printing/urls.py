"""Prints and snapshots, with the permission that each needs."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.printing import views

urlpatterns = [
    path("print/", needs(Permission.MAP_VIEW, views.print_page), name="print"),
    path("print/snapshot/", needs(Permission.MAP_VIEW, views.snapshot_page), name="snapshot"),
    path("print/<uuid:key>/", needs(Permission.MAP_VIEW, views.job_page), name="print_job"),
    path("print/<uuid:key>.pdf", needs(Permission.MAP_VIEW, views.job_file), name="print_file"),
]
