"""Take a file in by the steps of the wizard: detected, described, checked, loaded, undone."""

import shutil
import threading
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError
from gis_grid.core.problems import LoadResult
from gis_grid.exchange import command, report, sandbox
from gis_grid.exchange.incoming import steps, telling
from gis_grid.exchange.incoming.by_words import Pair, Words, chosen_by
from gis_grid.exchange.incoming.progress import progress_of
from gis_grid.exchange.incoming.working import work
from gis_grid.exchange.models import Intake

State = Intake.State
EVERY_S = 0.5
CHUNK_BYTES = 2**20


def _pair(text: str) -> Pair:
    before, mark, after = text.partition("=")
    if not mark or not before:
        raise ArgumentTypeError(_("%(text)s: write it like OURS=THEIRS") % {"text": text})
    return before, after


def _sheet(text: str) -> Pair:
    table, mark, sheet = text.partition("=")
    return (table, sheet) if mark else ("", text)


class Command(command.RowCommand):
    help = "Take a file in as the wizard of /data/in/ does, or undo what was loaded so."
    file_nargs = "?"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--target", default="", help="what the file holds")
        parser.add_argument("--layer", default="", help="the layer of a map that is meant")
        parser.add_argument("--datum", default="", help="what system the coordinates are in")
        parser.add_argument(
            "--sheet",
            action="append",
            type=_sheet,
            default=[],
            metavar="[TABLE=]SHEET",
            help="the sheet that a table is read from; may be given several times",
        )
        parser.add_argument(
            "--column",
            action="append",
            type=_pair,
            default=[],
            metavar="OURS=THEIRS",
            help="which column is which; nothing behind = leaves it out",
        )
        parser.add_argument(
            "--option",
            action="append",
            type=_pair,
            default=[],
            metavar="NAME=VALUE",
            help="what a target asks beside the columns, such as the draft of boundaries",
        )
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--undo", type=int, metavar="ID", help="take back what was loaded")
        instead.add_argument("--list", action="store_true", help="list one's files")

    def take(self, options: dict[str, Any]) -> None:
        user = self.acting_user(options)
        if not isinstance(user, User):
            raise CommandError(_("A file stays with a person: say with --user who brings it."))
        if options["list"]:
            self._list(user)
        elif options["undo"] is not None:
            self._undo(user, options)
        elif options["file"] is None:
            raise CommandError(_("Name the file."))
        else:
            self._bring(user, options)

    def _bring(self, user: User, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        sandbox.check_path(path)
        intake = steps.receive(acting_user=user, name=path.name, chunks=_chunks(path))
        try:
            self._check(user, intake, options)
            if not options["dry_run"]:
                self._load(user, intake, options)
        finally:
            intake.refresh_from_db()
            if intake.is_at_work:
                said = _("Left alone: the server goes on with it as file %(number)d; see --list.")
                self.stderr.write(said % {"number": intake.pk})
            elif intake.state != State.DONE:
                steps.drop(acting_user=user, intake_id=intake.pk)

    def _check(self, user: User, intake: Intake, options: dict[str, Any]) -> None:
        words = Words(
            target=options["target"],
            layer=options["layer"],
            datum=options["datum"],
            sheets=options["sheet"],
            columns=options["column"],
            options=dict(options["option"]),
        )
        try:
            chosen = chosen_by(user, intake, words)
            self._do(steps.ask_check, user, intake, options, chosen=chosen)
        except InputError as error:
            raise CommandError(_with_choices(error)) from None
        if intake.state != State.CHECKED:
            raise CommandError(intake.said)
        for line in telling.checked(intake):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
        if options["dry_run"] or not options["keep_good"]:
            self._refuse_bad(intake, options, written=False)

    def _load(self, user: User, intake: Intake, options: dict[str, Any]) -> None:
        if not any(row["new"] or row["changed"] for row in intake.result["counts"].values()):
            self.stdout.write(_("Nothing of it is new. Nothing was written."))
            return
        self._do(steps.ask_import, user, intake, options, keep_good=options["keep_good"])
        if intake.state != State.DONE:
            raise CommandError(intake.said)
        self.stdout.write(_("Loaded as file %(number)d.") % {"number": intake.pk})
        if end := telling.undone_until(intake):
            self.stdout.write(
                _(
                    "manage.py import_file --undo %(number)d --user %(login)s takes it back, until"
                    " %(end)s."
                )
                % {"number": intake.pk, "login": user.username, "end": end}
            )
        self._refuse_bad(intake, options, written=True)

    def _undo(self, user: User, options: dict[str, Any]) -> None:
        intake = steps.the_intake(user, options["undo"])
        self._do(steps.ask_undo, user, intake, options)
        if intake.state != State.UNDONE:
            raise CommandError(intake.said)
        self.stdout.write(
            _("%(file)s: all that it had brought is taken back.") % {"file": intake.file_name}
        )

    def _list(self, user: User) -> None:
        for one in Intake.objects.filter(user=user):
            self.stdout.write(telling.listed(one))

    def _do(
        self,
        step: Callable[..., Intake],
        user: User,
        intake: Intake,
        options: dict[str, Any],
        **more: Any,
    ) -> None:
        """One step, here and now; a worker that was quicker is waited for."""
        step(acting_user=user, intake_id=intake.pk, **more)
        intake.refresh_from_db()
        with _watched(intake, options) as pause:
            while intake.is_at_work:
                work(intake.pk)
                intake.refresh_from_db()
                if intake.is_at_work:
                    pause.wait(EVERY_S)

    def _refuse_bad(self, intake: Intake, options: dict[str, Any], *, written: bool) -> None:
        bad = int(intake.result["bad_rows"])
        if not bad:
            return
        keys = ("table", "row", "column", "what", "mend")
        rows = [[str(one[key]) for key in keys] for one in intake.result["problems"]]
        self.stderr.write(report.aligned(rows))
        if intake.errors_path.exists():
            if options["errors"]:
                shutil.copyfile(intake.errors_path, options["errors"])
            self.tell_errors(options)
        raise CommandError(self.refusal(LoadResult(bad_rows=bad, written=written)))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _with_choices(error: InputError) -> str:
    choices = [f"  {key}  {label}" for key, label in error.details.get("choices", [])]
    flag = _FLAGS.get(error.where, f"--option {error.where}=…") if choices else ""
    return "\n".join([f"{error} {flag}".rstrip(), *choices])


_FLAGS = {one: f"--{one}" for one in ("target", "layer", "datum", "sheet", "column", "option")}


@contextmanager
def _watched(intake: Intake, options: dict[str, Any]) -> Iterator[threading.Event]:
    """A bar that follows what the work writes down, whoever does it; an event to pause by."""
    over = threading.Event()
    with command.progress(options) as bar:
        watcher = threading.Thread(target=_follow, args=(intake.folder, bar, over), daemon=True)
        watcher.start()
        try:
            yield over
        finally:
            over.set()
            watcher.join()


def _follow(folder: Path, bar: tqdm, over: threading.Event) -> None:
    while not over.wait(EVERY_S):
        told = progress_of(folder)
        bar.total = told["total"] or None
        bar.update(told["done"] - bar.n)
