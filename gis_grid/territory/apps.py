from collections.abc import Collection

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "gis_grid.territory"

    def ready(self) -> None:
        from gis_grid.audit.actions import (
            label_subjects,
            name_actions,
            name_areas,
            name_details,
            name_subjects,
        )
        from gis_grid.territory import checks  # noqa: F401
        from gis_grid.territory.datasets import register_dataset
        from gis_grid.territory.places import DATASETS
        from gis_grid.territory.selectors import place_names

        for dataset in DATASETS:
            register_dataset(dataset)

        name_areas(place_names)
        label_subjects("region", place_names)
        name_subjects({"region": _("Area"), "plan": _("Plan of boundaries")})
        label_subjects("plan", _titles)
        name_actions(
            {
                "boundaries_published": _("Boundaries published"),
                "regions_loaded": _("Regions loaded"),
                "reference_loaded": _("Roads and waters loaded"),
                "plan_created": _("Plan made"),
                "plan_changed": _("Plan's words changed"),
                "plan_operation": _("Boundaries drawn in a plan"),
                "plan_submit": _("Plan submitted"),
                "plan_approve": _("Plan approved"),
                "plan_reject": _("Plan rejected"),
                "plan_reopen": _("Plan made a draft again"),
                "plan_withdraw": _("Plan withdrawn"),
                "plan_published": _("Plan published"),
                "plan_sent_back": _("Plan sent back: it could not be published on its day"),
                "plan_notice_exported": _("Public notice taken out as a PDF"),
                "plan_rebased": _("Plan brought up to date"),
                "plan_commented": _("Plan commented on"),
                "plan_comment_settled": _("Comment on a plan settled"),
                "plan_hearing": _("Hearing of a plan recorded"),
            }
        )
        name_details(
            {
                "created": _("Made"),
                "changed": _("Changed"),
                "unchanged": _("Unchanged"),
                "ended": _("Ended"),
                "new": _("New"),
                "replaced": _("Replaced"),
                "layer": _("Layer"),
                "operation": _("Operation"),
                "fields": _("Fields"),
                "note": _("Note"),
                "how": _("How"),
                "done": _("Done"),
                "dropped": _("Left out"),
            }
        )


def _titles(ids: Collection[str]) -> dict[str, str]:
    """Titles of plans, by id in text."""
    from gis_grid.territory.models import Plan

    numbers = [int(one) for one in ids if one.isdecimal()]
    return {
        str(pk): title
        for pk, title in Plan.objects.filter(pk__in=numbers).values_list("pk", "title")
    }
