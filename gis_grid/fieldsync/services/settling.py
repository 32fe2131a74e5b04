"""Settling what a tablet could not: conflicts field by field, and work that was held."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import DomainError, InputError, MissingError, StateError
from gis_grid.core.finding import held
from gis_grid.core.words import reason_of
from gis_grid.fieldsync import registry
from gis_grid.fieldsync.conflicts import values_of, visible_conflicts
from gis_grid.fieldsync.models import Conflict, Operation, Outcome, Upload
from gis_grid.fieldsync.services import uploading
from gis_grid.fieldsync.services.judging import NotYetError, apply, reason_why

CHOICES = ("mine", "theirs", "other")


@transaction.atomic
def settle_conflict(
    *, acting_user: User, conflict_id: int, choice: str, theirs: Any, value: Any = None
) -> Conflict:
    """Take the tablet's value, the server's or another one; `theirs` is what the person saw.

    MissingError out of sight, StateError where it is settled or the server holds another value
    by now (in `details`), and whatever the service says that writes the value.
    """
    conflict = held(visible_conflicts(acting_user), conflict_id)
    if conflict.settled_at is not None:
        raise StateError(_("This conflict is settled already."))
    if choice not in CHOICES:
        raise InputError(_("Choose one of the two values, or another one."), where="choice")
    entity = registry.entity_of(conflict.entity)
    if choice != "theirs":
        wanted = values_of(conflict)["mine"] if choice == "mine" else value
        if entity.settle is None:
            raise InputError(_("This can't be done with it."), where="entity")
        entity.settle(acting_user, conflict.object_id, conflict.field, wanted, theirs)
    conflict.choice, conflict.settled_by = choice, acting_user
    conflict.settled_at = timezone.now()
    conflict.save(update_fields=["choice", "settled_by", "settled_at"])
    record(
        acting_user=acting_user,
        action="conflict_settled",
        subject_type="conflict",
        subject_id=conflict.pk,
        area_code=conflict.area_code,
        detail={"entity": conflict.entity, "field": conflict.field, "choice": choice},
    )
    return conflict


def present_value(user: User, conflict: Conflict) -> Any:
    """What the server holds in the field now; what it held then where that can't be told."""
    entity = registry.entity_of(conflict.entity)
    if entity.present is None:
        return values_of(conflict)["theirs"]
    return entity.present(user, conflict.object_id, conflict.field)


def sides(user: User, conflict: Conflict) -> dict[str, Any]:
    """{old, mine, theirs} with the server's value of now, as far as the person sees the thing."""
    found = values_of(conflict)
    try:
        return {**found, "theirs": present_value(user, conflict)}
    except DomainError:
        return found


def held_operations(user: User) -> QuerySet[Operation]:
    """Work that waits for a person, in the areas whose field work `user` settles."""
    scope = user.scope(Permission.FIELD_SETTLE)
    waiting = Operation.objects.filter(outcome=Outcome.HELD, settled_at=None)
    return waiting.filter(scope.q("area_code") if scope else Q(pk=None)).select_related(
        "user", "device"
    )


@transaction.atomic
def settle_held(*, acting_user: User, op_id: UUID, take: bool, reason: str = "") -> Operation:
    """Do held work in one's own name, or refuse it with a reason that its maker reads.

    MissingError out of sight, StateError where it is settled, and what its service says.
    """
    row = held_operations(acting_user).select_for_update(of=("self",)).filter(pk=op_id).first()
    if row is None:
        raise MissingError
    if take:
        _do(row, acting_user)
    else:
        said = reason_of(reason)
        if said is None:
            raise InputError(_("Say why: who did it reads it."), where="reason")
        row.outcome, row.code, row.message = Outcome.REJECTED, "refused", said[:500]
    row.settled_at, row.settled_by = timezone.now(), acting_user
    row.save()
    record(
        acting_user=acting_user,
        action="operation_settled",
        subject_type="operation",
        subject_id=str(row.pk),
        area_code=row.area_code,
        detail={"entity": row.entity, "outcome": row.outcome},
    )
    return row


def held_files(user: User) -> list[tuple[Upload, Operation]]:
    """Files whose people may not hang them there any more, in the areas that `user` settles."""
    uploads = {one.op_id: one for one in Upload.objects.filter(state=Upload.State.HELD)}
    scope = user.scope(Permission.FIELD_SETTLE)
    rows = Operation.objects.filter(scope.q("area_code"), pk__in=uploads).select_related("user")
    return [(uploads[row.pk], row) for row in rows]


def files_with(rows: Sequence[Operation]) -> dict[UUID, list[Upload]]:
    """Whole files that wait with held operations, by operation."""
    found: dict[UUID, list[Upload]] = {row.pk: [] for row in rows}
    owners = {row.pk: row.user_id for row in rows}
    for one in Upload.objects.filter(op_id__in=found, state=Upload.State.KEPT):
        if one.user_id == owners[one.op_id]:
            found[one.op_id].append(one)
    return found


def the_waiting_file(user: User, upload_id: UUID) -> Upload:
    """One of the files that wait for a decision of `user`; MissingError for any other."""
    waiting = [one for one, _row in held_files(user)]
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is not None:
        rows = list(held_operations(user).filter(pk=upload.op_id))
        waiting += files_with(rows).get(upload.op_id, [])
    if upload is None or upload not in waiting:
        raise MissingError
    return upload


@transaction.atomic
def settle_file(*, acting_user: User, upload_id: UUID, take: bool, reason: str = "") -> Upload:
    """Hang a held file on its thing in one's own name, or refuse it with a reason."""
    found = [pair for pair in held_files(acting_user) if pair[0].pk == upload_id]
    if not found:
        raise MissingError
    upload, row = found[0]
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.state != Upload.State.HELD:
        raise StateError(_("Somebody has settled this already."))
    if take:
        uploading.hang(upload, row, acting_user)
    else:
        said = reason_of(reason)
        if said is None:
            raise InputError(_("Say why: who did it reads it."), where="reason")
        upload.state, upload.message = Upload.State.REFUSED, said[:500]
        upload.save(update_fields=["state", "message"])
    record(
        acting_user=acting_user,
        action="operation_settled",
        subject_type="operation",
        subject_id=str(row.pk),
        area_code=row.area_code,
        detail={"entity": row.entity, "outcome": upload.state},
    )
    return upload


def _do(row: Operation, user: User) -> None:
    try:
        with transaction.atomic():
            done = apply(row, user, is_taken=True)
    except NotYetError as error:
        raise StateError(_("What it belongs to is not there yet: settle that first.")) from error
    except MissingError as error:
        raise StateError(reason_why(error)) from error
    row.outcome = Outcome.CONFLICT if done.clashes else Outcome.APPLIED
    row.object_id, row.rev, row.number = done.object_id, done.rev, done.number
    row.area_code = done.area_code or row.area_code
    row.code = row.message = row.where = ""
    transaction.on_commit(lambda: uploading.attach_waiting(row))
