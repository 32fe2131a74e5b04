"""What every change of an incident does alike: the row locked, the step written, people told."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.audit.services import Actor, record
from gis_grid.core.errors import MissingError, StateError
from gis_grid.incidents.models import Incident, State, Step
from gis_grid.territory.services.versions import bump


class OvertakenError(StateError):
    """Somebody else did something meanwhile; `details` say what."""

    code = "conflict"


def locked_incident(user: User, incident_id: int) -> Incident:
    """The incident in the person's sight, held until the end of the transaction."""
    if not Incident.objects.visible_to(user).filter(pk=incident_id).exists():
        raise MissingError
    held = Incident.objects.select_for_update(of=("self",)).select_related("category")
    incident = held.get(pk=incident_id)
    if incident.complained_of_id == user.pk:
        raise MissingError
    return incident


def require_revision(incident: Incident, revision: int) -> None:
    """OvertakenError with the steps taken since, where the person saw an older state."""
    if revision == incident.revision:
        return
    # Every step raises the revision by one, so its number is the revision that it made.
    since = [step_json(step) for step in incident.steps.filter(number__gt=revision)]
    raise OvertakenError(
        _("Somebody else has done something here meanwhile. Look, then decide again."),
        details={"revision": incident.revision, "state": incident.state, "since": since},
    )


def step_json(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "at": step.at.isoformat(),
        "by": step.actor_name,
        "step": step.step,
        "from": step.from_state,
        "to": step.to_state,
        "text": step.text,
        "reason": step.reason,
        "office": step.assignee_role,
        "person": step.assignee_user_id,
        "due_at": step.due_at.isoformat() if step.due_at else None,
    }


def write_step(
    incident: Incident, *, actor: Actor, step: str, before: str, now: dt.datetime, **said: Any
) -> Step:
    """Save the incident and append the step that made it so, numbered like its revision.

    The caller holds the incident's row, or has just made it (`before` is empty then).
    """
    if before:
        incident.revision += 1
    incident.save()
    # Those just beyond the border see it, too; a new one has none yet.
    beside = incident.sides.values_list("area_code", flat=True) if before else ()
    bump(Incident.layer, [incident.area_code, *beside])
    who = {"actor_id": actor.pk, "actor_name": actor.get_username()}
    taken = step_of(incident, step=step, before=before, at=now, **who, **said)
    taken.save(force_insert=True)
    return taken


def step_of(incident: Incident, *, step: str, before: str, at: dt.datetime, **said: Any) -> Step:
    """The step that made the incident what it is now, numbered like its revision; not saved."""
    return Step(
        incident=incident,
        number=incident.revision,
        at=at,
        step=step,
        from_state=before,
        to_state=State(incident.state),
        assignee_role=incident.assignee_role,
        assignee_user=incident.assignee_user,
        due_at=incident.step_due_at,
        **said,
    )


def log(incident: Incident, actor: Actor, action: str, **detail: Any) -> None:
    record(
        acting_user=actor,
        action=action,
        subject_type="incident",
        subject_id=incident.pk,
        area_code=incident.area_code,
        detail=detail,
    )


def clock() -> dt.datetime:
    """The server's clock; what a client says the time is counts for nothing."""
    return timezone.now()
