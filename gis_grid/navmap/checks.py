"""Mistakes in the map's settings, found by `manage.py check`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from gis_grid.navmap.basemaps import configured


@register()
def basemaps_are_readable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        configured(settings.BASEMAPS)
    except ImproperlyConfigured as error:
        hint = "docs/basemaps.md has an example of each kind."
        return [Error(str(error), hint=hint, id="gis_grid.E010")]
    return []
