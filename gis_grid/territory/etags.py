"""ETags of lists: equal exactly where two people would get the same bytes."""

import hashlib
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import get_language

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.territory.services.versions import version_of

_SIGHT = (Permission.MAP_VIEW, Permission.HOUSEHOLD_VIEW, Permission.WELFARE_VIEW)


def etag_of(user: User, layers: Sequence[str], *parts: object) -> str:
    """A strong ETag of what `user` sees of the layers today.

    `parts` is whatever else the answer depends on: the query, the tags that are known.
    Read before the data: an answer may be newer than its tag says, never older.
    """
    versions = [version_of(layer, user) for layer in layers]
    sight = [(permission.value, user.scope(permission).prefixes) for permission in _SIGHT]
    text = repr((versions, sight, timezone.localdate(), get_language(), parts))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:40]}"'
