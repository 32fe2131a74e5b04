"""What this app hangs into the registries of the apps above it."""

from django.utils.translation import gettext_lazy as _

from gis_grid.audit.actions import name_actions, name_details, name_subjects


def register() -> None:
    name_actions(
        {"map_printed": _("Map printed"), "snapshot_taken": _("Snapshot of the map taken")}
    )
    name_subjects({"print": _("Print"), "snapshot": _("Snapshot")})
    name_details(
        {
            "print_as": _("Printed as"),
            "paper": _("Size of the paper"),
            "layers": _("Layers"),
            "in_full": _("Names and phones in full"),
            "until": _("Holds until"),
        },
        {"sheet": _("One sheet"), "tiled": _("Small sheets to be glued together"),
         "atlas": _("Atlas: a page for each grid")},
    )  # fmt: skip
