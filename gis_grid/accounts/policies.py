"""Who may do what: one table. A role holds in an area and for a period (`Assignment`)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COUNTY = "county", _("County grid office")
    TOWN_LEADER = "town_leader", _("Town leader")
    OFFICE = "office", _("Comprehensive governance office")
    CIVIL = "civil", _("Civil affairs office")
    POLICE = "police", _("Police")
    GRID_LEADER = "grid_leader", _("Grid leader")
    GRID_WORKER = "grid_worker", _("Grid worker")
    INFORMANT = "informant", _("Grid informant")
    SURVEYOR = "surveyor", _("Field surveyor")
    AUDITOR = "auditor", _("Auditor")


class Permission(models.TextChoices):
    MAP_VIEW = "map_view", _("See the map and its statistics")
    HOUSEHOLD_VIEW = "household_view", _("See households, masked")
    WELFARE_VIEW = "welfare_view", _("See welfare tags")
    PERSONAL_REVEAL = "personal_reveal", _("Reveal a name, phone or identity number, with a reason")
    PERSONAL_SEARCH = "personal_search", _("Search by phone or identity number")
    EXPORT = "export", _("Take lists out as a file")
    DUTY_EDIT = "duty_edit", _("Say who holds which post")
    HOUSEHOLD_EDIT = "household_edit", _("Enter and correct households")
    TAG_EDIT = "tag_edit", _("Change the tags of households")
    TAG_KINDS = "tag_kinds", _("Add kinds of tags")
    HOUSEHOLD_IMPORT = "household_import", _("Load households")
    BOUNDARY_IMPORT = "boundary_import", _("Load boundaries")
    REGION_IMPORT = "region_import", _("Load regions")
    PLAN_DRAFT = "plan_draft", _("Draw drafts of boundaries, comment on plans")
    PLAN_APPROVE = "plan_approve", _("Approve or reject plans of others")
    PLAN_PUBLISH = "plan_publish", _("Publish approved plans")
    USER_MANAGE = "user_manage", _("Manage accounts and tokens")
    AUDIT_VIEW = "audit_view", _("Read the audit log")
    INCIDENT_VIEW = "incident_view", _("See incidents")
    INCIDENT_REPORT = "incident_report", _("Report incidents")
    INCIDENT_HANDLE = "incident_handle", _("Accept and handle incidents")
    INCIDENT_WORK = "incident_work", _("Be given incidents to work on")
    INCIDENT_ASSIGN = "incident_assign", _("Assign and urge incidents for the town")
    INCIDENT_CLOSE = "incident_close", _("Close answered incidents")
    INCIDENT_RULES = "incident_rules", _("Change categories and deadlines of incidents")
    INCIDENT_IMPORT = "incident_import", _("Load incidents")
    CAMERA_VIEW = "camera_view", _("See where cameras stand and what they look at")
    CAMERA_EDIT = "camera_edit", _("Keep the register of cameras")
    CAMERA_CHECK = "camera_check", _("Check cameras on site")
    POINT_EDIT = "point_edit", _("Keep the register of service points")
    PATROL_VIEW = "patrol_view", _("See squads, routes and runs")
    PATROL_EDIT = "patrol_edit", _("Draw routes, make squads and schedules")
    TRACK_VIEW = "track_view", _("See the tracks of runs")
    FIELD_SETTLE = "field_settle", _("Settle what was done in the field")
    DEVICE_MANAGE = "device_manage", _("Enrol and revoke tablets")


_R = Role
_STAFF_OF_AREA = {_R.GRID_LEADER, _R.GRID_WORKER, _R.INFORMANT}
# Whoever looks at the sites of cameras has to know where they are.
_CHECKING = {_R.COUNTY, _R.OFFICE, _R.POLICE, _R.GRID_LEADER, _R.GRID_WORKER, _R.SURVEYOR}

POLICY: dict[Permission, frozenset[Role]] = {
    Permission.MAP_VIEW: frozenset(Role),
    Permission.HOUSEHOLD_VIEW: frozenset(Role) - {_R.AUDITOR},
    # DOMAIN: only the offices that need them and the staff of that area.
    Permission.WELFARE_VIEW: frozenset({_R.TOWN_LEADER, _R.CIVIL, *_STAFF_OF_AREA}),
    Permission.PERSONAL_REVEAL: frozenset(
        {_R.TOWN_LEADER, _R.OFFICE, _R.CIVIL, _R.POLICE, _R.GRID_LEADER, _R.GRID_WORKER}
    ),
    Permission.PERSONAL_SEARCH: frozenset(
        {_R.OFFICE, _R.CIVIL, _R.POLICE, _R.GRID_LEADER, _R.GRID_WORKER}
    ),
    Permission.EXPORT: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.CIVIL, _R.GRID_LEADER}),
    Permission.DUTY_EDIT: frozenset({_R.COUNTY, _R.OFFICE}),
    Permission.HOUSEHOLD_EDIT: frozenset(
        {_R.COUNTY, _R.OFFICE, _R.CIVIL, _R.SURVEYOR, *_STAFF_OF_AREA}
    ),
    # Only tags that they may see.
    Permission.TAG_EDIT: frozenset(
        {_R.COUNTY, _R.OFFICE, _R.CIVIL, _R.GRID_LEADER, _R.GRID_WORKER, _R.SURVEYOR}
    ),
    Permission.TAG_KINDS: frozenset({_R.COUNTY}),
    Permission.HOUSEHOLD_IMPORT: frozenset({_R.COUNTY, _R.OFFICE, _R.CIVIL}),
    Permission.BOUNDARY_IMPORT: frozenset({_R.COUNTY}),
    Permission.REGION_IMPORT: frozenset({_R.COUNTY}),
    Permission.PLAN_DRAFT: frozenset(
        {_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.GRID_LEADER, _R.GRID_WORKER}
    ),
    Permission.PLAN_APPROVE: frozenset({_R.COUNTY, _R.TOWN_LEADER}),
    Permission.PLAN_PUBLISH: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE}),
    Permission.USER_MANAGE: frozenset({_R.COUNTY}),
    Permission.AUDIT_VIEW: frozenset({_R.AUDITOR}),
    Permission.INCIDENT_VIEW: frozenset(Role) - {_R.AUDITOR},
    Permission.INCIDENT_REPORT: frozenset(Role) - {_R.AUDITOR},
    Permission.INCIDENT_HANDLE: frozenset({_R.TOWN_LEADER, _R.OFFICE, *_STAFF_OF_AREA}),
    Permission.INCIDENT_WORK: frozenset(
        {_R.TOWN_LEADER, _R.OFFICE, _R.CIVIL, _R.POLICE, *_STAFF_OF_AREA}
    ),
    Permission.INCIDENT_ASSIGN: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE}),
    Permission.INCIDENT_CLOSE: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.GRID_LEADER}),
    Permission.INCIDENT_RULES: frozenset({_R.COUNTY}),
    Permission.INCIDENT_IMPORT: frozenset({_R.COUNTY, _R.OFFICE}),
    # Whoever needs it to do something about it; others learn that a village has so many.
    Permission.CAMERA_VIEW: frozenset({_R.TOWN_LEADER, *_CHECKING}),
    Permission.CAMERA_EDIT: frozenset({_R.COUNTY, _R.OFFICE, _R.POLICE}),
    Permission.CAMERA_CHECK: frozenset(_CHECKING),
    Permission.POINT_EDIT: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.GRID_LEADER}),
    Permission.PATROL_VIEW: frozenset(
        {_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.POLICE, *_STAFF_OF_AREA}
    ),
    Permission.PATROL_EDIT: frozenset({_R.TOWN_LEADER, _R.OFFICE, _R.POLICE, _R.GRID_LEADER}),
    # DOMAIN §7: a track is for whoever leads the squad, and the staff of village and town.
    Permission.TRACK_VIEW: frozenset({_R.TOWN_LEADER, _R.OFFICE, _R.POLICE, _R.GRID_LEADER}),
    Permission.FIELD_SETTLE: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.GRID_LEADER}),
    # For people all of whose areas lie in one's own.
    Permission.DEVICE_MANAGE: frozenset({_R.COUNTY, _R.TOWN_LEADER, _R.OFFICE, _R.GRID_LEADER}),
}
