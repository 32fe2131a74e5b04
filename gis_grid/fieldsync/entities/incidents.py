"""Incidents from the field: reported, and added to."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError, InputError
from gis_grid.fieldsync.pulled import Areas, Pulled, Row
from gis_grid.fieldsync.registry import Done, Entity, Op
from gis_grid.incidents.models import Category, Incident
from gis_grid.incidents.selectors import the_incident
from gis_grid.incidents.services.attaching import attach as attach_file
from gis_grid.incidents.services.reporting import Report, report
from gis_grid.incidents.services.steps import Said, take


def _create(user: User, op: Op) -> Done:
    given = op.changes
    accuracy = given.number("accuracy_m")
    if accuracy is not None and not 0 <= accuracy <= 100_000:
        raise InputError(_("An accuracy is 0 to 100,000 metres."), where="accuracy_m")
    severity = given.whole("severity")
    if severity is not None and severity not in Incident.Severity.values:
        raise InputError(_("There is no such severity."), where="severity")
    made = report(
        acting_user=user,
        told=Report(
            category=given.text("category"),
            what=given.text("what"),
            channel=Incident.Channel.TABLET,
            place=given.place(),
            accuracy_m=accuracy,
            address=given.text("address"),
            severity=severity if severity is not None else Incident.Severity.USUAL,
            reporter_name=given.text("reporter_name"),
            reporter_phone=given.text("reporter_phone"),
            is_anonymous=given.flag("is_anonymous"),
            households=given.ids("households"),
            cameras=given.ids("cameras"),
            client_id=_client_id(op),
        ),
    )
    return Done(made.pk, made.area_code, made.revision, number=made.register_no)


def _client_id(op: Op) -> uuid.UUID:
    """The tablet's id of the thing, so that also the API knows it again."""
    return op.record or op.op_id


def _note(user: User, op: Op) -> Done:
    incident = the_incident(user, op.object_id or 0)
    made, _step = take(
        acting_user=user,
        incident_id=incident.pk,
        step="note",
        # A note changes nothing that others decide by.
        revision=incident.revision,
        said=Said(text=op.changes.text("text")),
    )
    return Done(made.pk, made.area_code, made.revision, number=made.register_no)


def _attach(user: User, incident_id: int, name: str, content: bytes) -> None:
    attach_file(acting_user=user, incident_id=incident_id, name=name, content=content)


def _title(incident_id: int) -> str:
    found = Incident.objects.filter(pk=incident_id).first()
    if found is None:
        raise DomainError(_("Nothing is here."))
    return found.register_no


def _label(field: str) -> str:
    words = {
        "category": _("category"),
        "what": _("what happened"),
        "text": _("text"),
        "place": _("place"),
        "accuracy_m": _("accuracy in metres"),
        "address": _("address"),
        "severity": _("severity"),
        "reporter_name": _("who reported it"),
        "reporter_phone": _("phone"),
        "is_anonymous": _("anonymous"),
    }
    return words.get(field, field)


def _words(field: str, value: Any) -> str | None:
    if field == "category" and isinstance(value, str):
        found = Category.objects.filter(code=value).first()
        return found.label if found else None
    if field == "severity" and value in Incident.Severity.values:
        return str(Incident.Severity(value).label)
    return None


INCIDENT = Entity(
    name="incident",
    actions={"create": _create, "note": _note},
    makes=frozenset({"create"}),
    attach=_attach,
    title=_title,
    label=_label,
    words=_words,
)


def _rows(
    user: User, areas: Areas, ids: Collection[int] | None, after: int, limit: int
) -> Sequence[Row]:
    """Open incidents; those beside the border are seen, but lie in areas of others."""
    found = Incident.objects.visible_to(user).open().filter(areas.q())
    if ids is not None:
        found = found.filter(pk__in=ids)
    columns = ("revision", "area_code", "register_no", "category__code", "state", "what", "geom",
               "due_at", "severity", "kind", "address")  # fmt: skip
    rows = found.filter(pk__gt=after).order_by("pk").values_list("pk", *columns)
    return [
        {
            "id": pk,
            "rev": revision,
            "area": area,
            "number": number,
            "category": category,
            "state": state,
            "what": what,
            "place": list(geom.coords) if geom else None,
            "due_at": due_at.isoformat() if due_at else None,
            "severity": severity,
            "kind": kind,
            "address": address,
        }
        for pk, revision, area, number, category, state, what, geom, due_at, severity, kind, address
        in rows[:limit]
    ]  # fmt: skip


PULLED = Pulled("incident", _rows)
