"""What people enter of a household, checked and laid into its row."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis_grid.core import crypto
from gis_grid.core.errors import InputError
from gis_grid.core.personal import mask_name
from gis_grid.core.words import fits_a_name, visible
from gis_grid.households.models import Household
from gis_grid.households.phones import kept_phone
from gis_grid.households.selectors import masked_phone
from gis_grid.territory.models import Region

# Field → how long it may be.
FIELDS = {"address": 200, "head_name": 60, "phone": 40, "origin": 10, "note": 500}
_NEEDED = ("address", "head_name", "origin")


def lay(household: Household, values: Mapping[str, Any]) -> list[str]:
    """Set what differs and answer its names; the household's area is known already.

    InputError naming the field. What comes back masked, as it was shown, stays as it is.
    """
    for name in values:
        if name not in FIELDS:
            raise InputError(_("A household has no such field."), where=name[:40])
    return [name for name, value in values.items() if _differs(household, name, value)]


def require_needed(household: Household) -> None:
    """InputError naming the first field that a household can't be without."""
    for name in _NEEDED:
        if not getattr(household, name):
            raise InputError(_("Fill this in."), where=name)


def text_of(value: Any, where: str, most: int) -> str:
    """A text as it is seen, in one line; InputError where it is none, or too long."""
    if value is not None and not isinstance(value, str):
        raise InputError(_("This is no text."), where=where)
    text = visible(value or "")
    if len(text) > most:
        raise InputError(_("Write at most %(count)d characters.") % {"count": most}, where=where)
    return text


def _differs(household: Household, name: str, value: Any) -> bool:
    text = text_of(value, name, FIELDS[name])
    if name == "phone":
        return _set_phone(household, text)
    if name == "head_name":
        text = _name(household, text)
    if name == "origin" and text not in Household.Origin.values:
        raise InputError(_("There is no such origin."), where=name)
    if name in _NEEDED and not text:
        raise InputError(_("Fill this in."), where=name)
    if getattr(household, name) == text:
        return False
    setattr(household, name, text)
    return True


def _name(household: Household, text: str) -> str:
    if "*" in text and text == mask_name(household.head_name):
        return household.head_name
    if "*" in text or not fits_a_name(text):
        raise InputError(_("Write the name in full, as it is spoken."), where="head_name")
    return text


def _set_phone(household: Household, text: str) -> bool:
    if "*" in text and text == masked_phone(household):
        return False
    village = household.area_code[:12]
    is_demo = Region.objects.filter(code=village, is_demo=True).exists()
    phone = kept_phone(text, is_demo=is_demo)
    hashed = crypto.lookup_hash(phone, purpose="phone")
    if bytes(household.phone_hash) == hashed:
        return False
    household.phone_cipher = crypto.encrypt(phone, purpose="household.phone")
    household.phone_hash = hashed
    return True
