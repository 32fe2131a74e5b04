"""Load incidents that a county brings along, from a workbook or a CSV file."""

from typing import Any

from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import INCIDENTS
from gis_grid.incidents.services.load import load_incidents


class Command(RowCommand):
    help = "Load incidents of earlier systems from an xlsx workbook or a CSV file."

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [INCIDENTS],
            lambda batches, problems: load_incidents(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
            ),
        )
