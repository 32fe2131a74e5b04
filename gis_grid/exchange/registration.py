"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions, name_details, name_subjects
from gis_grid.exchange.incoming.shape_targets import TARGETS
from gis_grid.exchange.incoming.targets import register_target
from gis_grid.exchange.out.answering import COLUMNS
from gis_grid.territory.datasets import add_columns


def register() -> None:
    add_columns("households", COLUMNS)
    for target in TARGETS:
        register_target(target)
    name_actions(
        {
            "data_exported": _("Data taken out"),
            "export_fetched": _("File fetched that was taken out"),
            "intake_undone": _("Load of a file undone"),
            "history_taken_back": _("History of a load taken back"),
            "layout_saved": _("Form of a table saved"),
            "layout_dropped": _("Form of a table taken away"),
        }
    )
    name_subjects(
        {
            "dataset": _("Data"),
            "intake": _("Loaded file"),
            "layout": _("Form of a table"),
            "service": _("Service"),
        }
    )
    name_details({"form": _("As"), "file": _("File"), "rows": _("Rows"), "tables": _("Tables")})
