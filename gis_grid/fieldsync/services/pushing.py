"""Taking operations in: kept first, then judged, each answered with its receipt."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import errors

from gis_grid.accounts.models import User
from gis_grid.core import crypto
from gis_grid.core.errors import InputError
from gis_grid.fieldsync import reading
from gis_grid.fieldsync.errors import DiskFullError
from gis_grid.fieldsync.models import Device, Operation, Outcome, Unreadable
from gis_grid.fieldsync.receipts import receipts_of
from gis_grid.fieldsync.registry import NO_TIME
from gis_grid.fieldsync.services import uploading
from gis_grid.fieldsync.services.judging import judge_if_free

NOTHING: Mapping[UUID, dt.timedelta] = {}


def push(
    *,
    acting_user: User,
    device: Device | None,
    operations: Sequence[Any],
    queue: int | None = None,
    clock: dt.timedelta = NO_TIME,
    put_right: Mapping[UUID, dt.timedelta] = NOTHING,
) -> list[dict[str, Any]]:
    """A receipt for each of `operations`, in their order; all are kept before one is judged.

    `queue` is how many the tablet still holds, `clock` how much its clock is behind, `put_right`
    by operation how much it was put forward between the operation and now.
    InputError for more than `reading.MOST_AT_ONCE`: nothing of it is kept.
    """
    if len(operations) > reading.MOST_AT_ONCE:
        raise InputError(
            _("Send %(n)d operations at a time at most.") % {"n": reading.MOST_AT_ONCE},
            where="operations",
        )
    found: list[reading.Sent | reading.UnreadableError] = []
    for raw in operations:
        try:
            found.append(reading.read(raw))
        except reading.UnreadableError as error:
            keep_unreadable(acting_user, device, reading.content_of(raw)[0], error.reason)
            found.append(error)
    sent = [one for one in found if isinstance(one, reading.Sent)]
    try:
        kept = _keep(acting_user, device, sent, clock, put_right)
    except OperationalError as error:
        if isinstance(error.__cause__, errors.DiskFull):
            raise DiskFullError from error
        raise
    judge_if_free(acting_user)
    if kept:
        # Sent once more: the process that answered first may have been killed behind the receipt.
        uploading.attach_asked(acting_user, kept)
    fresh = receipts_of(acting_user, [one.op.op_id for one in sent])
    note_queue(device, queue)
    return [
        _unreadable(one, index)
        if isinstance(one, reading.UnreadableError)
        else _receipt(one, kept, fresh)
        for index, one in enumerate(found)
    ]


def note_queue(device: Device | None, queue: int | None) -> None:
    """How much the tablet says that it still holds."""
    if device is not None and queue is not None and queue != device.queue_length:
        Device.objects.filter(pk=device.pk).update(queue_length=queue)


def keep_unreadable(user: User, device: Device | None, text: str, reason: str) -> None:
    """Keep what can't be read as it came, once."""
    Unreadable.objects.bulk_create(
        [
            Unreadable(
                device=device,
                user=user,
                body_cipher=crypto.encrypt(text, purpose=reading.PAYLOAD),
                digest=reading.content_of(text)[1],
                reason=reason[:300],
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic(durable=True)
def _keep(
    user: User,
    device: Device | None,
    sent: Sequence[reading.Sent],
    clock: dt.timedelta,
    put_right: Mapping[UUID, dt.timedelta],
) -> set[UUID]:
    """Store what is new; answers the ids that were there before."""
    ids = [one.op.op_id for one in sent]
    known = set(Operation.objects.filter(op_id__in=ids).values_list("op_id", flat=True))
    new = {one.op.op_id: one for one in reversed(sent) if one.op.op_id not in known}
    ciphers = crypto.encrypt_many([one.text for one in new.values()], purpose=reading.PAYLOAD)
    now = timezone.now()
    # Sent twice at once: the other one has stored it, and this one finds it there.
    Operation.objects.bulk_create(
        [
            Operation(
                op_id=one.op.op_id,
                device=device,
                user=user,
                seq=one.op.seq,
                entity=one.op.entity,
                action=one.op.action,
                record=one.op.record,
                replaces=one.op.replaces,
                payload_cipher=cipher,
                digest=one.digest,
                received_at=now,
                clock=_in_all(clock, put_right.get(one.op.op_id)),
            )
            for one, cipher in zip(new.values(), ciphers, strict=True)
        ],
        ignore_conflicts=True,
    )
    return known


def _in_all(clock: dt.timedelta, put_right: dt.timedelta | None) -> dt.timedelta:
    try:
        return clock + (put_right or NO_TIME)
    except OverflowError:
        return clock


def _receipt(
    sent: reading.Sent, known: set[UUID], fresh: dict[UUID, tuple[bytes, dict[str, Any]]]
) -> dict[str, Any]:
    stored = fresh.get(sent.op.op_id)
    if stored is None or stored[0] != sent.digest:
        # Somebody else's id looks the same as one's own with other content.
        return {
            "op_id": str(sent.op.op_id),
            "outcome": Outcome.REJECTED,
            "code": "other_content",
            "message": _("Something else was sent under this id before: that is kept."),
            "where": "op_id",
        }
    return {**stored[1], "again": sent.op.op_id in known}


def _unreadable(error: reading.UnreadableError, index: int) -> dict[str, Any]:
    return {
        "op_id": str(error.op_id) if error.op_id else None,
        "index": index,
        "outcome": Outcome.REJECTED,
        "code": "unreadable",
        "message": _("This can't be read; it is kept and shown to an administrator: %(why)s")
        % {"why": error.reason},
        "where": "",
    }
