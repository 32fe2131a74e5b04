"""Load service points from a workbook or a CSV file."""

from gis_grid.exchange.command import SiteCommand
from gis_grid.exchange.forms import SERVICE_POINTS
from gis_grid.facilities.services.load import load_points


class Command(SiteCommand):
    help = "Load service points from an xlsx workbook or a CSV file."
    form = SERVICE_POINTS
    load = load_points
