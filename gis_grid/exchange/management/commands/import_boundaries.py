"""Publish boundaries from a GeoPackage, a GeoJSON or a zipped Shapefile."""

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.exchange import report
from gis_grid.exchange.boundaries import BoundaryReport, import_boundaries
from gis_grid.exchange.command import FileCommand
from gis_grid.territory.services.publish import Publication


def _first_day(text: str) -> dt.datetime:
    """The beginning of the day that `text` names; argparse's own error for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            _("%(text)s is no day. Write it like 2021-03-01.") % {"text": text}
        ) from error
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


class Command(FileCommand):
    help = "Publish the small grids of a map file; each village in it is replaced whole."
    error_suffixes = (".geojson", ".json")

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--layer", help="the layer with the small grids")
        parser.add_argument(
            "--crs", help="coordinate system, such as EPSG:4547, where the file's own is wrong"
        )

        parser.add_argument(
            "--since",
            type=_first_day,
            help="day from which boundaries of villages without any have held, such as 2021-03-01",
        )

        parser.add_argument(
            "--accept-outline",
            action="store_true",
            help="the outlines of villages that are drawn already may change",
        )

    def take(self, options: dict[str, Any]) -> None:
        found = import_boundaries(
            acting_user=self.acting_user(options),
            path=options["file"],
            layer=options["layer"],
            crs=options["crs"],
            since=options["since"],
            accept_outline=options["accept_outline"],
            dry_run=options["dry_run"],
        )
        self._tell_source(found)
        if found.issues:
            self._tell_issues(found, options)
        if found.problems:
            self._refuse_features(found)
        if found.issues:
            raise CommandError(
                _("The boundaries do not fit together in %(bad)d places. Nothing was changed.")
                % {"bad": len(found.issues)}
            )
        self._tell_publication(found, options)

    def _tell_source(self, found: BoundaryReport) -> None:
        self.stdout.write(
            _("Layer %(layer)s, coordinate system %(crs)s")
            % {"layer": found.layer, "crs": found.crs}
        )
        if "datum_shift" in found.warnings:
            self.stdout.write(
                _(
                    "Note: this system is of another datum than CGCS2000. Without the county's own"
                    " parameters the land may lie several metres off: compare it with a"
                    " surveyed point."
                )
            )

    def _refuse_features(self, found: BoundaryReport) -> None:
        sheets = {"grid": found.layer}
        self.stderr.write(report.table(found.problems[: report.SHOWN], sheets))
        raise CommandError(
            _("%(bad)d faults in the attribute table. Nothing was written.")
            % {"bad": len(found.problems)}
        )

    def _tell_issues(self, found: BoundaryReport, options: dict[str, Any]) -> None:
        for number, text in enumerate(found.sentences()[: report.SHOWN], start=1):
            self.stderr.write(f"{number}. {text}")
        if options["errors"]:
            report.write_places(options["errors"], found)
            self.stdout.write(
                _(
                    "The places stand in %(file)s: open it in QGIS over your own layer,"
                    " right-click it, “Zoom to Layer”."
                )
                % {"file": options["errors"]}
            )
        else:
            self.stderr.write(_("--errors FILE.geojson writes the places, to be opened in QGIS."))

    def _tell_publication(self, found: BoundaryReport, options: dict[str, Any]) -> None:
        done = found.publication or Publication()
        self.stdout.write(
            _(
                "Grids: %(new)d new, %(changed)d redrawn, %(ended)d ended, %(unchanged)d as before;"
                " %(moved)d objects changed their grid"
            )
            % {
                "new": len(done.created),
                "changed": len(done.changed),
                "ended": len(done.ended),
                "unchanged": len(done.unchanged),
                "moved": sum(each.moved + each.left_every_grid for each in done.moved),
            }
        )
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
