"""Load regions from the national code list: CSV or xlsx with code, name, level, parent."""

from typing import Any

from gis_grid.exchange.command import RowCommand
from gis_grid.exchange.forms import REGIONS
from gis_grid.territory.services.regions import load_regions


class Command(RowCommand):
    help = "Load regions (counties, towns, villages) from a CSV or xlsx file."

    def take(self, options: dict[str, Any]) -> None:
        acting_user = self.acting_user(options)
        self.take_tables(
            options,
            [REGIONS],
            lambda batches, problems: load_regions(
                acting_user=acting_user,
                batches=batches,
                problems=problems,
                keep_good=options["keep_good"],
                dry_run=options["dry_run"],
            ),
        )
