"""Judging what was kept: each operation in a savepoint, through the service a page would call.

Operations of one person are judged one after the other, in the order in which they came; two
requests at once take turns. A slice of them is one transaction, short, because writers of the
log wait for each other until they commit.
"""

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import (
    BusyError,
    DomainError,
    InputError,
    MissingError,
    NotAllowedError,
)
from gis_grid.core.texts import tidy
from gis_grid.fieldsync import registry
from gis_grid.fieldsync.conflicts import seal
from gis_grid.fieldsync.kept import content_of
from gis_grid.fieldsync.models import Conflict, Operation, Outcome, Record
from gis_grid.fieldsync.reading import OperationIn
from gis_grid.fieldsync.registry import Done, Entity, Op
from gis_grid.fieldsync.services import uploading

SLICE_S = 0.15
# A push answers within this time; what is left is judged by the worker or at the next contact.
BUDGET_S = 4.0
A_SLICE = 50
# A process judges for one push at a time: two would only halve each other's speed. Whoever doesn't
# get a turn soon is answered "received" at once, so that taking in stays quick when all come home.
PATIENCE_FOR_TURN_S = 0.3
_turn_of_process = threading.Lock()
# Then it is no passing trouble: held, and an administrator looks.
MOST_ATTEMPTS = 5
# So long the operation that makes a thing may stay away from one that is about the thing.
PATIENCE = dt.timedelta(days=7)
logger = logging.getLogger(__name__)


class NotYetError(Exception):
    """What it is about is still to come, or is judged by somebody else just now."""


def judge_waiting(user: User, *, budget_s: float = BUDGET_S) -> int:
    """Judge the person's operations that wait, as far as the time goes; how many were judged."""
    until = time.monotonic() + budget_s
    tried = _Tried()
    judged = 0
    while True:
        done = _judge_slice(user, tried, until)
        for operation in done or ():
            if operation.object_id is not None:
                uploading.attach_waiting(operation)
        judged += len(done or ())
        if done is None or time.monotonic() > until:
            return judged


def judge_if_free(user: User) -> int:
    """As `judge_waiting`, unless this process has too much to judge already."""
    if not _turn_of_process.acquire(timeout=PATIENCE_FOR_TURN_S):
        return 0
    try:
        return judge_waiting(user)
    finally:
        _turn_of_process.release()


@dataclass
class _Tried:
    """What can't be judged now: for good in this round, or until something else is judged."""

    faulty: set[UUID] = field(default_factory=set)
    waiting: set[UUID] = field(default_factory=set)
    is_new: bool = False


@transaction.atomic
def _judge_slice(user: User, tried: _Tried, until: float) -> list[Operation] | None:
    """Judge some; None when none is left that could be judged now."""
    if not _turn(user):
        return None
    rows = _next(user, tried)
    if not rows and tried.is_new and tried.waiting:
        # What they wait for may have been judged behind them.
        tried.waiting, tried.is_new = set(), False
        rows = _next(user, tried)
    if not rows:
        return None
    stop = until
    seen: list[Operation] = []
    for row in rows:
        try:
            _judge(row, user)
        except NotYetError:
            tried.waiting.add(row.op_id)
            continue
        except (BusyError, OperationalError):
            # The database has too much to do: what is judged so far is kept, the rest waits.
            _save(seen)
            return None
        seen.append(row)
        if row.outcome == Outcome.RECEIVED:
            tried.faulty.add(row.op_id)
        else:
            tried.is_new = True
        if len(seen) == 1:
            # The first one may have waited for the log, which is ours from here to the commit.
            stop = min(time.monotonic() + SLICE_S, until)
        if time.monotonic() > stop:
            break
    _save(seen)
    return [row for row in seen if row.outcome != Outcome.RECEIVED]


def _next(user: User, tried: _Tried) -> list[Operation]:
    waiting = Operation.objects.filter(user=user, outcome=Outcome.RECEIVED)
    waiting = waiting.exclude(pk__in=tried.faulty | tried.waiting)
    return list(waiting.order_by("received_at", "seq")[:A_SLICE])


