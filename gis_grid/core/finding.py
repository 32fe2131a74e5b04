"""One row of what a person may see, and as it was when the person looked."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from gis_grid.core.errors import MissingError, StateError

M = TypeVar("M", bound=Model)


def one_of(seen: QuerySet[M], pk: int) -> M:
    """The row of that key; MissingError where the person does not see it."""
    found = seen.filter(pk=pk).first()
    if found is None:
        raise MissingError
    return found


def held(seen: QuerySet[M], pk: int) -> M:
    """The same, locked until the end of the transaction."""
    return one_of(seen.select_for_update(of=("self",)), pk)


def require_revision(found: int, seen: int) -> None:
    """StateError where the person saw an older state of it."""
    if found != seen:
        raise StateError(_("Somebody else has changed it meanwhile. Look, then decide again."))
