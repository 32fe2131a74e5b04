from gis_grid.exchange.models.layout import Layout, Report
from gis_grid.exchange.models.taken import TakenOut

__all__ = ["Layout", "Report", "TakenOut"]
