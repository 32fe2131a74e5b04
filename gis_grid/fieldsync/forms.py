"""What the forms of the field are filled in with: categories, tags, choices."""

import hashlib
import json
from typing import Any

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.facilities.models import Camera
from gis_grid.households.models import Household
from gis_grid.households.selectors import visible_tags
from gis_grid.incidents.models import Incident, State
from gis_grid.incidents.selectors import categories_of_today

VERSION = 1


def forms_of(user: User) -> dict[str, Any]:
    """All of it in the language of the request, with an `etag` of its content."""
    found = {
        "version": VERSION,
        "categories": _categories(),
        "tags": [
            {
                "slug": tag.slug,
                "label": tag.label,
                "colour": tag.colour,
                "symbol": tag.symbol,
                "may_change": user.may(Permission.TAG_EDIT),
            }
            for tag in visible_tags(user)
        ],
        "severities": _choices(Incident.Severity),
        "origins": _choices(Household.Origin),
        "camera_states": [
            one for one in _choices(Camera.State) if one["value"] != Camera.State.REMOVED
        ],
        "incident_states": _choices(State),
    }
    text = json.dumps(found, sort_keys=True)
    return {**found, "etag": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _categories() -> list[dict[str, Any]]:
    every = categories_of_today()
    branches = {one.parent_id for one in every}
    return [
        {
            "code": one.code,
            "label": one.label,
            "branch": one.parent.label if one.parent else str(one.get_field_display()),
            "kind": one.kind,
            "office": str(Role(one.office).label),
        }
        for one in every
        if one.pk not in branches
    ]


def _choices(choices: Any) -> list[dict[str, Any]]:
    return [{"value": one.value, "label": str(one.label)} for one in choices]
