"""A model's own checks as a refusal that names the field."""

from django.core.exceptions import ValidationError
from django.db.models import Model

from gis_grid.core.errors import InputError
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
