"""Mistakes in the settings of incidents, found by `manage.py check`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from gis_grid.incidents.norms import norms_on
from gis_grid.incidents.services.outlets import outlets


def settings_are_readable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """`INCIDENT_NORMS` and `INCIDENT_OUTLETS`."""
    found: list[CheckMessage] = []
    hint = "docs/settings.md has an example of each."
    for number, read in ((20, lambda: norms_on(timezone.localdate())), (21, outlets)):
        try:
            read()
        except ImproperlyConfigured as error:
            found.append(Error(str(error), hint=hint, id=f"gis_grid.E0{number}"))
    return found
