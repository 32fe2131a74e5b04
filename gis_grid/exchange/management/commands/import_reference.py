"""Load roads and water, to find one's way by, from a file of maps."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis_grid.exchange.command import FileCommand
from gis_grid.exchange.reference import import_reference
from gis_grid.territory.models import ReferenceFeature


class Command(FileCommand):
    help = "Load roads or water of an area from a map file; what it had there is replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--area", required=True, help="code of the town or county")
        parser.add_argument(
            "--as",
            dest="shown_as",
            required=True,
            choices=ReferenceFeature.Layer.values,
            help="what the features are",
        )
        parser.add_argument(
            "--layer", action="append", help="layer of the file; may be given several times"
        )
        parser.add_argument("--crs", help="coordinate system where the file's own is wrong")

    def take(self, options: dict[str, Any]) -> None:
        counts = import_reference(
            acting_user=self.acting_user(options),
            path=options["file"],
            area_code=options["area"],
            shown_as=ReferenceFeature.Layer(options["shown_as"]),
            layers=tuple(options["layer"] or (None,)),
            crs=options["crs"],
            dry_run=options["dry_run"],
        )
        self.stdout.write(
            _("%(new)d features of %(layer)s") % {"new": counts.new, "layer": options["shown_as"]}
        )
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
