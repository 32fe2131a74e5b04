"""Room on the disk: what a full one answers, and how much is left."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from psycopg import errors

from gis_grid.fieldsync.errors import DiskFullError

_FULL = (errno.ENOSPC, errno.EDQUOT)
# Below this whoever looks after tablets is told.
LOW_BYTES = 2 * 2**30


@contextmanager
def refusing_when_full() -> Iterator[None]:
    """DiskFullError (507) where a file or the database finds no room inside."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFullError from error
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.DiskFull):
            raise
        raise DiskFullError from error


def free_bytes() -> int:
    """What is left where files lie."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
