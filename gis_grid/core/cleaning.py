"""A model's own checks as a refusal that names the field."""

from django.core.exceptions import ValidationError
from django.db.models import Model

from gis_grid.core.errors import InputError


def require_clean(instance: Model, *, but: tuple[str, ...] = ()) -> None:
    """InputError with the first field that can't be as it is, all of them in its details."""
    try:
        instance.full_clean(exclude=but)
    except ValidationError as error:
        where, messages = next(iter(error.message_dict.items()))
        raise InputError(" ".join(messages), where=where, details=error.message_dict) from error
