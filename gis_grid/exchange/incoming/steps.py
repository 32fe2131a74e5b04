"""The wizard's steps: brought, described, checked, loaded, undone; who may, and in which state."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, StateError
from gis_grid.core.texts import tidy
from gis_grid.exchange.incoming import datum as datums
from gis_grid.exchange.incoming.detecting import MAPS, survey
from gis_grid.exchange.incoming.mapping import Read
from gis_grid.exchange.incoming.samples import keep_samples
from gis_grid.exchange.incoming.targets import Target, target_of, targets_for
from gis_grid.exchange.models import KEPT, Intake
from gis_grid.exchange.refusals import refusal

MAX_BYTES = 200 * 2**20
MOST_OPEN = 50
State = Intake.State


def receive(*, acting_user: User, name: str, chunks: Iterable[bytes]) -> Intake:
    """Keep a file and tell what it is. InputError where no parser takes it: then it is gone."""
    if not targets_for(acting_user):
        raise NotAllowedError(_("Your role loads no files."))
    if Intake.objects.filter(user=acting_user).count() >= MOST_OPEN:
        raise StateError(_("Too many files are under way: finish or delete one first."))
    language = translation.get_language() or "zh-hans"
    intake = Intake(user=acting_user, file_name=tidy(Path(name).name)[:255], language=language)
    intake.folder.mkdir(parents=True)
    try:
        intake.size = _write(intake.path, chunks)
        found = survey(intake.path)
        keep_samples(intake.folder, found)
        intake.found = _summary(found)
        intake.save()
    except BaseException:
        shutil.rmtree(intake.folder, ignore_errors=True)
        raise
    return intake


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise refusal("too_large", most=MAX_BYTES // 2**20)
            file.write(chunk)
    return size


def _summary(found: dict[str, Any]) -> dict[str, Any]:
    """What the parsers told, without the rows."""
    kept = {key: found[key] for key in ("format", "encoding", "hints")}
    for key in ("sheets", "layers"):
        if key in found:
            kept[key] = [
                {k: v for k, v in one.items() if k not in ("rows", "points", "shapes")}
                for one in found[key]
            ]
    return kept


def the_intake(user: User, intake_id: int) -> Intake:
    """One's own; MissingError for any other."""
    found = Intake.objects.filter(user=user, pk=intake_id).first()
    if found is None:
        raise MissingError
    return found


def _held(user: User, intake_id: int) -> Intake:
    found = Intake.objects.select_for_update().filter(user=user, pk=intake_id).first()
    if found is None:
        raise MissingError
    return found


@transaction.atomic
def ask_check(*, acting_user: User, intake_id: int, chosen: dict[str, Any]) -> Intake:
    """Say what the file is and have it checked; nothing is written to the register."""
    intake = _held(acting_user, intake_id)
    if intake.state not in (State.NEW, State.CHECKED):
        raise StateError(_("This file is at another step already."))
    target = target_of(str(chosen.get("target", "")))
    if target is None:
        raise InputError(_("Say first what the file holds."), where="target")
    acting_user.require(target.permission)
    _require_whole(intake, target, chosen)
    _require_answers(acting_user, target, chosen.get("options", {}))
    intake.chosen, intake.result, intake.said = chosen, {}, ""
    intake.state = State.CHECKING
    intake.save(update_fields=["chosen", "result", "said", "state"])
    _start(intake)
    return intake


def _require_whole(intake: Intake, target: Target, chosen: dict[str, Any]) -> None:
    if (datum := chosen.get("datum", "")) and not datums.is_datum(datum):
        raise InputError(_("Choose the coordinate system."), where="datum")
    reads = [Read(**one) for one in chosen.get("reads", [])]
    if not reads:
        raise InputError(_("Choose at least one table of the file."), where="reads")
    if len({one.sheet for one in reads}) < len(reads):
        raise InputError(_("A table of the file can only be read as one thing."), where="reads")
    for read in reads:
        form = target.form(read.kind)
        missing = [form.title(key) for key in form.required if key not in read.positions]
        if missing:
            raise InputError(
                _("Say which columns hold: %(missing)s.") % {"missing": "、".join(missing)},
                where=f"col-{read.kind}",
            )
    has_places = intake.found["format"] in MAPS or any("lon" in one.positions for one in reads)
    if has_places and not chosen.get("datum"):
        raise InputError(_("Choose the coordinate system."), where="datum")


def _require_answers(user: User, target: Target, options: Mapping[str, str]) -> None:
    for one in target.questions:
        choices = one.choices(user)
        if options.get(one.key) not in dict(choices):
            raise InputError(
                _("Choose: %(what)s.") % {"what": one.label},
                where=one.key,
                details={"choices": choices},
            )


@transaction.atomic
def ask_import(*, acting_user: User, intake_id: int, keep_good: bool) -> Intake:
    """Have a checked file loaded. StateError where rows are wrong and are not to be left out."""
    intake = _held(acting_user, intake_id)
    if intake.state != State.CHECKED:
        raise StateError(_("Check the file first."))
    target = target_of(intake.chosen.get("target", ""))
    if target is None:
        raise StateError(_("Check the file first."))
    acting_user.require(target.permission)
    if intake.result.get("bad_rows") and not keep_good:
        raise StateError(_("Rows have to be mended first, or be left out."))
    intake.chosen = intake.chosen | {"keep_good": keep_good}
    intake.state = State.IMPORTING
    intake.save(update_fields=["chosen", "state"])
    _start(intake)
    return intake


@transaction.atomic
def ask_undo(*, acting_user: User, intake_id: int) -> Intake:
    """Have a load taken back, within seven days."""
    intake = _held(acting_user, intake_id)
    target = target_of(intake.chosen.get("target", ""))
    if not intake.can_be_undone or target is None or not target.is_undone_here:
        raise StateError(_("This can't be undone any more."))
    acting_user.require(target.permission)
    intake.state = State.UNDOING
    intake.save(update_fields=["state"])
    _start(intake)
    return intake


@transaction.atomic
def drop(*, acting_user: User, intake_id: int) -> None:
    """Forget a file that was not loaded, or whose load was undone."""
    intake = _held(acting_user, intake_id)
    if intake.is_at_work or intake.state == State.DONE:
        raise StateError(_("A file that is loaded stays until its seven days are over."))
    folder = intake.folder
    intake.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def drop_old() -> int:
    """Delete files, and what they had changed, after seven days."""
    over = timezone.now() - KEPT
    old = [
        one
        for one in Intake.objects.exclude(state__in=Intake.AT_WORK)
        if (one.done_at or one.created_at) < over
    ]
    for intake in old:
        folder = intake.folder
        intake.delete()
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _start(intake: Intake) -> None:
    # The task's module waits for the apps to be ready.
    from gis_grid.exchange.tasks import work_on

    number = intake.pk
    transaction.on_commit(lambda: work_on.defer(intake_id=number))
