"""Taking in a rescue file: the outbox of a tablet that can't send it itself any more.

A zip with `manifest.json` (operations as they would be sent, what belongs to each photo) and the
photos, sealed for this server (`fieldsync.sealed`) or, by earlier pages, in the clear. It goes the
way of a push and of an upload, so what has arrived before is not doubled.
"""

import datetime as dt
import json
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError

from gis_grid.accounts.models import User
from gis_grid.accounts.services.users import area_of
from gis_grid.audit.services import Actor, record
from gis_grid.core.errors import DomainError, InputError, MissingError
from gis_grid.fieldsync.models import Device
from gis_grid.fieldsync.moments import put_right_of
from gis_grid.fieldsync.reading import MOST_AT_ONCE, Attached
from gis_grid.fieldsync.sealed import Header, SealedReader, header_of
from gis_grid.fieldsync.services import pushing, uploading

FORMAT, VERSION = "gis-grid-rescue", 1
MANIFEST = "manifest.json"
# A hundred thousand operations of the usual length.
MOST_MANIFEST_BYTES = 128 * 2**20
_PIECE = 1 << 20


class _Photo(Attached):
    op_id: uuid.UUID
    file: str = Field(max_length=300)


class _Manifest(BaseModel):
    format: str
    version: int
    device: uuid.UUID | None = None
    # How much the tablet's clock was behind the server's when it last heard of it.
    clock_ms: float | None = None
    # By operation, how much it was put forward after that was made.
    put_right: dict[str, Any] = {}
    operations: list[Any]
    drafts: list[Any] = []
    attachments: list[_Photo] = []


@dataclass
class Rescued:
    """What came of a file: operations by outcome, photos taken, what was wrong, drafts left.

    `known` and `known_photos` are how many of them had come before, by the tablet or by a file.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    known: int = 0
    photos: int = 0
    known_photos: int = 0
    problems: list[str] = field(default_factory=list)
    drafts: int = 0


def rescue(
    *, acting_user: Actor, path: Path, user: User | None, tell: Callable[[int], object]
) -> Rescued:
    """Take the file in as the tablet's person, or as `user` where the tablet is not known.

    `tell` hears of progress, in operations and photos. InputError for what is no rescue file.
    """
    try:
        with _opened(path) as archive:
            manifest = _read(archive)
            device = _device(manifest)
            person = user or (device.user if device else None)
            if person is None:
                raise InputError(
                    _("The tablet of this file is not known here: name the person with --user.")
                )
            result = Rescued(drafts=len(manifest.drafts))
            _operations(manifest, person, device, result, tell)
            _photos(archive, manifest, person, device, result, tell)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise InputError(
            _("This is no rescue file, or it is cut off: %(file)s.") % {"file": path.name}
        ) from error
    record(
        acting_user=acting_user,
        action="field_rescued",
        subject_type="user",
        subject_id=person.pk,
        detail={"operations": sum(result.outcomes.values()), "photos": result.photos},
    )
    return result


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        header = header_of(file)
        content = file if header is None else SealedReader(file, header.secret())
        with zipfile.ZipFile(content) as archive:
            yield archive


@transaction.atomic
def secret_for(*, acting_user: User, header: Header) -> bytes:
    """What opens a rescue file of one of one's own tablets, so that another one takes it in.

    MissingError for a tablet of somebody else, InputError where no key of ours opens it.
    """
    device = Device.objects.filter(pk=header.device, user=acting_user).first()
    if device is None:
        raise MissingError
    secret = header.secret()
    record(
        acting_user=acting_user,
        action="rescue_opened",
        subject_type="device",
        subject_id=str(device.pk),
        area_code=area_of(acting_user),
    )
    return secret


def _device(manifest: _Manifest) -> Device | None:
    if manifest.device is None:
        return None
    return Device.objects.select_related("user").filter(pk=manifest.device).first()


def _read(archive: zipfile.ZipFile) -> _Manifest:
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise InputError(_("The file has no %(name)s.") % {"name": MANIFEST}) from error
    if info.file_size > MOST_MANIFEST_BYTES:
        raise InputError(_("Its list of operations is too long to be true."))
    with archive.open(info) as file:
        content = file.read(MOST_MANIFEST_BYTES + 1)
    try:
        manifest = _Manifest.model_validate(json.loads(content))
    except (ValueError, RecursionError, ValidationError) as error:
        raise InputError(_("Its %(name)s can't be read.") % {"name": MANIFEST}) from error
    if manifest.format != FORMAT or manifest.version > VERSION:
        raise InputError(_("This is no rescue file, or one of a newer version."))
    return manifest


def _operations(
    manifest: _Manifest,
    person: User,
    device: Device | None,
    result: Rescued,
    tell: Callable[[int], object],
) -> None:
    every = manifest.operations
    for start in range(0, len(every), MOST_AT_ONCE):
        part = every[start : start + MOST_AT_ONCE]
        for receipt in pushing.push(
            acting_user=person,
            device=device,
            operations=part,
            clock=_clock(manifest),
            put_right=put_right_of(manifest.put_right),
        ):
            result.outcomes[receipt["outcome"]] += 1
            result.known += bool(receipt.get("again"))
            if receipt["outcome"] == "rejected":
                result.problems.append(f"{receipt['op_id']}: {receipt['message']}")
        tell(len(part))


def _clock(manifest: _Manifest) -> dt.timedelta:
    try:
        return dt.timedelta(milliseconds=manifest.clock_ms or 0)
    except (OverflowError, ValueError):
        return dt.timedelta()


def _photos(
    archive: zipfile.ZipFile,
    manifest: _Manifest,
    person: User,
    device: Device | None,
    result: Rescued,
    tell: Callable[[int], object],
) -> None:
    for photo in manifest.attachments:
        try:
            is_known = _photo(archive, photo, person, device)
        except DomainError as error:
            result.problems.append(f"{photo.name or photo.id}: {error.message}")
        except KeyError:
            result.problems.append(_("%(name)s is not in the file.") % {"name": photo.file})
        else:
            result.photos += 1
            result.known_photos += is_known
        tell(1)


def _photo(archive: zipfile.ZipFile, photo: _Photo, person: User, device: Device | None) -> bool:
    """Take a photo in; whether all of it was here before."""
    told = uploading.Announced(
        op_id=photo.op_id,
        attachment=photo.id,
        sha256=photo.sha256,
        size=photo.size,
        name=photo.name,
        content_type=photo.type,
    )
    upload = uploading.begin(user=person, device=device, told=told)
    if upload.offset >= upload.size:
        return True
    with archive.open(photo.file) as file:
        file.read(upload.offset)
        uploading.add(user=person, key=upload.pk, offset=upload.offset, pieces=_pieces(file))
    return False


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """At most what a file may have, whatever the archive says of itself."""
    left = settings.ATTACHMENT_BYTES + 1
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece
