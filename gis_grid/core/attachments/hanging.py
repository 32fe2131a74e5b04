"""Hanging a kept file on something, once; the caller knows who may, and holds the row."""

import re
from typing import Any, TypeVar

from django.db.models import Manager
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.core.attachments.files import Kept, digest_of
from gis_grid.core.attachments.kinds import ENDINGS
from gis_grid.core.attachments.models import KeptFile
from gis_grid.core.errors import InputError

F = TypeVar("F", bound=KeptFile)
_UNSAFE = re.compile(r"[^\w.() -]+")


def sent_before(files: Manager[F], content: bytes) -> F | None:
    """The row of the very same file among those that hang there."""
    return files.filter(sent_digest=digest_of(content)).first()


def hang(
    files: Manager[F], kept: Kept, *, name: str, by: int | None, most: int, **more: Any
) -> tuple[F, bool]:
    """The row of what was kept, and whether it is new; InputError above `most` of them."""
    row, is_new = files.get_or_create(
        sent_digest=kept.sent,
        defaults={
            "name": safe_name(name, kept.content_type),
            "content_type": kept.content_type,
            "size": kept.size,
            "digest": kept.digest,
            "thumb_digest": kept.thumb,
            "added_by_id": by,
            "added_at": timezone.now(),
            **more,
        },
    )
    if is_new and files.count() > most:
        raise InputError(
            _("No more than %(count)d files fit here.") % {"count": most}, where="file"
        )
    return row, is_new


def safe_name(name: str, content_type: str) -> str:
    """The name without folders and odd characters, with the ending of what it is."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    stem = _UNSAFE.sub("_", stem).strip(" ._")[:100] or _("file")
    return stem + ENDINGS[content_type]
