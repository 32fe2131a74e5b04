"""An area that a query names."""

from django.utils.translation import gettext as _

from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.errors import InputError


def prefix_asked(area: str) -> str:
    """The prefix that codes inside the area have, "" for none; InputError for what is no code."""
    if area and not is_area_code(area):
        raise InputError(_("An area code has 12 digits, a grid's 15."), where="area")
    return prefix_of(area) if area else ""
