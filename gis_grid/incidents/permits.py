"""Who may take which step of an incident: the machine's `Who` against the policy table."""

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import contains
from gis_grid.incidents.machine import RULES, Who
from gis_grid.incidents.models import Incident

_BY_PERMISSION = {
    Who.GRID: Permission.INCIDENT_HANDLE,
    Who.TOWN: Permission.INCIDENT_ASSIGN,
    Who.CLOSER: Permission.INCIDENT_CLOSE,
}


def may_take(incident: Incident, user: ActingUser, step: str) -> bool:
    """True where the person may take the step, if the state allows it.

    Whoever is complained of may nothing.
    """
    if user.pk is not None and incident.complained_of_id == user.pk:
        return False
    return any(_is(who, incident, user) for who in RULES[step].who)


def _is(who: Who, incident: Incident, user: ActingUser) -> bool:
    if who is Who.HOLDER:
        return holds(incident, user)
    return user.may(_BY_PERMISSION[who], incident.area_code)


def holds(incident: Incident, user: ActingUser) -> bool:
    """True for the person, or somebody of the office, that the incident is assigned to."""
    if incident.assignee_user_id is not None:
        named = incident.assignee_user_id == user.pk
        return named and user.may(Permission.INCIDENT_WORK, incident.area_code)
    if not incident.assignee_role:
        return False
    return isinstance(user, User) and serves(user, incident.assignee_role, incident.area_code)


def serves(user: User, role: str, area_code: str) -> bool:
    """True where the person holds the role in an area that contains `area_code` today."""
    return user.is_active and any(
        assignment.role == role and contains(assignment.area_code, area_code)
        for assignment in user.current_assignments
    )
