"""Asking other hosts: addresses that a setting names, and nowhere that they lead to."""

import http.client
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

# What an answer can fail with, or reading it; `urllib.error.HTTPError` has the status.
FAILURES = (OSError, http.client.HTTPException, ValueError)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could lead anywhere, also inside one's own network."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_direct = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
_outward = urllib.request.build_opener(_NoRedirects)


@contextmanager
def asked(
    address: str, *, headers: Mapping[str, str], timeout_s: float, body: bytes | None = None
) -> Iterator[Any]:
    """The answer of a GET, or with a body of a POST; raises one of `FAILURES`.

    The caller has checked scheme and host with the setting. Plain http goes by no proxy.
    """
    opener = _direct if urlsplit(address).scheme == "http" else _outward
    request = urllib.request.Request(  # noqa: S310 scheme and host were checked with the setting
        address, data=body, headers=dict(headers)
    )
    with opener.open(request, timeout=timeout_s) as answer:
        yield answer
