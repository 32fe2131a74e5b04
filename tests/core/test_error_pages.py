"""Refusals and faults: one sentence in plain words, as a page or as JSON, never a traceback."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from gis_grid.config import urls
from gis_grid.core.errors import InputError, MissingError, NotAllowedError, TooLargeError

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.test_error_pages")]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

FAULTS: dict[str, Exception] = {
    "out-of-scope": MissingError(),
    "no-such-row": Http404("row 17 of secret_table"),
    "denied": PermissionDenied("secret reason"),
    "not-allowed": NotAllowedError("Only the county office draws boundaries."),
    "bad-input": InputError("Row 3: the code has 11 digits.", where="row 3"),
    "too-large": TooLargeError("The file is over 20 MB."),
    "body-too-large": RequestDataTooBig("secret limit"),
    "broken": RuntimeError("secret fault"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise FAULTS[name]


urlpatterns = [
    path("fail/<name>", fail),
    path("api/v1/fail/<name>", fail),
    *urls.urlpatterns,
]
EXPECTED = {
    "out-of-scope": (404, "not_found"),
    "no-such-row": (404, "not_found"),
    "denied": (403, "not_allowed"),
    "not-allowed": (403, "not_allowed"),
    "bad-input": (422, "bad_input"),
    "too-large": (413, "too_large"),
    "body-too-large": (413, "too_large"),
    "broken": (500, "server_error"),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("prefix", ["/fail/", "/api/v1/fail/"])
def test_a_script_gets_json(name: str, prefix: str) -> None:
    # A browser's own fetch of the API says that it takes pages; the API answers JSON all the same.
    accept = "text/html" if prefix.startswith("/api") else "*/*"
    answer = Client(raise_request_exception=False).get(prefix + name, headers={"accept": accept})
    status, code = EXPECTED[name]
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("name", FAULTS)
def test_a_person_gets_a_page(name: str) -> None:
    visitor = Client(raise_request_exception=False, headers={"accept": "text/html"})
    answer = visitor.get("/fail/" + name)
    assert answer.status_code == EXPECTED[name][0]
    assert "<h1>" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_out_of_scope_looks_like_what_does_not_exist(client: Client) -> None:
    bodies = {
        client.get(path).content for path in ("/fail/out-of-scope", "/fail/no-such-row", "/nowhere")
    }
    assert len(bodies) == 1
