"""Print at once, or ask for it as a job; both log it."""

import contextlib
import datetime as dt
import os
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.audit.services import record
from gis_grid.core.errors import DomainError, InputError, MissingError, StateError
from gis_grid.printing.choice import Choice, allowed
from gis_grid.printing.models import PrintJob
from gis_grid.territory.selectors import place_names

if TYPE_CHECKING:
    from gis_grid.printing.making import Made

# A job whose worker has said nothing for so long is begun anew.
SILENT = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 3
MOST_WAITING = 3


def print_map(*, acting_user: User, choice: Choice) -> PrintJob:
    """A small print is made at once, a large one by the worker; logged either way."""
    job = ask(acting_user=acting_user, choice=choice)
    if not choice.is_large:
        run(str(job.key))
        job.refresh_from_db()
    return job


@transaction.atomic
def ask(*, acting_user: User, choice: Choice) -> PrintJob:
    """Put it down, and have a large one made by the worker.

    InputError where the person waits for some already.
    """
    from gis_grid.printing.tasks import print_job

    choice = allowed(acting_user, choice)
    open_states = (PrintJob.State.WAITING, PrintJob.State.RUNNING)
    # One request of a person at a time, so that two at once are counted both.
    User.objects.select_for_update().get(pk=acting_user.pk)
    if PrintJob.objects.filter(user=acting_user, state__in=open_states).count() >= MOST_WAITING:
        raise InputError(
            _("%(count)d of your prints are being made. Wait until one is ready.")
            % {"count": MOST_WAITING}
        )
    job = PrintJob.objects.create(
        user=acting_user,
        choice=choice.as_json(),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=place_names([choice.area]).get(choice.area, choice.area),
        asked_at=timezone.now(),
    )
    if choice.is_large:
        print_job.defer(key=str(job.key))
    _log(acting_user, choice)
    return job


def _log(user: User, choice: Choice) -> None:
    record(
        acting_user=user,
        action="map_printed",
        subject_type="print",
        subject_id="",
        area_code=choice.area,
        detail={
            "purpose": choice.purpose,
            "print_as": choice.form,
            "paper": choice.size,
            "layers": list(choice.layers),
            "tags": list(choice.tags),
            "in_full": choice.in_full,
        },
    )


def print_to(out: Path, *, acting_user: User, choice: Choice) -> "Made":
    """Print into a file at once, whatever its size; logged."""
    from gis_grid.printing.making import make

    choice = allowed(acting_user, choice)
    made = make(acting_user, choice)
    _write(out, made.pdf)
    _log(acting_user, choice)
    return made


def run(key: str) -> None:
    """Make the print of a job, if nobody else is at it; it may be begun anew after a crash."""
    job = _claimed(key)
    if job is None:
        return
    with translation.override(job.language):
        try:
            _make(job)
        except DomainError as error:
            _end(job, PrintJob.State.FAILED, trouble=str(error)[:300])
        except Exception:
            _end(job, PrintJob.State.FAILED, trouble=_("It could not be made. Try it again."))
            raise


@transaction.atomic
def _claimed(key: str) -> PrintJob | None:
    job = (
        PrintJob.objects.select_for_update(skip_locked=True)
        .filter(key=key)
        .exclude(state__in=(PrintJob.State.DONE, PrintJob.State.FAILED))
        .first()
    )
    now = timezone.now()
    if job is None or (job.alive_at is not None and job.alive_at > now - SILENT):
        return None
    job.state, job.alive_at = PrintJob.State.RUNNING, now
    job.attempts += 1
    job.save(update_fields=["state", "alive_at", "attempts"])
    return job


def _make(job: PrintJob) -> None:
    from gis_grid.printing.making import make

    def progress(done: int, whole: int) -> None:
        PrintJob.objects.filter(pk=job.pk).update(done=done, whole=whole, alive_at=timezone.now())

    # Rights may have changed since it was asked for.
    choice = allowed(job.user, Choice.kept(job.choice))
    made = make(job.user, choice, progress)
    _write(path_of(job.key), made.pdf)
    job.pages, job.size, job.missing = made.pages, len(made.pdf), list(made.failed)
    _end(job, PrintJob.State.DONE)


def _end(job: PrintJob, state: str, trouble: str = "") -> None:
    job.state, job.trouble, job.ended_at = state, trouble, timezone.now()
    job.save(update_fields=["state", "trouble", "ended_at", "pages", "size", "missing"])


def path_of(key: uuid.UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "prints" / f"{key}.pdf"


def _write(path: Path, content: bytes) -> None:
    """On the disk before anybody is told that it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def file_of(user: User, key: uuid.UUID) -> tuple[PrintJob, bytes]:
    """The finished print; MissingError for another's, StateError while it is being made.

    Refused as a new one would be where the person's rights have become fewer.
    """
    job = job_of(user, key)
    allowed(user, Choice.kept(job.choice))
    if job.state != PrintJob.State.DONE:
        raise StateError(_("This print is not ready."))
    try:
        return job, path_of(job.key).read_bytes()
    except FileNotFoundError as error:
        raise MissingError from error


def job_of(user: User, key: uuid.UUID) -> PrintJob:
    """MissingError for what is not one's own."""
    found = PrintJob.objects.visible_to(user).filter(pk=key).first()
    if found is None:
        raise MissingError
    return found


def tend(now: dt.datetime | None = None) -> None:
    """Begin anew what a worker left lying, and drop what has been kept long enough."""
    from gis_grid.printing.tasks import print_job

    now = now or timezone.now()
    states = (PrintJob.State.WAITING, PrintJob.State.RUNNING)
    left = PrintJob.objects.filter(state__in=states).exclude(alive_at__gt=now - SILENT)
    for job in left.filter(asked_at__lt=now - SILENT):
        if job.attempts >= MOST_ATTEMPTS:
            with translation.override(job.language):
                _end(job, PrintJob.State.FAILED, trouble=_("It could not be made. Try it again."))
        else:
            print_job.defer(key=str(job.key))
    old = PrintJob.objects.filter(asked_at__lt=now - dt.timedelta(days=settings.PRINT_DAYS))
    for job in old:
        with contextlib.suppress(OSError):
            path_of(job.key).unlink(missing_ok=True)
        job.delete()
