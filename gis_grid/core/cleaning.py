"""A model's own checks as a refusal that names the field."""

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from gis_grid.core.errors import InputError
from gis_grid.core.personal import normalise_phone, phone_ok
from gis_grid.core.texts import tidy


def require_clean(instance: Model, *, but: tuple[str, ...] = ()) -> None:
    """InputError with the first field that can't be as it is, all of them in its details.

    Control characters are taken out of its texts.
    """
    for field in instance._meta.concrete_fields:
        text = instance.__dict__.get(field.attname)
        if isinstance(text, str):
            setattr(instance, field.attname, tidy(text))
    try:
        instance.full_clean(exclude=but)
    except ValidationError as error:
        where, messages = next(iter(error.message_dict.items()))
        raise InputError(" ".join(messages), where=where, details=error.message_dict) from error


def check_phone(text: str) -> None:
    """ValidationError where a field's text, if any, is no telephone number."""
    if text and not phone_ok(normalise_phone(text)):
        raise ValidationError(
            _("This is no phone number: 11 digits, or a landline with its area code.")
        )
