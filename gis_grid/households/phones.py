"""A household's phone as it is kept: one rule for loads and for entering by hand."""

import unicodedata

from django.utils.translation import gettext as _

from gis_grid.core.errors import InputError
from gis_grid.core.personal import DEMO_PHONE, normalise_phone, phone_ok


def kept_phone(text: str, *, is_demo: bool, where: str = "phone") -> str:
    """The number normalised, empty for none; InputError for what is none.

    A demonstration holds numbers of the demonstration only, and nothing else holds them.
    """
    number = normalise_phone(text if text.isascii() else unicodedata.normalize("NFKC", text))
    if not number:
        return ""
    if not (number.isascii() and phone_ok(number)):
        raise InputError(
            _("This is no phone number: 11 digits, or a landline with its area code."), where=where
        )
    if bool(DEMO_PHONE.match(number)) is not is_demo:
        raise InputError(
            _("A demonstration may only hold numbers 199 0000 ….")
            if is_demo
            else _("Numbers 199 0000 …. are kept for demonstrations: enter the real one."),
            where=where,
        )
    return number
