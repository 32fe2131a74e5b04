from gis_grid.exchange.models.intake import KEPT, ColumnMemory, Intake, IntakeChange
from gis_grid.exchange.models.layout import Layout, Report
from gis_grid.exchange.models.taken import TakenOut

__all__ = ["KEPT", "ColumnMemory", "Intake", "IntakeChange", "Layout", "Report", "TakenOut"]
