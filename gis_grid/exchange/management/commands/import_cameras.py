"""Load cameras from a workbook or a CSV file."""

from gis_grid.exchange.command import SiteCommand
from gis_grid.exchange.forms import CAMERAS
from gis_grid.facilities.services.load import load_cameras


class Command(SiteCommand):
    help = "Load cameras from an xlsx workbook or a CSV file."
    form = CAMERAS
    load = load_cameras
