"""Files of operations: taken in pieces, attached when they are whole and their record is there."""

import datetime as dt
import hashlib
import hmac
import logging
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import (
    DomainError,
    InputError,
    MissingError,
    NotAllowedError,
    StateError,
    TooLargeError,
)
from gis_grid.fieldsync import partial, registry
from gis_grid.fieldsync.errors import ChecksumError
from gis_grid.fieldsync.kept import content_of
from gis_grid.fieldsync.models import Device, Operation, Outcome, Upload
from gis_grid.fieldsync.room import refusing_when_full

logger = logging.getLogger(__name__)
# So long an upload that nobody goes on with is kept.
KEPT = dt.timedelta(days=7)
# A picture takes a while, and a tablet waits for its receipts.
MOST_AT_ONCE = 20
_DONE = (Outcome.APPLIED, Outcome.CONFLICT, Outcome.DUPLICATE)


@dataclass(frozen=True)
class Announced:
    """What is said of a file before its bytes come."""

    op_id: uuid.UUID
    attachment: uuid.UUID
    sha256: str
    size: int
    name: str
    content_type: str


@dataclass(frozen=True)
class Checksum:
    """Of one piece; `algorithm` is a name that hashlib knows."""

    algorithm: str
    digest: bytes


@transaction.atomic
def begin(*, user: User, device: Device | None, told: Announced) -> Upload:
    """The upload of this attachment, a new one or the one that is there.

    TooLargeError for more than `ATTACHMENT_BYTES`, InputError where its operation names another
    file, StateError where another one was announced before, and no operation says which is right.
    """
    if told.size > settings.ATTACHMENT_BYTES:
        raise TooLargeError(
            _("A file may have %(mb)d MB at most.") % {"mb": settings.ATTACHMENT_BYTES // 2**20},
            where="Upload-Length",
        )
    if told.size < 1:
        raise InputError(_("The file is empty."), where="Upload-Length")
    listed = _listed(user, told.op_id, told.attachment)
    if listed is not None and listed != (told.sha256, told.size):
        raise InputError(_("The record names another file under this id."), where="attachment")
    until = timezone.now() + KEPT
    upload, is_new = Upload.objects.get_or_create(
        user=user,
        op_id=told.op_id,
        attachment=told.attachment,
        defaults={
            "device": device,
            "name": told.name,
            "content_type": told.content_type,
            "sha256": told.sha256,
            "size": told.size,
            "expires_at": until,
        },
    )
    if (upload.sha256, upload.size) != (told.sha256, told.size):
        if listed is not None and upload.state != Upload.State.ATTACHED:
            return _begin_anew(upload, told, until)
        raise StateError(_("Another file was announced under this id before."), where="attachment")
    if not is_new:
        Upload.objects.filter(pk=upload.pk).update(expires_at=until)
        upload.expires_at = until
    return upload


def _listed(user: User, op_id: uuid.UUID, attachment: uuid.UUID) -> tuple[str, int] | None:
    """SHA-256 and size of an attachment as its operation has it, None where nobody knows."""
    row = Operation.objects.filter(pk=op_id, user=user).first()
    named = content_of(row).attachments if row is not None else []
    return next(((one.sha256, one.size) for one in named if one.id == attachment), None)


def _begin_anew(upload: Upload, told: Announced, until: dt.datetime) -> Upload:
    """What came under the id was another file: the one that the operation names takes its place."""
    upload.sha256, upload.size, upload.offset = told.sha256, told.size, 0
    upload.state, upload.message, upload.expires_at = Upload.State.PARTIAL, "", until
    upload.save()
    transaction.on_commit(lambda: partial.drop(upload.pk))
    return upload


def the_upload(user: User, key: uuid.UUID) -> Upload:
    """One's own; MissingError for any other."""
    found = Upload.objects.filter(pk=key, user=user).first()
    if found is None:
        raise MissingError
    return found


def add(
    *,
    user: User,
    key: uuid.UUID,
    offset: int,
    pieces: Iterable[bytes],
    checksum: Checksum | None = None,
) -> Upload:
    """Go on at `offset`; with the last byte the file is checked, and attached if it can be.

    StateError with the offset that is wanted, ChecksumError where this or the whole file is
    not what was announced (then it begins anew), DiskFullError with nothing taken.
    """
    with refusing_when_full(), transaction.atomic():
        # Who comes second waits here, and then finds that the offset is another.
        upload = Upload.objects.select_for_update().filter(pk=key, user=user).first()
        if upload is None:
            raise MissingError
        if offset != upload.offset:
            raise StateError(
                _("Go on from byte %(n)d.") % {"n": upload.offset},
                where="Upload-Offset",
                details={"offset": upload.offset},
            )
        upload.offset += _write(upload, pieces, checksum)
        upload.expires_at = timezone.now() + KEPT
        is_whole = upload.offset == upload.size and upload.state == Upload.State.PARTIAL
        is_right = is_whole and partial.sha256_of(key) == upload.sha256
        if is_right:
            upload.state = Upload.State.KEPT
        elif is_whole:
            upload.offset = 0
        upload.save(update_fields=["offset", "expires_at", "state"])
    if is_whole and not is_right:
        raise ChecksumError(
            _("The file came damaged: send it again from its beginning."), details={"offset": 0}
        )
    if is_right:
        finish(key)
    return upload


def _write(upload: Upload, pieces: Iterable[bytes], checksum: Checksum | None) -> int:
    seen = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    left = upload.size - upload.offset

    def counted() -> Iterator[bytes]:
        come = 0
        for piece in pieces:
            come += len(piece)
            if come > left:
                raise InputError(_("This is more than the file was said to have."))
            if seen is not None:
                seen.update(piece)
            yield piece

    if not left:
        # Nothing is written to a file that is whole.
        return sum(len(piece) for piece in counted())
    size = partial.write(upload.pk, upload.offset, counted())
    if checksum and seen and not hmac.compare_digest(seen.digest(), checksum.digest):
        raise ChecksumError(
            _("This piece came damaged: send it again."), details={"offset": upload.offset}
        )
    return size


def attach_waiting(operation: Operation) -> None:
    """Attach what has come for the operation already; to be called when that is committed."""
    waiting = Upload.objects.filter(
        user=operation.user_id, op_id=operation.op_id, state=Upload.State.KEPT
    )
    for key in waiting.values_list("pk", flat=True):
        finish(key)


def attach_late() -> int:
    """Attach what could not be when it came or its operation was applied; how many were tried.

    A process may be killed between the two, the log busy, the disk full.
    """
    return _attach_all(_late())


def attach_asked(user: User, op_ids: Collection[uuid.UUID]) -> int:
    """As `attach_late`, for operations of a person whose tablet asks how they went on.

    It asks after the last byte of each file, also where the answer to that was lost with a killed
    process: then nobody waits for the worker. Another request at the same file leaves it alone,
    and what is too much for one answer is left to the next one or to the worker.
    """
    return _attach_all(_late().filter(user=user, op_id__in=op_ids)[:MOST_AT_ONCE])


def _late() -> QuerySet[Upload]:
    done = _operations().filter(op_id=OuterRef("op_id"), user=OuterRef("user"))
    return Upload.objects.filter(Exists(done), state=Upload.State.KEPT)


def _attach_all(waiting: QuerySet[Upload]) -> int:
    keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        finish(key)
    return len(keys)


def finish(key: uuid.UUID) -> None:
    """Attach a file that is whole, if its operation has come to something; else it waits.

    What fails for a reason that is not the file's is written to the log and tried again later:
    the file is kept, whoever sent it has nothing to do about it.
    """
    try:
        with transaction.atomic():
            held = Upload.objects.select_for_update(of=("self",), skip_locked=True)
            upload = held.select_related("user").filter(pk=key, state=Upload.State.KEPT).first()
            if upload is not None:
                _finish(upload)
    except Exception:
        logger.exception("the upload %s could not be attached yet", key)


def _finish(upload: Upload) -> None:
    operation = _operations().filter(op_id=upload.op_id, user=upload.user).first()
    if operation is None or operation.object_id is None:
        return
    listed = _listed(upload.user, upload.op_id, upload.attachment)
    if listed is not None and listed != (upload.sha256, upload.size):
        upload.state = Upload.State.REFUSED
        upload.message = _("The record names another file under this id.")
        upload.save(update_fields=["state", "message"])
        return
    try:
        content = partial.read(upload.pk)
    except FileNotFoundError:
        # Lost with the disk: the tablet may have it still, and is asked for it again.
        upload.state, upload.offset = Upload.State.PARTIAL, 0
        upload.expires_at = timezone.now() + KEPT
        upload.save(update_fields=["state", "offset", "expires_at"])
        return
    try:
        _attach(operation, operation.object_id, upload, content)
    except (MissingError, NotAllowedError) as error:
        upload.state, upload.message = Upload.State.HELD, str(error.message)[:500]
    except DomainError as error:
        if error.status >= 500:
            raise
        upload.state, upload.message = Upload.State.REFUSED, str(error.message)[:500]
    else:
        upload.state, upload.message = Upload.State.ATTACHED, ""
        transaction.on_commit(lambda: partial.drop(upload.pk))
    upload.finished_at = timezone.now()
    upload.save(update_fields=["state", "message", "finished_at"])


def _attach(operation: Operation, object_id: int, upload: Upload, content: bytes) -> None:
    """As the person who sent it, or else as whoever took the held operation over."""
    given: dict[str, Any] = {"object_id": object_id, "name": upload.name, "content": content}
    try:
        with transaction.atomic():
            registry.attach(operation.entity, user=upload.user, **given)
    except (MissingError, NotAllowedError):
        if operation.settled_by is None:
            raise
        with transaction.atomic():
            registry.attach(operation.entity, user=operation.settled_by, **given)


def hang(upload: Upload, operation: Operation, user: User) -> None:
    """Hang a held file on its thing in the name of `user`; DomainError where it is not taken."""
    registry.attach(
        operation.entity,
        user=user,
        object_id=operation.object_id or 0,
        name=upload.name,
        content=partial.read(upload.pk),
    )
    upload.state, upload.message = Upload.State.ATTACHED, ""
    upload.save(update_fields=["state", "message"])
    transaction.on_commit(lambda: partial.drop(upload.pk))


def _operations() -> Any:
    return Operation.objects.filter(outcome__in=_DONE, object_id__isnull=False)
