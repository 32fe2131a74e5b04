"""Conflicts as tablets and pages read them."""

import json
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.errors import DomainError
from gis_grid.fieldsync.models import Conflict
from gis_grid.fieldsync.registry import entities, entity_of

PURPOSE = "field.conflict"


def seal(values: dict[str, Any]) -> bytes:
    return crypto.encrypt(json.dumps(values), purpose=PURPOSE)


def values_of(conflict: Conflict) -> dict[str, Any]:
    """{old, mine, theirs} as they were when it arose."""
    found: dict[str, Any] = json.loads(crypto.decrypt(conflict.values_cipher, purpose=PURPOSE))
    return found


def visible_conflicts(user: User) -> QuerySet[Conflict]:
    """One's own, and all of the areas whose field work one settles."""
    scope = user.scope(Permission.FIELD_SETTLE)
    seen = Conflict.objects.filter(Q(operation__user=user) | scope.q("area_code"))
    for entity in entities():
        fields, permission = entity.private()
        if fields and permission is not None:
            told = user.scope(permission).q("area_code")
            seen = seen.exclude(~told, entity=entity.name, field__in=fields)
    return seen.select_related("operation", "operation__user")


def as_row(conflict: Conflict, reader: User) -> dict[str, Any]:
    """A conflict with what each wants, in words where there are some, and whose change it is."""
    try:
        entity = entity_of(conflict.entity)
        title, label = entity.title(conflict.object_id), entity.label(conflict.field)
    except DomainError:
        title, label = str(conflict.object_id), conflict.field
    values = values_of(conflict)
    return {
        "id": conflict.pk,
        "op_id": str(conflict.operation_id),
        "entity": conflict.entity,
        "server_id": conflict.object_id,
        "title": title,
        "field": conflict.field,
        "label": label,
        "person": str(conflict.operation.user),
        "is_own": conflict.operation.user_id == reader.pk,
        **values,
        "place": _place(conflict, values["mine"]),
        "their_place": _place(conflict, values["theirs"]),
        "made_at": timezone.localtime(conflict.made_at).isoformat(),
        "open": conflict.settled_at is None,
        "choice": conflict.choice,
    }


def _place(conflict: Conflict, value: Any) -> list[float] | None:
    """Where a value puts the thing; for another field where the thing is."""
    if conflict.field == "place":
        return value if isinstance(value, list) else None
    try:
        found = entity_of(conflict.entity).place(conflict.object_id)
    except DomainError:
        return None
    return list(found) if found else None
