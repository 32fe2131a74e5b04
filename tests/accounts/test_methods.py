"""HEAD asks as GET does; what is neither reading nor sending a form runs nothing."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from gis_grid.audit.models import Entry

pytestmark = pytest.mark.django_db
PAGES = ["/", "/map/households.html", "/map/households.json", "/audit/", "/password/", "/healthz"]


@pytest.fixture
def page(cast: SimpleNamespace) -> Client:
    page = Client()
    page.force_login(cast.county, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return page


@pytest.mark.parametrize("path", PAGES)
def test_head_answers_as_get_without_a_body(page: Client, path: str) -> None:
    answer = page.head(path)
    assert answer.status_code == page.get(path).status_code
    assert answer.content == b""


@pytest.mark.parametrize("path", [*PAGES, "/sign-in/", "/tiles/regions/0/0/0.mvt"])
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_other_methods_run_no_view(page: Client, path: str, method: str) -> None:
    before = Entry.objects.count()
    assert page.generic(method, path, secure=False).status_code in (403, 405)
    assert Entry.objects.count() == before
