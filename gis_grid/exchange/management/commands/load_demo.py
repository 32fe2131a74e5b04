"""Load the demonstration town by the same commands that a county uses."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.services.demo import ensure_demo_users
from gis_grid.households.models import Household
from gis_grid.territory.models import Region

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
# Name of the files, and the town that they are about.
TOWNS = {"jinping": "431024111000", "crossing": "431024108000"}
# Since when the demo's boundaries have held; a few grids have been split since.
FIRST_DAY = dt.datetime(2021, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
# Where the demo's `outsider` works: another town than everybody else.
OUTSIDER_VILLAGE = "431024108218"
# The town in which something happens.
LIVELY = "jinping"
# Where the demo's `leader` and `worker` are.
VILLAGE = "431024111001"


class Command(BaseCommand):
    help = "Load the demonstration town (regions, boundaries, households, duties, logins)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is a region already"
        )
        parser.add_argument("--progress", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Region.objects.exists():
            self.stdout.write(_("There are regions already: the demonstration is not loaded."))
            return
        if not settings.DEMO:
            raise CommandError(_("Demonstration data is loaded only with DEMO=1."))
        real = Household.objects.exclude(
            area_code__regex="^(" + "|".join(code[:9] for code in TOWNS.values()) + ")"
        )
        if real.exists():
            raise CommandError(
                _("This database holds other households: the demonstration is not loaded into it.")
            )
        self._run("import_regions", "regions.csv", options)
        for name, town in TOWNS.items():
            self._boundaries(name, options)
            self._reference(name, town, options)
            self._run("import_households", f"{name}_households.xlsx", options, demo=True)
        ensure_demo_users(OUTSIDER_VILLAGE)
        for name in TOWNS:
            self._run("import_duties", f"{name}_duties.xlsx", options, demo=True)
        if LIVELY in TOWNS:
            self._life(options)

    def _life(self, options: dict[str, Any]) -> None:
        """What stands and happens in the town, up to yesterday whenever it is loaded."""
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        self._run("import_cameras", f"{LIVELY}_cameras.xlsx", options, demo=True)
        self._run("import_service_points", f"{LIVELY}_service_points.xlsx", options, demo=True)
        self._run("import_incidents", f"{LIVELY}_incidents.xlsx", options, ending=yesterday)
        call_command("demo_patrols", TOWNS[LIVELY], VILLAGE, ending=yesterday, stdout=self.stdout)

    def _run(self, command: str, name: str, options: dict[str, Any], **more: Any) -> None:
        self.stdout.write(f"{command} {name}")
        call_command(
            command,
            str(FIXTURES / name),
            progress=options["progress"],
            stdout=self.stdout,
            stderr=self.stderr,
            **more,
        )

    def _boundaries(self, name: str, options: dict[str, Any]) -> None:
        """As they were since `FIRST_DAY`, where the fixtures tell it, and as they are now."""
        older = f"{name}_boundaries_2021.gpkg"
        if not (FIXTURES / older).exists():
            self._run("import_boundaries", f"{name}_boundaries.gpkg", options, since=FIRST_DAY)
            return
        self._run("import_boundaries", older, options, since=FIRST_DAY)
        self._run("import_boundaries", f"{name}_boundaries.gpkg", options)

    def _reference(self, name: str, town: str, options: dict[str, Any]) -> None:
        file = f"{name}_reference.gpkg"
        if not (FIXTURES / file).exists():
            return
        self._run("import_reference", file, options, area=town, shown_as="road", layer=["roads"])
        layers = ["water", "water_areas"]
        self._run("import_reference", file, options, area=town, shown_as="water", layer=layers)
