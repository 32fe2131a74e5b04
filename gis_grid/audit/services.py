"""Write to the log. Everything that changes data or reads personal data calls `record`."""

import datetime as dt
import json
from typing import Any, Protocol

from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import errors

from gis_grid.core.errors import BusyError


class Actor(Protocol):
    """Whoever acts: a user, or the system itself."""

    @property
    def pk(self) -> Any: ...

    def get_username(self) -> str: ...


class System:
    """The software acting by itself: a job, a command without a user."""

    pk = None

    def get_username(self) -> str:
        return "system"


SYSTEM = System()
# With its schema: a temporary table of the same name would catch the row unseen.
_INSERT = (
    "INSERT INTO public.audit_entry"
    " (actor_id, actor, action, subject_type, subject_id, area_code, detail)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb)"
)


def record(
    *,
    acting_user: Actor,
    action: str,
    subject_type: str,
    subject_id: str | int,
    area_code: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one row in the transaction of the caller.

    `detail` holds names of fields and counts, never the personal data itself. Chaining
    serialises writers until their commit, so call it last in a transaction. BusyError where
    another writer holds the log for longer than the database waits.
    """
    values = [
        acting_user.pk,
        acting_user.get_username(),
        action,
        subject_type,
        str(subject_id),
        area_code,
        json.dumps(detail or {}, ensure_ascii=False),
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, values)
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise BusyError(
                _(
                    "The log is held by another task, and nothing is done unlogged."
                    " Try again in a moment."
                )
            ) from error
        raise


def record_once(
    *,
    within: dt.timedelta,
    acting_user: Actor,
    action: str,
    subject_type: str,
    area_code: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """As `record`, unless the same person did the very same within this time before.

    For reading that repeats itself: pages of one list, a search as it is typed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM public.audit_entry"
            " WHERE at > %s AND action = %s"
            " AND actor_id IS NOT DISTINCT FROM %s AND actor = %s AND subject_type = %s"
            " AND area_code = %s AND detail = %s::jsonb LIMIT 1",
            [
                timezone.now() - within,
                action,
                acting_user.pk,
                acting_user.get_username(),
                subject_type,
                area_code,
                json.dumps(detail or {}, ensure_ascii=False),
            ],
        )
        if cursor.fetchone() is not None:
            return
    record(
        acting_user=acting_user,
        action=action,
        subject_type=subject_type,
        subject_id="",
        area_code=area_code,
        detail=detail,
    )
