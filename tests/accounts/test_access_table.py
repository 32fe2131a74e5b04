"""Every address says what it needs, and holds to it."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from ninja import NinjaAPI

from gis_grid.accounts.api_auth import API_AUTH, SessionAuth, TokenAuth
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import NotSignedInError
from gis_grid.fieldsync.device_auth import DeviceAuth

# What strangers may open; anything else asks for a login.
OPEN = {
    "healthz",
    "language/",
    "sign-in/",
    "sign-out/",
    # The page for the field holds no data: all of it comes by the device's token.
    "field/",
    "field/sw.js",
    "field/manifest.webmanifest",
}
OPEN_OPERATIONS = ["api/v1/devices/enrol", "api/v1/healthz"]
KNOWN_WAYS = (TokenAuth, SessionAuth, DeviceAuth)
ACCESS = {"anyone", "signed in", *Permission.values}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        address = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from addresses(found, address)
        else:
            yield address, found


TABLE = dict(addresses(get_resolver()))
PAGES = {a: p for a, p in TABLE.items() if not a.startswith("api/")}


@pytest.mark.parametrize("address", PAGES)
def test_each_page_says_what_it_needs(address: str) -> None:
    access = getattr(PAGES[address].callback, "access", None)
    assert access in ACCESS, f"{address}: wrap the view in needs(…), signed_in(…) or anyone(…)"
    assert (access == "anyone") is (address in OPEN)


def open_operations(table: dict[str, URLPattern]) -> list[str]:
    """Addresses of the API with an operation that lets in anybody, or by another way."""
    return [
        address
        for address, pattern in table.items()
        for cell in getattr(pattern.callback, "__closure__", None) or ()
        for operation in getattr(cell.cell_contents, "operations", [])
        if not operation.auth_callbacks
        or not all(isinstance(asks, KNOWN_WAYS) for asks in operation.auth_callbacks)
    ]


def test_each_operation_of_the_api_asks_who_calls() -> None:
    assert sorted(open_operations(TABLE)) == OPEN_OPERATIONS


def test_an_operation_that_asks_nobody_is_found() -> None:
    api = NinjaAPI(auth=API_AUTH, urls_namespace="api-of-the-access-test")
    api.get("/closed")(lambda request: "")
    api.get("/open", auth=None)(lambda request: "")
    patterns, _app, _namespace = api.urls
    found = open_operations({str(p.pattern): p for p in patterns if p.name != "api-root"})
    assert found == ["open"]


@pytest.mark.parametrize("address", sorted(set(PAGES) - OPEN))
def test_a_stranger_opens_nothing(address: str) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with pytest.raises(NotSignedInError):
        PAGES[address].callback(request)


@pytest.mark.django_db
def test_a_page_needs_its_permission(client: Client, cast: SimpleNamespace) -> None:
    for user, status in ((cast.auditor, 200), (cast.county, 403), (cast.nobody, 403)):
        client.force_login(user)
        assert client.get("/audit/").status_code == status
