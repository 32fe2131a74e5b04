"""Leading an incident on, by the table in `machine.py`."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import POLICY, Permission, Role
from gis_grid.core.errors import InputError, NotAllowedError, StateError
from gis_grid.incidents.machine import RULES, fits
from gis_grid.incidents.models import Incident, Kind, Notice, State, Step
from gis_grid.incidents.permits import may_take, serves
from gis_grid.incidents.services import telling
from gis_grid.incidents.services.deadlines import resume, set_deadlines
from gis_grid.incidents.services.reporting import text_of
from gis_grid.incidents.services.writing import (
    clock,
    locked_incident,
    log,
    require_revision,
    write_step,
)


@dataclass(frozen=True)
class Said:
    """What goes with a step: what was done, why, and to which office or person it goes."""

    text: str = ""
    reason: str = ""
    office: str = ""
    person: str = ""


def take(
    *, acting_user: User, incident_id: int, step: str, revision: int, said: Said | None = None
) -> tuple[Incident, Step]:
    """Take one step with an incident as it was at `revision`.

    MissingError out of sight and for whoever is complained of, OvertakenError with what
    others did meanwhile, StateError from a state that does not lead there, NotAllowedError
    for people who may not take it, InputError for what is not said.
    """
    if step not in RULES:
        raise InputError(_("There is no step %(step)s.") % {"step": step[:20]}, where="step")
    with transaction.atomic():
        incident = locked_incident(acting_user, incident_id)
        require_revision(incident, revision)
        require_state(incident, step)
        if not may_take(incident, acting_user, step):
            raise NotAllowedError(_("Your role does not take this step with this incident."))
        taken = _take(incident, acting_user, step, said or Said())
        log(incident, acting_user, "incident_step", step=step)
    return incident, taken


def require_state(incident: Incident, step: str) -> None:
    """StateError with the reason where the incident as it stands can't take the step."""
    is_paused = incident.paused_at is not None
    state, kind = incident.state, incident.kind
    if fits(RULES[step], state=state, kind=kind, is_paused=is_paused, step=step):
        return
    if is_paused:
        message = _("This incident waits for the person: go on with it first.")
    else:
        message = _("This incident is in the state “%(state)s”: this step is not possible now.") % {
            "state": incident.get_state_display()
        }
    raise StateError(message, details={"state": incident.state, "kind": incident.kind})


def _take(incident: Incident, user: User, step: str, said: Said) -> Step:
    now, before = clock(), incident.state
    if step == "assign":
        _require_assignee(incident, said)
    words = lead_on(incident, step, said, now)
    taken = write_step(incident, actor=user, step=step, before=before, now=now, **words)
    _tell(incident, user, step, now)
    return taken


def lead_on(incident: Incident, step: str, said: Said, now: dt.datetime) -> dict[str, str]:
    """Lead the incident on as it stands in memory: state, marks, deadlines.

    Answers the words of the step; InputError for what is not said. The caller has seen to it
    that the step is possible, and saves.
    """
    rule, before = RULES[step], incident.state
    text = text_of(said.text, "text", required="text" in rule.needs)
    reason = text_of(said.reason, "reason", required="reason" in rule.needs, longest=500)
    incident.state = State(rule.to or before)
    if act := _ACTS.get(step):
        act(incident, said, now)
    if incident.state != before or step == "assign":
        set_deadlines(incident, now, whole=before in (State.CLOSED, State.ANSWERED))
    return {"text": text, "reason": reason}


def _require_assignee(incident: Incident, said: Said) -> None:
    """A person who may work there, or an office that has people there."""
    if bool(said.office) == bool(said.person):
        raise InputError(_("Say which office or which person it goes to."), where="office")
    # Whoever is complained of is refused in the words of a person without the role.
    names = {one.username for one in workers_of(incident)} if said.person else set()
    if said.person and said.person not in names:
        raise InputError(_("Nobody of this name works on incidents there."), where="person")
    if said.office and (said.office not in Role.values or not _has_people(incident, said.office)):
        raise InputError(_("This office has nobody who works there."), where="office")


def _assign(incident: Incident, said: Said, now: dt.datetime) -> None:
    person = User.objects.get(username=said.person) if said.person else None
    incident.assignee_user, incident.assignee_role = person, said.office


def workers_of(incident: Incident) -> list[User]:
    """People whom it can be given to: they work on incidents there and are not its matter."""
    people = telling.people_of(incident.area_code, POLICY[Permission.INCIDENT_WORK])
    return list(User.objects.filter(pk__in=people - {incident.complained_of_id}))


def _has_people(incident: Incident, role: str) -> bool:
    people = User.objects.filter(pk__in=telling.people_of(incident.area_code, [role]))
    return any(
        serves(person, role, incident.area_code)
        and person.may(Permission.INCIDENT_WORK, incident.area_code)
        for person in people
        if person.pk != incident.complained_of_id
    )


def _nobody(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.assignee_user, incident.assignee_role = None, ""


def _alarm(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.kind, incident.paused_at = Kind.EMERGENCY, None


def _wait(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.paused_at = now


def _resume(incident: Incident, said: Said, now: dt.datetime) -> None:
    resume(incident, now)


def _urge(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.urged += 1


def _answer(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.answered_at = now


def _close(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.closed_at = now


def _reopen(incident: Incident, said: Said, now: dt.datetime) -> None:
    incident.closed_at = incident.answered_at = None
    incident.reopened_at = now
    _nobody(incident, said, now)


_ACTS: dict[str, Callable[[Incident, Said, dt.datetime], None]] = {
    "assign": _assign,
    "send_back": _nobody,
    "raise_alert": _alarm,
    "wait": _wait,
    "resume": _resume,
    "urge": _urge,
    "answer": _answer,
    "close": _close,
    "reopen": _reopen,
}
_WHY = {
    "assign": Notice.Why.ASSIGNED,
    "urge": Notice.Why.URGED,
    "send_up": Notice.Why.SENT_UP,
    "send_back": Notice.Why.SENT_UP,
    "reopen": Notice.Why.REOPENED,
}


def _tell(incident: Incident, user: User, step: str, now: dt.datetime) -> None:
    """Whoever is next; the reporter's own login where it is answered; all at an alert."""
    if step == "raise_alert":
        telling.tell(incident, Notice.Why.ALERT, telling.alarmed(incident), but=user.pk, now=now)
    elif why := _WHY.get(step):
        telling.tell(incident, why, telling.holders(incident), but=user.pk, now=now)
    elif step in ("answer", "close") and incident.reported_by_id is not None:
        telling.tell(incident, Notice.Why.STEP, [incident.reported_by_id], but=user.pk, now=now)