def _turn(user: User) -> bool:
    """Whether it is this transaction's turn with the person's operations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"field {user.pk}"])
        return bool(cursor.fetchone()[0])


_JUDGED = {
    "outcome": "text", "judged_at": "timestamptz", "attempts": "int", "object_id": "bigint",
    "rev": "bigint", "number": "text", "area_code": "text", "code": "text", "message": "text",
    "where": "text",
}  # fmt: skip
# One short statement for all: a CASE for each field and row takes longer than judging.
_SAVE = """
UPDATE fieldsync_operation o SET {columns}
FROM json_to_recordset(%s::json) AS n (op_id uuid, {types}) WHERE o.op_id = n.op_id
""".format(
    columns=", ".join(f'"{name}" = n."{name}"' for name in _JUDGED),
    types=", ".join(f'"{name}" {kind}' for name, kind in _JUDGED.items()),
)


def _save(rows: Sequence[Operation]) -> None:
    try:
        _write(rows)
    except DataError:
        # One of them says what no table holds: it alone is held, the others go on.
        logger.exception("receipts could not be kept as they are")
        for row in rows:
            try:
                _write([row])
            except DataError:
                _hold_fault(row)
                row.where = row.number = ""
                _write([row])


def _write(rows: Sequence[Operation]) -> None:
    if not rows:
        return
    found = [{name: getattr(row, name) for name in ("op_id", *_JUDGED)} for row in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SAVE, [json.dumps(found, cls=DjangoJSONEncoder)])


def _hold_fault(row: Operation) -> None:
    row.outcome, row.code = Outcome.HELD, "fault"
    row.message = _("A fault of the server: it is kept, and an administrator is told.")


def _judge(row: Operation, user: User) -> None:
    """Set the receipt of `row`; `NotYetError` where it must wait for another operation."""
    row.judged_at = timezone.now()
    try:
        with transaction.atomic():
            done = apply(row, user)
    except (BusyError, OperationalError, NotYetError):
        raise
    except (MissingError, NotAllowedError) as error:
        _refuse(row, Outcome.HELD, error)
        row.message = _("Held for the office: %(why)s") % {"why": reason_why(error)}
        row.area_code = row.area_code or _area_of(user)
    except DomainError as error:
        if error.passes and timezone.now() - row.received_at < PATIENCE:
            raise NotYetError from error
        _refuse(row, Outcome.REJECTED, error)
    except Exception:
        # A fault of ours must not lose the work, nor stop what comes behind it.
        logger.exception("an operation could not be judged: %s", row.op_id)
        row.attempts += 1
        if row.attempts >= MOST_ATTEMPTS:
            _hold_fault(row)
            row.area_code = row.area_code or _area_of(user)
    else:
        row.outcome = _outcome(done)
        row.object_id, row.rev, row.number = done.object_id, done.rev, done.number
        row.area_code = done.area_code


def reason_why(error: DomainError) -> str:
    """What a page says of a thing that is not there would tell nothing in an outbox."""
    if str(error) == str(MissingError()):
        return _("It lies outside your area, or is not there any more.")
    return str(error)


def _outcome(done: Done) -> Outcome:
    if done.clashes:
        return Outcome.CONFLICT
    return Outcome.APPLIED if done.changed else Outcome.DUPLICATE


def _refuse(row: Operation, outcome: Outcome, error: DomainError) -> None:
    row.outcome, row.code = outcome, error.code[:20]
    row.message, row.where = tidy(str(error.message))[:500], tidy(error.where)[:60]


def _area_of(user: User) -> str:
    """Where the person works: whoever settles field work there sees what is held."""
    return next((one.area_code for one in user.current_assignments), "")


def apply(row: Operation, user: User, *, is_taken: bool = False) -> Done:
    """Apply a kept operation as `user`, in the caller's savepoint; raises what its service does.

    `is_taken`: a person has looked at it and wants it done, also where it was held because its
    tablet's id already stands for a thing that was told otherwise.
    """
    sent = content_of(row)
    entity = registry.entity_of(sent.entity)
    action = entity.actions.get(sent.action)
    if action is None:
        raise InputError(_("This can't be done with it."), where="action")
    is_new = sent.action in entity.makes
    known = _known(entity, sent.record, row.user_id)
    if is_new and known is not None:
        if _was_told(row, sent, known):
            return Done(known.object_id, row.area_code, changed=False)
        if not is_taken:
            raise NotAllowedError(
                _("This record has arrived before with other content, perhaps by a rescue file.")
            )
        # A thing of its own.
        sent, known = sent.model_copy(update={"record": None}), None
    if not is_new and sent.server_id is None and known is None:
        _wait_for(sent.record, row)
    op = _op(row, entity, sent)
    if sent.replaces is not None:
        op = replace(op, corrects=_first_of(row, entity))
    if known is not None:
        op = replace(op, object_id=sent.server_id or known.object_id, moved=known.moved)
    done = action(user, op)
    if is_new and sent.record is not None:
        Record.objects.create(
            entity=entity.name,
            record=sent.record,
            user_id=row.user_id,
            object_id=done.object_id,
            moved=done.moved,
        )
    Conflict.objects.bulk_create(
        Conflict(
            operation=row,
            entity=entity.name,
            object_id=done.object_id,
            area_code=done.area_code,
            field=clash.field[:60],
            values_cipher=seal({"old": clash.old, "mine": clash.mine, "theirs": clash.theirs}),
        )
        for clash in done.clashes
    )
    return done


def _op(row: Operation, entity: Entity, sent: OperationIn) -> Op:
    return Op(
        op_id=row.op_id,
        record=sent.record,
        object_id=None if sent.action in entity.makes else sent.server_id,
        made_at=sent.made_at,
        changes=registry.upcast(entity, sent),
        sent=sent,
        clock=row.clock,
    )


def _first_of(row: Operation, entity: Entity) -> Op | None:
    """What the person sent first of that which `row` corrects, None where it is not known."""
    first, seen = row, {row.pk}
    while first.replaces is not None and first.replaces not in seen:
        seen.add(first.replaces)
        before = Operation.objects.filter(
            pk=first.replaces,
            user=row.user_id,
            entity=row.entity,
            action=row.action,
            record=row.record,
        ).first()
        if before is None:
            break
        first = before
    return None if first is row else _op(first, entity, content_of(first))


def _was_told(row: Operation, sent: OperationIn, known: Record) -> bool:
    """Whether the thing was made of what `sent` says; also where nobody knows of what."""
    makers = Operation.objects.filter(
        user=row.user_id, entity=row.entity, action=row.action, record=known.record
    )
    makers = makers.filter(object_id=known.object_id).exclude(pk=row.pk)
    told = [_new_values(content_of(one)) for one in makers]
    return not told or _new_values(sent) in told


def _new_values(sent: OperationIn) -> dict[str, Any]:
    return {name: new for name, (_old, new) in sent.changes.items()}


def _known(entity: Entity, record: UUID | None, user_id: int) -> Record | None:
    """The server's thing behind a tablet's id; only of the person who made it."""
    if record is None:
        return None
    return Record.objects.filter(entity=entity.name, record=record, user_id=user_id).first()


def _wait_for(record: UUID | None, row: Operation) -> None:
    """Wait for the operation that makes the thing; MissingError where none ever will."""
    if record is None:
        raise MissingError
    if timezone.now() - row.received_at < PATIENCE:
        raise NotYetError
    raise MissingError(_("What it belongs to has never come."))
