"""Mistakes in the settings of grids, found by `manage.py check`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from gis_grid.territory.norms import spans


@register()
def norms_are_readable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        spans(settings.HOUSEHOLDS_A_GRID)
    except ImproperlyConfigured as error:
        hint = "docs/settings.md has an example."
        return [Error(str(error), hint=hint, id="gis_grid.E011")]
    return []
