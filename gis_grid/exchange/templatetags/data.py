"""The row of pages that belong together under "Data"."""

from typing import Any

from django import template
from django.template.context import RequestContext

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.exchange.incoming.targets import targets_for

register = template.Library()


@register.inclusion_tag("exchange/tabs.html", takes_context=True)
def data_tabs(context: RequestContext, here: str) -> dict[str, Any]:
    """Links to the pages that the person may open; `here` is the present one."""
    user = user_of(context["request"])
    return {
        "here": here,
        "brings_files": bool(targets_for(user)),
        "may_export": user.may(Permission.EXPORT),
    }
