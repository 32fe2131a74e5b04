"""What the import commands share: who acts, progress, problems and how they are told."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _
from tqdm import tqdm

from gis_grid.accounts.acting import OPERATOR, ActingUser
from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.core.problems import Batch, LoadResult, ProblemLog
from gis_grid.exchange import report
from gis_grid.exchange.tables import Form, Reading, read_tables

# Problems that demonstration data has where it is loaded as real data.
DEMO_PHONES = ("phone_demo", "duty_phone_demo")
DEMO_REST = ("id_checksum", "region_is_demo")
NEARLY_ALL = 0.9
Load = Callable[[Iterable[Batch], ProblemLog], LoadResult]


class FileCommand(BaseCommand):
    """A command that takes one file in. Exit status 1 where something was not taken."""

    error_suffixes: tuple[str, ...] = (".xlsx",)
    file_nargs: str | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs=self.file_nargs)
        parser.add_argument(
            "--user",
            help="login of the person who acts; without it the log says “operator”",
        )
        parser.add_argument("--dry-run", action="store_true", help="check, but write nothing")
        parser.add_argument(
            "--errors", type=Path, help="write what is wrong to this file: " + self._suffixes()
        )
        parser.add_argument(
            "--progress", action="store_true", help="show progress also without a terminal"
        )

    def _suffixes(self) -> str:
        return ", ".join(self.error_suffixes)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options.get("errors"):
                report.check_target(options["errors"], self.error_suffixes)
            self.take(options)
        except DomainError as error:
            raise CommandError(str(error)) from None
        except (DatabaseError, OSError, MemoryError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise CommandError(
                _(
                    "The command was broken off: %(said)s. What it had not finished was not"
                    " written. Mend the cause and run it again."
                )
                % {"said": said[0].rstrip(".")}
            ) from error

    def take(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def acting_user(self, options: dict[str, Any]) -> ActingUser:
        login = options.get("user")
        if login is None:
            return OPERATOR
        user = User.objects.filter(username=login, is_active=True).first()
        if user is None:
            raise CommandError(_("Nobody signs in as %(login)s.") % {"login": login})
        return user

    def take_tables(self, options: dict[str, Any], forms: Sequence[Form], load: Load) -> None:
        """Read the tables of the file, load them, and tell what came of it."""
        reading = Reading()
        with ProblemLog() as problems:
            with progress(options) as bar:
                batches = read_tables(options["file"], forms, reading)
                result = load(counted(batches, bar), problems)
            self._tell_reading(reading)
            for warning in result.warnings[: report.SHOWN]:
                sheet = reading.sheets.get(warning.kind, "")
                self.stdout.write(
                    _("Note: %(sheet)s row %(row)d: %(what)s. %(mend)s")
                    % {
                        "sheet": sheet,
                        "row": warning.row,
                        "what": report.what(warning),
                        "mend": report.mend(warning),
                    }
                )
            self._tell_problems(options, reading, problems, result)
            self._tell_result(options, result)
            if result.bad_rows:
                raise CommandError(self.refusal(result))

    def _tell_reading(self, reading: Reading) -> None:
        if reading.ignored_sheets:
            self.stdout.write(
                _("Sheets without a table, not read: %(names)s")
                % {"names": "、".join(reading.ignored_sheets)}
            )
        for sheet, columns in reading.ignored_columns.items():
            self.stdout.write(
                _("%(sheet)s: columns not known, not read: %(names)s")
                % {"sheet": sheet, "names": "、".join(columns)}
            )

    def _tell_problems(
        self,
        options: dict[str, Any],
        reading: Reading,
        problems: ProblemLog,
        result: LoadResult,
    ) -> None:
        if not result.bad_rows:
            return
        if not options.get("demo", True) and _looks_invented(problems):
            self.stderr.write(
                _("This looks like demonstration data: if it is, load it with --demo.")
            )
        self.stderr.write(report.table(problems.first(report.SHOWN), reading.sheets))
        more = problems.count() - report.SHOWN
        if more > 0:
            self.stderr.write(_("… and %(more)d more.") % {"more": more})
        if options["errors"]:
            report.write_workbook(
                options["errors"], options["file"], reading, problems, only_bad=result.written
            )
        self.tell_errors(options)

    def tell_errors(self, options: dict[str, Any]) -> None:
        """Where all of the problems stand, or how to have them written down."""
        if options["errors"]:
            self.stdout.write(
                _("All of them stand in %(file)s, beside the rows: mend them there and load it.")
                % {"file": options["errors"]}
            )
        else:
            self.stderr.write(_("--errors FILE.xlsx writes them into a workbook."))

    def _tell_result(self, options: dict[str, Any], result: LoadResult) -> None:
        for kind, counts in result.counts.items():
            self.stdout.write(report.counted(kind, counts))
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))

    def refusal(self, result: LoadResult) -> str:
        if result.written:
            return _("%(bad)d rows were left out; the others are loaded.") % {
                "bad": result.bad_rows
            }
        return _("%(bad)d rows have to be mended. Nothing was written.") % {"bad": result.bad_rows}


def _looks_invented(problems: ProblemLog) -> bool:
    """True where nearly all problems are such as invented people have among real ones."""
    has_phones = problems.share(DEMO_PHONES) > 0
    return has_phones and problems.share((*DEMO_PHONES, *DEMO_REST)) >= NEARLY_ALL


class RowCommand(FileCommand):
    """A command for tables, whose good rows may be kept."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--keep-good",
            action="store_true",
            help="load the rows that are right even where others are not",
        )


class SiteCommand(RowCommand):
    """A command for one table of places: `form` says which, `load` writes it."""

    form: Form
    load: Callable[..., LoadResult]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--demo", action="store_true", help="the file holds invented places")

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [self.form],
            lambda batches, problems: type(self).load(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
                demo=options["demo"],
            ),
        )


def progress(options: dict[str, Any]) -> Any:
    """A bar on standard error where a person watches."""
    shown = options["progress"] or sys.stderr.isatty()
    return tqdm(unit="row", file=sys.stderr, disable=not shown, leave=False)


def counted(batches: Iterable[Batch], bar: Any) -> Iterator[Batch]:
    for batch in batches:
        yield batch
        bar.set_description(batch.sheet, refresh=False)
        bar.update(len(batch.rows))
