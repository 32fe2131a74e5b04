"""The site as granian serves it, with a media folder of the test's own.

Where a file `stop` lies in that folder, a request stops between its bytes and its commit.
"""

import os
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from gis_grid.config.rsgi import application as site

__all__ = ["site"]

MEDIA = Path(os.environ["UPLOAD_MEDIA"])


def _install() -> None:
    from django.conf import settings

    from gis_grid.fieldsync import partial

    settings.MEDIA_ROOT = MEDIA
    write = partial.write

    def stopping(key: uuid.UUID, offset: int, pieces: Iterable[bytes]) -> int:
        size = write(key, offset, pieces)
        if (MEDIA / "stop").exists():
            (MEDIA / "stopped").touch()
            time.sleep(600)
        return size

    partial.write = stopping


_install()
