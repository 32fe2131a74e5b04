"""Operations as a tablet makes them."""

import uuid
from typing import Any

from tests.fieldsync.tablets import Tablet


def operation(
    entity: str,
    action: str,
    *,
    seq: int = 1,
    record: str | None = None,
    server_id: int | None = None,
    old: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """An operation; `changes` are the new values, `old` what stood there before."""
    before = old or {}
    named = {name.replace("__", ":"): value for name, value in changes.items()}
    return {
        "op_id": str(uuid.uuid4()),
        "seq": seq,
        "entity": entity,
        "action": action,
        "record": record or str(uuid.uuid4()),
        "server_id": server_id,
        "form_version": 1,
        "made_at": "2026-11-25T09:12:00+08:00",
        "changes": {name: [before.get(name), value] for name, value in named.items()},
        "fix": None,
        "attachments": [],
    }


def incident(grid_place: tuple[float, float], **changes: Any) -> dict[str, Any]:
    given = {"category": "drain", "what": "村口水沟堵了", "place": list(grid_place), **changes}
    return operation("incident", "create", **given)


def push(tablet: Tablet, *operations: Any) -> list[dict[str, Any]]:
    """Send them; answers the receipts."""
    status, body = tablet("sync/push", {"queue": len(operations), "operations": list(operations)})
    assert status == 200, body
    receipts: list[dict[str, Any]] = body["receipts"]
    return receipts
