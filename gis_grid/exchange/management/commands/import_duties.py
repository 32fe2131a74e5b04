"""Load who holds which post, and the fixed points (五定), from a workbook."""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.duties.services.load import load_duties
from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import DUTIES, FIXED_POINTS


class Command(RowCommand):
    help = "Load posts and the people who hold them, and fixed points, from an xlsx workbook."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--demo", action="store_true", help="the file holds invented people only"
        )

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [DUTIES, FIXED_POINTS],
            lambda batches, problems: load_duties(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                demo=options["demo"],
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
            ),
        )
