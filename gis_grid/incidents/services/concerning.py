"""Whom a case complains of, said afterwards: from then on they neither handle nor see it."""

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, NotAllowedError, StateError
from gis_grid.incidents.models import Incident
from gis_grid.incidents.permits import may_take
from gis_grid.incidents.services.reporting import person_named
from gis_grid.incidents.services.writing import (
    clock,
    locked_incident,
    log,
    require_revision,
    write_step,
)


def may_say(incident: Incident, user: User) -> bool:
    """True for those who decide who handles it, while nobody is named."""
    is_free = incident.is_open and incident.complained_of_id is None
    return is_free and may_take(incident, user, "assign")


@transaction.atomic
def complain_of(*, acting_user: User, incident_id: int, revision: int, login: str) -> Incident:
    """Name the person; taken from their hands if it was with them. What was merged goes along.

    MissingError out of sight, NotAllowedError for those who don't assign, StateError where it is
    over or somebody is named, InputError for nobody's or one's own name.
    """
    incident = locked_incident(acting_user, incident_id)
    require_revision(incident, revision)
    if not may_take(incident, acting_user, "assign"):
        raise NotAllowedError(_("Your role does not say whom this complains of."))
    if not may_say(incident, acting_user):
        raise StateError(_("It is over, or says already whom it complains of."))
    person = person_named(login)
    if person is None or person.pk == acting_user.pk:
        raise InputError(_("Name somebody else who signs in here."), where="complained_of")
    incident.complained_of = person
    if incident.assignee_user_id == person.pk:
        incident.assignee_user = None
    state = incident.state
    write_step(incident, actor=acting_user, step="concern", before=state, now=clock())
    incident.merged.update(complained_of=person)
    log(incident, acting_user, "incident_concerns", person=person.pk)
    return incident
