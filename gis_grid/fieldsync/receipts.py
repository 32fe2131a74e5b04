"""Receipts as tablets read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.fieldsync.conflicts import as_row
from gis_grid.fieldsync.models import Conflict, Operation, Upload

# What a tablet is told where it is not the state itself: what is held has left its hands.
_STATES: dict[str, str] = {Upload.State.PARTIAL: "wanted", Upload.State.HELD: "kept"}


def receipts_of(user: User, op_ids: Collection[UUID]) -> dict[UUID, tuple[bytes, dict[str, Any]]]:
    """By op_id the digest of what was sent, and the receipt; only of the person's own."""
    rows = list(Operation.objects.filter(user=user, op_id__in=op_ids).defer("payload_cipher"))
    clashing = [row.op_id for row in rows if row.outcome == "conflict"]
    conflicts: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if clashing:
        found = Conflict.objects.filter(operation__in=clashing)
        for one in found.select_related("operation", "operation__user"):
            conflicts[one.operation_id].append(as_row(one, user))
    uploads = _uploads(user, op_ids)
    return {row.op_id: (bytes(row.digest), _receipt(row, conflicts, uploads)) for row in rows}


def _uploads(user: User, op_ids: Collection[UUID]) -> dict[UUID, list[dict[str, str]]]:
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    rows: Iterable[Upload] = Upload.objects.filter(user=user, op_id__in=op_ids)
    for one in rows:
        state = _STATES.get(one.state, one.state)
        found[one.op_id].append({"id": str(one.attachment), "state": state, "message": one.message})
    return found


def _receipt(
    row: Operation,
    conflicts: dict[UUID, list[dict[str, Any]]],
    uploads: dict[UUID, list[dict[str, str]]],
) -> dict[str, Any]:
    return {
        "op_id": str(row.op_id),
        "outcome": row.outcome,
        "again": False,
        "entity": row.entity,
        "record": str(row.record) if row.record else None,
        "server_id": row.object_id,
        "rev": row.rev,
        "number": row.number,
        "at": timezone.localtime(row.judged_at or row.received_at).isoformat(),
        "code": row.code,
        "message": row.message,
        "where": row.where,
        "settled": row.settled_at is not None,
        "conflicts": conflicts[row.op_id],
        "attachments": uploads[row.op_id],
    }
