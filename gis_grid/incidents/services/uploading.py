"""Files that come in pieces over a net that breaks off: begun, gone on with, attached whole."""

import contextlib
import datetime as dt
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import (
    InputError,
    MissingError,
    NotAllowedError,
    StateError,
    TooLargeError,
)
from gis_grid.incidents.models import Attachment, Upload
from gis_grid.incidents.selectors import the_incident
from gis_grid.incidents.services.attaching import attach, may_attach

MOST_A_PIECE = 2 * 2**20
MOST_OPEN = 20
KEPT = dt.timedelta(days=2)


@transaction.atomic
def begin(*, acting_user: User, incident_id: int, name: str, size: int) -> Upload:
    """Say what will come; NotAllowedError and TooLargeError as for a whole file."""
    incident = the_incident(acting_user, incident_id)
    if not may_attach(incident, acting_user):
        raise NotAllowedError(_("Your role does not add files to this incident."))
    if size > settings.ATTACHMENT_BYTES:
        raise TooLargeError(
            _("A file may have %(mb)d MB at most.") % {"mb": settings.ATTACHMENT_BYTES // 2**20},
            where="size",
        )
    if Upload.objects.filter(user=acting_user, attachment=None).count() >= MOST_OPEN:
        raise StateError(_("Too many files are under way: finish one first."))
    return Upload.objects.create(
        incident=incident, user=acting_user, name=name[:255], size=size, started_at=timezone.now()
    )


def state_of(*, acting_user: User, incident_id: int, key: uuid.UUID) -> Upload:
    """How far one's own upload has come; MissingError for any other."""
    found = Upload.objects.filter(pk=key, user=acting_user, incident_id=incident_id).first()
    if found is None:
        raise MissingError
    return found


@transaction.atomic
def add(
    *, acting_user: User, incident_id: int, key: uuid.UUID, offset: int, content: bytes
) -> tuple[Upload, Attachment | None]:
    """Add the next piece; with the last one the file is attached.

    The last one may come again, where its answer was lost: it answers the same attachment until
    `drop_stale` takes the upload away. StateError with the offset that is wanted where the piece
    does not go on from what is there.
    """
    held = Upload.objects.select_for_update(of=("self",)).select_related("attachment")
    held = held.filter(pk=key, user=acting_user, incident_id=incident_id)
    upload = held.first()
    if upload is None:
        raise MissingError
    if not 0 < len(content) <= MOST_A_PIECE:
        raise InputError(_("A piece has 1 byte to 2 MB."), where="content")
    if upload.attachment is not None and offset + len(content) == upload.size:
        the_incident(acting_user, incident_id)
        return upload, upload.attachment
    if offset != upload.offset:
        raise StateError(
            _("Go on from byte %(n)d.") % {"n": upload.offset}, details={"offset": upload.offset}
        )
    if offset + len(content) > upload.size:
        raise InputError(_("This is more than the file was said to have."), where="content")
    path = _path(upload.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "wb") as file:
        # What a broken request may have left behind the offset is written over.
        file.seek(offset)
        file.write(content)
        file.truncate()
        os.fsync(file.fileno())
    upload.offset = offset + len(content)
    if upload.offset < upload.size:
        upload.save(update_fields=["offset"])
        return upload, None
    upload.attachment = attach(
        acting_user=acting_user,
        incident_id=incident_id,
        name=upload.name,
        content=path.read_bytes(),
    )
    upload.save(update_fields=["offset", "attachment"])
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return upload, upload.attachment


def drop_stale(now: dt.datetime | None = None) -> int:
    """Take away what nobody has gone on with, and what is long whole; answers how many."""
    stale = list(Upload.objects.filter(started_at__lt=(now or timezone.now()) - KEPT))
    for upload in stale:
        with contextlib.suppress(OSError):
            _path(upload.key).unlink(missing_ok=True)
        upload.delete()
    return len(stale)


def _path(key: uuid.UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "partial" / str(key)
