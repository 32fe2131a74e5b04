"""Addresses of the pages of incidents, with the permission that each needs."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.incidents.pages import live, views

urlpatterns = [
    path("live/", needs(Permission.INCIDENT_VIEW, live.stream), name="live"),
    path("live/notices/", needs(Permission.INCIDENT_VIEW, live.notices), name="live_notices"),
    path("incidents/", needs(Permission.INCIDENT_VIEW, views.incidents_page), name="incidents"),
    path(
        "incidents/<int:incident_id>/",
        needs(Permission.INCIDENT_VIEW, views.incident_page),
        name="incident",
    ),
]
