"""What tablets sent and nobody can read: seen by who looks after them, opened by the county."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.services.users import area_of
from gis_grid.audit.services import record
from gis_grid.core import crypto
from gis_grid.core.errors import InputError
from gis_grid.core.finding import held, one_of
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.fieldsync.models import Unreadable
from gis_grid.fieldsync.reading import PAYLOAD
from gis_grid.fieldsync.selectors import people_of


def unreadable_of(
    manager: User, permission: Permission = Permission.DEVICE_MANAGE
) -> QuerySet[Unreadable]:
    """What came from the manager's people."""
    rows = Unreadable.objects.filter(user__in=people_of(manager, permission))
    return rows.select_related("user", "device", "seen_by").defer("body_cipher")


@transaction.atomic
def note_seen(*, acting_user: User, key: int) -> None:
    """Somebody has looked into it; the first one stays."""
    acting_user.require(Permission.DEVICE_MANAGE)
    row = held(unreadable_of(acting_user), key)
    if row.seen_at is None:
        row.seen_at, row.seen_by = timezone.now(), acting_user
        row.save(update_fields=["seen_at", "seen_by"])
        _log(acting_user, "unreadable_seen", row)


@transaction.atomic
def open_unreadable(*, acting_user: User, key: int, reason: str) -> str:
    """The content, whose names and phones nobody can mask; with a reason, which is logged."""
    acting_user.require(Permission.USER_MANAGE)
    row = one_of(unreadable_of(acting_user, Permission.USER_MANAGE), key)
    said = reason_of(reason)
    if said is None:
        raise InputError(
            _("Say in at least %(count)d characters what you need it for: the reason is logged.")
            % {"count": LEAST_LENGTH},
            where="reason",
        )
    text = crypto.decrypt(row.body_cipher, purpose=PAYLOAD)
    _log(acting_user, "unreadable_read", row, reason=said)
    return text


def _log(acting_user: User, action: str, row: Unreadable, **detail: object) -> None:
    record(
        acting_user=acting_user,
        action=action,
        subject_type="unreadable",
        subject_id=row.pk,
        area_code=area_of(row.user),
        detail={"username": row.user.username, **detail},
    )
