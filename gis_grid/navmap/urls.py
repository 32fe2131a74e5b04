"""The map page and its pieces, with the permission that each needs."""

from django.urls import include, path

from gis_grid.accounts.access import needs, signed_in
from gis_grid.accounts.policies import Permission
from gis_grid.navmap import counter, views
from gis_grid.navmap.drawing import views as drawing
from gis_grid.navmap.incoming import views as incoming
from gis_grid.navmap.notice import views as notice
from gis_grid.navmap.patrolling import lanes
from gis_grid.navmap.patrolling import views as patrolling
from gis_grid.navmap.sites import views as sites

urlpatterns = [
    path("field/", include("gis_grid.navmap.field.urls")),
    path("", needs(Permission.MAP_VIEW, views.map_page), name="map"),
    path(
        "map/households/<int:household_id>/",
        needs(Permission.HOUSEHOLD_VIEW, views.household_card_part),
        name="household_card",
    ),
    path(
        "map/households/<int:household_id>/reveal/",
        needs(Permission.PERSONAL_REVEAL, views.household_reveal),
        name="household_reveal",
    ),
    path(
        "map/places/<str:code>/",
        needs(Permission.MAP_VIEW, views.place_card_part),
        name="place_card",
    ),
    path(
        "map/households.html",
        needs(Permission.HOUSEHOLD_VIEW, views.household_table),
        name="household_table",
    ),
    path(
        "map/households.json",
        needs(Permission.HOUSEHOLD_VIEW, views.household_counts),
        name="household_counts",
    ),
    path(
        "map/households.xlsx",
        needs(Permission.EXPORT, views.household_export),
        name="household_export",
    ),
    path("incidents/new/", needs(Permission.INCIDENT_REPORT, counter.counter), name="counter"),
    path("cameras/", needs(Permission.CAMERA_VIEW, sites.cameras_page), name="cameras"),
    path("cameras/new/", needs(Permission.CAMERA_EDIT, sites.new_camera), name="new_camera"),
    path(
        "cameras/<int:camera_id>/",
        needs(Permission.CAMERA_VIEW, sites.camera_page),
        name="camera",
    ),
    path("service-points/", needs(Permission.MAP_VIEW, sites.points_page), name="service_points"),
    path(
        "service-points/new/",
        needs(Permission.POINT_EDIT, sites.new_point),
        name="new_service_point",
    ),
    path(
        "service-points/<int:point_id>/",
        needs(Permission.MAP_VIEW, sites.point_page),
        name="service_point",
    ),
    path("patrols/", signed_in(patrolling.patrols_page), name="patrols"),
    path(
        "patrols/coverage/",
        needs(Permission.PATROL_VIEW, lanes.coverage_page),
        name="patrol_coverage",
    ),
    path(
        "patrols/squads/new/",
        needs(Permission.PATROL_EDIT, patrolling.squad_page),
        name="new_squad",
    ),
    path(
        "patrols/squads/<int:squad_id>/",
        needs(Permission.PATROL_EDIT, patrolling.squad_page),
        name="squad",
    ),
    path(
        "patrols/routes/new/",
        needs(Permission.PATROL_EDIT, patrolling.draw_page),
        name="new_patrol_route",
    ),
    path("patrols/routes/<int:route_id>/", signed_in(patrolling.route_page), name="patrol_route"),
    path(
        "patrols/routes/<int:route_id>/draw/",
        needs(Permission.PATROL_EDIT, patrolling.draw_page),
        name="draw_patrol_route",
    ),
    path("patrols/runs/<int:run_id>/", signed_in(patrolling.run_page), name="patrol_run"),
    # Which files a person may bring, the targets say.
    path("data/in/", signed_in(incoming.files_page), name="files_in"),
    path("data/in/<int:intake_id>/", signed_in(incoming.file_page), name="file_in"),
    path(
        "data/in/<int:intake_id>/preview.json",
        signed_in(incoming.preview),
        name="file_in_preview",
    ),
    path("data/in/<int:intake_id>/state.json", signed_in(incoming.state), name="file_in_state"),
    path("data/in/<int:intake_id>/errors.xlsx", signed_in(incoming.errors), name="file_in_errors"),
    path("plans/", needs(Permission.MAP_VIEW, drawing.plans_page), name="plans"),
    path("plans/<int:plan_id>/", needs(Permission.MAP_VIEW, drawing.plan_page), name="plan"),
    path(
        "plans/<int:plan_id>/notice/",
        needs(Permission.MAP_VIEW, notice.notice_page),
        name="plan_notice",
    ),
    path(
        "plans/<int:plan_id>/notice.svg",
        needs(Permission.MAP_VIEW, notice.notice_map),
        name="plan_notice_map",
    ),
    path(
        "plans/<int:plan_id>/notice.pdf",
        needs(Permission.MAP_VIEW, notice.notice_pdf),
        name="plan_notice_pdf",
    ),
    path(
        "plans/<int:plan_id>/reference.json",
        needs(Permission.MAP_VIEW, drawing.plan_reference),
        name="plan_reference",
    ),
]
