"""Taking away files that nobody waits for any more: never one that may still be hung."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from gis_grid.fieldsync import partial
from gis_grid.fieldsync.models import Operation, Outcome, Upload

# A file without a row: of a request under way, or left by a process that was killed.
ORPHAN_KEPT = dt.timedelta(days=1)
_WHOLE = (Upload.State.KEPT, Upload.State.ATTACHED, Upload.State.HELD)


def drop_stale(now: dt.datetime | None = None) -> int:
    """Take away what nobody goes on with, files of refused operations, and bytes that nobody
    needs; how many rows went.

    What is whole waits for its operation however long, unless that was refused.
    """
    now = now or timezone.now()
    abandoned = Upload.objects.filter(state=Upload.State.PARTIAL, expires_at__lt=now)
    gone = _drop(abandoned) + _drop(_of_rejected(now))
    _drop_files(now)
    return gone


def _of_rejected(now: dt.datetime) -> QuerySet[Upload]:
    """Whole files of operations that were refused: those that the correction has brought as well,
    and those of long ago.

    An operation that has not come, waits, is held, in conflict or can't be read keeps its files.
    """
    long_ago = _long_ago(now)
    refused = Operation.objects.filter(
        op_id=OuterRef("op_id"), user=OuterRef("user"), outcome=Outcome.REJECTED
    )
    old = refused.alias(said_at=Coalesce("settled_at", "judged_at")).filter(said_at__lt=long_ago)
    correction = Operation.objects.filter(
        op_id=OuterRef("op_id"), user=OuterRef("user"), replaces=OuterRef(OuterRef("op_id"))
    )
    # Byte for byte: the tablet may be lost before its correction has brought everything.
    brought = Upload.objects.filter(
        Exists(correction), user=OuterRef("user"), sha256=OuterRef("sha256"), state__in=_WHOLE
    )
    return Upload.objects.filter(
        Exists(refused) & Exists(brought) | Q(Exists(old), created_at__lt=long_ago),
        state=Upload.State.KEPT,
    )


def _drop(uploads: QuerySet[Upload]) -> int:
    with transaction.atomic():
        locked = uploads.select_for_update(skip_locked=True, of=("self",))
        keys: list[UUID] = list(locked.values_list("pk", flat=True))
        Upload.objects.filter(pk__in=keys).delete()
    for key in keys:
        partial.drop(key)
    return len(keys)


def _drop_files(now: dt.datetime) -> None:
    lying = dict(partial.all_files())
    rows = {one.pk: one for one in Upload.objects.filter(pk__in=lying)}
    for key, changed in lying.items():
        row = rows.get(key)
        if row is None:
            is_over = changed < (now - ORPHAN_KEPT).timestamp()
        elif row.state == Upload.State.REFUSED:
            is_over = row.finished_at is not None and row.finished_at < _long_ago(now)
        else:
            is_over = row.state == Upload.State.ATTACHED
        if is_over:
            partial.drop(key)


def _long_ago(now: dt.datetime) -> dt.datetime:
    """Before this nobody asks any more for what was refused."""
    return now - dt.timedelta(days=settings.REFUSED_FILES_DAYS)
