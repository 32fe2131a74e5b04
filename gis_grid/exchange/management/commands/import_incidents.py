"""Load incidents that a county brings along, from a workbook or a CSV file."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandParser

from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import INCIDENT_STEPS, INCIDENTS
from gis_grid.incidents.services.load import load_incidents


class Command(RowCommand):
    help = "Load incidents of earlier systems from an xlsx workbook or a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--ending",
            type=dt.date.fromisoformat,
            metavar="DAY",
            help="move all times by whole days, so that the last ones fall on this day",
        )

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [INCIDENTS, INCIDENT_STEPS],
            lambda batches, problems: load_incidents(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
                ending=options["ending"],
            ),
        )
