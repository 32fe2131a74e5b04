"""`manage.py import_rescue FILE [--user LOGIN]`"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from gis_grid.accounts.acting import OPERATOR
from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.services.users import user_named
from gis_grid.fieldsync.models import Outcome
from gis_grid.fieldsync.services.rescuing import Rescued, rescue

# Problems that are written out one by one.
SHOWN = 50


class Command(ServiceCommand):
    help = "Take in the rescue file of a tablet; what has arrived before is not doubled."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--user", help="login of the person whose work it is, where the tablet is not known"
        )

    def perform(self, **options: Any) -> None:
        user = user_named(options["user"]) if options["user"] else None
        try:
            with tqdm(unit="", disable=None) as bar:
                result = rescue(
                    acting_user=OPERATOR, path=options["file"], user=user, tell=bar.update
                )
        except OSError as error:
            raise CommandError(str(error)) from None
        self._tell(result)

    def _tell(self, result: Rescued) -> None:
        for outcome in Outcome:
            if count := result.outcomes[outcome]:
                self.stdout.write(f"{outcome.label}: {count}")
        self.stdout.write(_("Photos and files: %(n)d") % {"n": result.photos})
        self._tell_known(result)
        if result.drafts:
            self.stdout.write(
                _("%(n)d drafts were never handed in: they stay in the file.")
                % {"n": result.drafts}
            )
        for problem in result.problems[:SHOWN]:
            self.stdout.write(problem)
        if result.problems:
            raise CommandError(
                _("%(n)d could not be taken in: they stand above.") % {"n": len(result.problems)}
            )

    def _tell_known(self, result: Rescued) -> None:
        """What had come before, so that a file that is taken in twice says so."""
        known = {"n": result.known, "photos": result.known_photos}
        if not result.known and not result.known_photos:
            return
        if result.known == result.outcomes.total() and result.known_photos == result.photos:
            words = _("Nothing new came: all of it had arrived before.")
        else:
            words = _("Of these %(n)d operations and %(photos)d files had arrived before.") % known
        self.stdout.write(words)
