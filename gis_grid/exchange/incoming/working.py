"""The work of an intake: checked, loaded, undone; each in one transaction, one at a time.

What is wanted stands in the intake's state before the work begins, and the state of what was done
is written with it: whoever is killed in between leaves the state as it was, and the next one
begins anew.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.core.problems import LoadResult, ProblemLog
from gis_grid.exchange import report
from gis_grid.exchange.incoming import difference, mapping, rows
from gis_grid.exchange.incoming.keeping import kept
from gis_grid.exchange.incoming.progress import Progress
from gis_grid.exchange.incoming.targets import Call, Target, target_of
from gis_grid.exchange.incoming.undoing import undo_in_transaction
from gis_grid.exchange.models import Intake
from gis_grid.exchange.tables import Reading
from gis_grid.territory.models import Region

logger = logging.getLogger(__name__)
State = Intake.State
# First half of the pair that an intake is locked by in the database.
LOCK = 0x11A7
MOST_GONE = 200


def work(intake_id: int) -> None:
    """Do what the intake waits for; nothing where another process is at it."""
    with _alone(intake_id) as is_alone:
        intake = Intake.objects.select_related("user").filter(pk=intake_id).first()
        if not is_alone or intake is None or not intake.is_at_work:
            return
        with translation.override(intake.language):
            try:
                _DO[intake.state](intake)
            except DomainError as error:
                _give_up(intake, str(error))
            except (DatabaseError, OSError, MemoryError):
                logger.exception("intake %s broke off", intake_id)
                _give_up(
                    intake, _("The work broke off on the server. Nothing was written. Try again.")
                )


@contextmanager
def _alone(intake_id: int) -> Iterator[bool]:
    """Whether nobody else is at this intake; the lock goes with a killed process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, intake_id])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, intake_id])


# Where an intake stands again when its work was not done.
_BACK = {State.CHECKING: State.NEW, State.IMPORTING: State.NEW, State.UNDOING: State.DONE}


def _give_up(intake: Intake, sentence: str) -> None:
    Intake.objects.filter(pk=intake.pk).update(state=_BACK[State(intake.state)], said=sentence)


def _check(intake: Intake) -> None:
    target = _target(intake)
    told: dict[str, Any] = {}
    result, problems = _run(intake, target, told)
    intake.result = {
        "counts": {kind: asdict(counts) for kind, counts in result.counts.items()},
        "gone": {
            kind: {"count": len(names), "names": names[:MOST_GONE]}
            for kind, names in result.gone.items()
            if names
        },
        "bad_rows": result.bad_rows,
        "problems": problems,
        "difference": told,
    }
    intake.state, intake.said = State.CHECKED, ""
    intake.save(update_fields=["result", "state", "said"])


def _import(intake: Intake) -> None:
    target = _target(intake)
    with transaction.atomic():
        result, problems = _run(intake, target, None)
        intake.result = intake.result | {
            "counts": {kind: asdict(counts) for kind, counts in result.counts.items()},
            "bad_rows": result.bad_rows,
            "problems": problems,
        }
        if result.written:
            intake.state, intake.done_at, intake.said = State.DONE, timezone.now(), ""
            _remember(intake, target)
        else:
            # Others have changed the register since the check.
            intake.state = State.CHECKED
            intake.said = _("Nothing was written: there are rows to be mended.")
        intake.save(update_fields=["result", "state", "done_at", "said"])


def _run(
    intake: Intake, target: Target, differences: dict[str, Any] | None
) -> tuple[LoadResult, list[dict[str, Any]]]:
    """One run of the target's service, and its first problems; all of them in the workbook.

    With `differences` it is a dry run, which tells there what would change.
    """
    user = User.objects.get(pk=intake.user_id)
    progress = Progress(intake.folder, int(intake.chosen.get("count", 0)))
    reading = Reading()
    is_dry, is_rows = differences is not None, target.takes == "rows"
    keep_good = bool(intake.chosen.get("keep_good"))
    found: list[dict[str, Any]] = []
    bad_rows = 0
    try:
        with ProblemLog() as problems, kept(intake.pk):

            def look() -> None:
                # Some problems are found in the transaction, and gone with it.
                nonlocal bad_rows
                bad_rows = problems.bad_rows()
                found[:] = [_told(one, target) for one in problems.first(report.SHOWN)]
                _write_errors(intake, reading, problems, only_bad=keep_good and not is_dry)
                if differences is not None:
                    differences.update(difference.rows_of(intake.pk))

            call = Call(
                user=user,
                problems=problems,
                dry_run=is_dry,
                # A check goes through with what is right, to show what it would change.
                keep_good=keep_good or is_dry,
                demo=_is_demonstration(user, target),
                look=look,
                key=str(intake.key),
                batches=rows.batches_of(intake, reading, progress.tell) if is_rows else (),
                shapes=() if is_rows else rows.shapes_of(intake, progress.tell),
                options=intake.chosen.get("options", {}),
            )
            result = target.load(call)
            if problems.bad_rows() > bad_rows or not is_dry:
                look()
            result.bad_rows = bad_rows
            return result, found
    finally:
        progress.end()


def _is_demonstration(user: User, target: Target) -> bool:
    """Whether the person's towns are invented: then so is what their files hold."""
    scope = user.scope(target.permission)
    return settings.DEMO and Region.objects.filter(scope.q("code"), is_demo=True).exists()


def _told(problem: Any, target: Target) -> dict[str, Any]:
    form = next((form for form in target.forms if form.kind == problem.kind), None)
    title = form.title(problem.column) if form and problem.column else ""
    return {
        "table": form.sheets[0] if form else "",
        "row": problem.row,
        "column": title,
        "what": report.what(problem),
        "mend": report.mend(problem),
    }


def _write_errors(
    intake: Intake, reading: Reading, problems: ProblemLog, *, only_bad: bool
) -> None:
    intake.errors_path.unlink(missing_ok=True)
    if problems.count() and reading.sheets:
        report.write_workbook(
            intake.errors_path,
            intake.path,
            reading,
            problems,
            only_bad=only_bad,
            messages=rows.messages_of(intake),
        )


def _remember(intake: Intake, target: Target) -> None:
    headings = intake.chosen.get("headings", {})
    county = mapping.county_of(intake.user)
    for read in rows.reads_of(intake):
        if read.kind in headings:
            mapping.remember(county, target.form(read.kind), headings[read.kind], read)


def _target(intake: Intake) -> Target:
    target = target_of(intake.chosen.get("target", ""))
    if target is None:
        raise DomainError(_("Say first what the file holds."))
    return target


_DO = {
    State.CHECKING.value: _check,
    State.IMPORTING.value: _import,
    State.UNDOING.value: undo_in_transaction,
}
