"""Load households, their people and tags from a workbook, or households from a CSV file."""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import HOUSEHOLDS, PEOPLE, TAGS
from gis_grid.households.services.load import load_households
from gis_grid.households.services.load.datum import DATUMS


class Command(RowCommand):
    help = "Load households, people and tags from an xlsx workbook (households also from CSV)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--datum",
            choices=DATUMS,
            default="cgcs2000",
            help="what the coordinates are: gcj02 from 高德 or 腾讯, bd09 from 百度",
        )
        parser.add_argument(
            "--demo", action="store_true", help="the file holds invented people only"
        )

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [HOUSEHOLDS, PEOPLE, TAGS],
            lambda batches, problems: load_households(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                datum=options["datum"],
                demo=options["demo"],
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
            ),
        )
