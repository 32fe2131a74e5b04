"""The signature of a snapshot: this server alone can make it, over the whole file."""

import re

from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "gis_grid.snapshot"
EMPTY = "0" * 64
MARK = '<meta name="gis-grid-signature" content="{}">'
_FOUND = re.compile(rb'<meta name="gis-grid-signature" content="([0-9a-f]{64})">')


def signed(page: str) -> str:
    """The page with its signature in the place that `MARK` holds empty."""
    empty = MARK.format(EMPTY)
    if page.count(empty) != 1:
        raise ValueError("A page to be signed has one empty mark.")
    return page.replace(empty, MARK.format(_hmac(page.encode())))


def is_ours(content: bytes) -> bool:
    """Whether the file is just as this server signed it."""
    found = _FOUND.findall(content)
    if len(found) != 1:
        return False
    empty = _FOUND.sub(MARK.format(EMPTY).encode(), content)
    return constant_time_compare(_hmac(empty), found[0].decode())


def _hmac(content: bytes) -> str:
    return salted_hmac(_SALT, content, algorithm="sha256").hexdigest()
