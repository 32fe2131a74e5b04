"""Load cameras from a workbook or a CSV file."""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import CAMERAS
from gis_grid.facilities.services.load import load_cameras


class Command(RowCommand):
    help = "Load cameras from an xlsx workbook or a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--demo", action="store_true", help="the file holds invented places")

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [CAMERAS],
            lambda batches, problems: load_cameras(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
                demo=options["demo"],
            ),
        )
