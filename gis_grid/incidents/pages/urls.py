"""Addresses of the pages of incidents, with the permission that each needs."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.incidents.pages import circular, file, listing, live, paper, rules

urlpatterns = [
    path("live/", needs(Permission.INCIDENT_VIEW, live.stream), name="live"),
    path("live/notices/", needs(Permission.INCIDENT_VIEW, live.notices), name="live_notices"),
    path("incidents/", needs(Permission.INCIDENT_VIEW, listing.incidents_page), name="incidents"),
    path(
        "incidents/board/",
        needs(Permission.INCIDENT_VIEW, listing.board_page),
        name="incidents_board",
    ),
    path(
        "incidents/filters/",
        needs(Permission.INCIDENT_VIEW, listing.saved_filters),
        name="saved_filters",
    ),
    path(
        "incidents/rules/",
        needs(Permission.INCIDENT_RULES, rules.categories_page),
        name="incident_rules",
    ),
    path(
        "incidents/rules/<slug:code>/",
        needs(Permission.INCIDENT_RULES, rules.category_page),
        name="incident_category",
    ),
    path(
        "incidents/<int:incident_id>/",
        needs(Permission.INCIDENT_VIEW, file.incident_page),
        name="incident",
    ),
    path(
        "incidents/<int:incident_id>/file.pdf",
        needs(Permission.INCIDENT_VIEW, paper.file_pdf),
        name="incident_pdf",
    ),
    path(
        "incidents/circular/",
        needs(Permission.INCIDENT_VIEW, circular.circular_page),
        name="circular",
    ),
    path(
        "incidents/circular.pdf",
        needs(Permission.EXPORT, paper.circular_pdf),
        name="circular_pdf",
    ),
    path(
        "incidents/circular.xlsx",
        needs(Permission.EXPORT, paper.circular_xlsx),
        name="circular_xlsx",
    ),
]
