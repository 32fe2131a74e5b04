"""What the services of patrols do alike."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.acting import ActingUser
from gis_grid.audit.services import record
from gis_grid.core.errors import StateError

LAYER = "patrols"


def clock() -> dt.datetime:
    """The server's clock."""
    return timezone.now()


def require_revision(found: int, seen: int) -> None:
    """StateError where the person saw an older state."""
    if found != seen:
        raise StateError(_("Somebody else has changed it meanwhile. Look, then decide again."))


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
