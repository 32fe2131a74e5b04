"""Filters of the list that a person keeps; theirs alone."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError
from gis_grid.core.texts import tidy
from gis_grid.incidents.models import SavedFilter

MOST = 20
# What the list takes; anything else in an address is left out.
FIELDS = (
    "state", "kind", "category", "q", "office", "moment", "since", "until", "area", "overdue",
    "mine", "own",
)  # fmt: skip


@transaction.atomic
def save_filter(*, acting_user: User, name: str, query: str) -> SavedFilter:
    """Keep the query under the name; what had the name before is replaced.

    InputError for a name or query that says nothing, or where there are too many.
    """
    name = tidy(name).strip()
    if not name or len(name) > 40:
        raise InputError(_("Give it a name of at most 40 characters."), where="name")
    kept = QueryDict(mutable=True)
    given = QueryDict(query)
    for field in FIELDS:
        if given.get(field):
            kept[field] = given[field]
    if "state" in given and not given["state"]:
        kept["state"] = ""
    text = kept.urlencode()
    if not text or len(text) > 500:
        raise InputError(_("Choose a filter first."), where="query")
    own = SavedFilter.objects.select_for_update().filter(user=acting_user)
    if own.exclude(name=name).count() >= MOST:
        raise InputError(_("You have %(n)d filters: take one away first.") % {"n": MOST})
    saved, _made = SavedFilter.objects.update_or_create(
        user=acting_user, name=name, defaults={"query": text}
    )
    return saved


def drop_filter(*, acting_user: User, filter_id: int) -> None:
    """Take one's own filter away; MissingError for any other."""
    count, _all = SavedFilter.objects.filter(user=acting_user, pk=filter_id).delete()
    if not count:
        raise MissingError
