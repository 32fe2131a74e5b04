"""Files by HTTP: taken from a form, told in a row, given back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from gis_grid.core.attachments.files import require_size
from gis_grid.core.attachments.kinds import SOUNDS
from gis_grid.core.attachments.models import KeptFile


def content_of(file: UploadedFile[Any]) -> bytes:
    """The bytes of a form's file; TooLargeError before they are read."""
    require_size(file.size or 0, settings.ATTACHMENT_BYTES)
    content: bytes = file.read()
    return content


def file_row(one: KeptFile) -> dict[str, Any]:
    """A file as the API tells it."""
    return {
        "id": one.pk,
        "name": one.name,
        "type": one.content_type,
        "size": one.size,
        "has_thumb": bool(one.thumb_digest),
        "is_sound": one.content_type in SOUNDS,
        "at": one.added_at,
    }


def file_answer(found: KeptFile, content: bytes, *, thumb: bool) -> HttpResponse:
    """Pictures and sound are shown, all else is saved; never guessed at by a browser."""
    return shown_answer(found.name, "image/jpeg" if thumb else found.content_type, content)


def shown_answer(name: str, content_type: str, content: bytes) -> HttpResponse:
    """As `file_answer`, of a file of that name and type."""
    answer = HttpResponse(content, content_type=content_type)
    is_shown = content_type.startswith(("image/", "audio/"))
    disposition = content_disposition_header(not is_shown, name)
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
