"""Incidents as the API shows them."""

from typing import Any

from django.db.models import QuerySet

from gis_grid.accounts.models import User
from gis_grid.core.attachments.http import file_row
from gis_grid.incidents.models import Incident, Notice, State
from gis_grid.incidents.selectors import open_steps, reporters_of
from gis_grid.incidents.services.writing import step_json

_SAME = (
    "id", "register_no", "kind", "field", "severity", "what", "address", "accuracy_m",
    "area_then", "is_outside", "state", "channel", "reported_at", "step_due_at", "due_at",
    "due_is_certain", "paused_at", "answered_at", "closed_at", "urged", "revision",
)  # fmt: skip
# What a query needs for `row`.
COLUMNS = (
    *_SAME, "geom", "area_code", "assignee_role", "category__code", "category__name",
    "category__name_en", "assignee_user__username",
)  # fmt: skip


def row(incident: Incident) -> dict[str, Any]:
    return {name: getattr(incident, name) for name in _SAME} | {
        "category": incident.category.code,
        "category_label": incident.category.label,
        "place": tuple(incident.geom.coords) if incident.geom else None,
        "area": incident.area_code,
        "state_label": str(State(incident.state).label),
        "office": incident.assignee_role,
        "person": incident.assignee_user.get_username() if incident.assignee_user else None,
    }


def file_of(incident: Incident, user: User) -> dict[str, Any]:
    """The whole file of the case (一案一卷), and what the person may do next."""
    merged = incident.merged.order_by("pk").values_list("pk", "register_no")
    return row(incident) | {
        "timeline": [step_json(step) for step in incident.steps.all()],
        "reporters": reporters_of(incident),
        "complained_of": incident.complained_of.get_username() if incident.complained_of else None,
        "sides": list(incident.sides.values_list("area_code", flat=True)),
        "households": [home.pk for home in incident.households.visible_to(user)],
        "cameras": [one.pk for one in incident.cameras.visible_to(user)],
        "service_points": [one.pk for one in incident.service_points.visible_to(user)],
        "attachments": [file_row(one) for one in incident.attachments.all()],
        "merged_into": incident.merged_into_id,
        "merged": [{"id": pk, "register_no": number} for pk, number in merged],
        "may": open_steps(incident, user),
    }


def notices(found: QuerySet[Notice]) -> list[dict[str, Any]]:
    return [
        {
            "id": notice.pk,
            "incident": notice.incident_id,
            "register_no": notice.incident.register_no,
            "why": notice.why,
            "label": notice.get_why_display(),
            "at": notice.at,
            "read_at": notice.read_at,
        }
        for notice in found.select_related("incident")
    ]
