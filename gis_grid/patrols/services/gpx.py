"""A track that a device recorded as GPX, parsed where it can do no harm."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from gis_grid.accounts.models import User
from gis_grid.exchange import sandbox
from gis_grid.patrols.services.runs import Fix, add_recorded

LIMITS = sandbox.Limits(memory_mb=512, cpu_s=30, silence_s=30, written_mb=1)
MAX_BYTES = 20 * 2**20


def add_gpx(*, acting_user: User, run_id: int, content: bytes) -> int:
    """Add the points of a GPX file to the run; answers how many were new.

    InputError for what is no GPX, and as `add_recorded` raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.gpx"
        path.write_bytes(content)
        fixes = list(_fixes(path))
    return add_recorded(acting_user=acting_user, run_id=run_id, fixes=fixes)


def _fixes(path: Path) -> Iterator[Fix]:
    for message in sandbox.parse("gpx", path, {}, LIMITS):
        for text, lon, lat, accuracy in message["fixes"]:
            at = _moment(text)
            if at is not None:
                yield Fix(at, lon, lat, accuracy)


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found
