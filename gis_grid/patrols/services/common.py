"""What the services of patrols do alike."""

import datetime as dt
from typing import Any

from django.utils import timezone

from gis_grid.accounts.acting import ActingUser
from gis_grid.audit.services import record

LAYER = "patrols"


def clock() -> dt.datetime:
    """The server's clock."""
    return timezone.now()


def log(
    user: ActingUser, action: str, subject: str, pk: int | None, area: str, **detail: Any
) -> None:
    record(
        acting_user=user,
        action=action,
        subject_type=subject,
        subject_id=pk if pk is not None else "",
        area_code=area,
        detail=detail,
    )
