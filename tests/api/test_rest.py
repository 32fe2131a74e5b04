"""The API's smaller routes and its description."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client

from gis_grid.households.models import Household
from tests.conftest import JINPING, QUANFENG

pytestmark = pytest.mark.django_db


def test_me_says_roles_and_scope(cast: SimpleNamespace, call: Callable) -> None:
    body = call(cast.worker).get("me")[1]
    assert body["username"] == "worker"
    assert [(role["role"], role["area_code"]) for role in body["roles"]] == [
        ("grid_worker", QUANFENG)
    ]
    assert body["scope"]["map_view"] == [QUANFENG]
    assert "user_manage" not in body["scope"]
    assert call(cast.nobody).get("me")[1]["scope"] == {}


def test_search(cast: SimpleNamespace, household: Callable[..., Household], call: Callable) -> None:
    home = household(QUANFENG + "001", head_name="孙悟空")
    (hit,) = call(cast.town).get("search?q=孙悟")[1]
    assert (hit["kind"], hit["id"], hit["label"]) == ("household", str(home.pk), "孙*空")
    assert call(cast.outsider).get("search?q=孙悟") == (200, [])


@pytest.mark.parametrize("query", ["", "q=", "q=a&limit=0", "q=a&limit=9999", "q=%00"])
def test_a_bad_search_is_refused(cast: SimpleNamespace, call: Callable, query: str) -> None:
    status, body = call(cast.town).get(f"search?{query}")
    assert status == 422
    assert body["error"]["code"] == "bad_input"


def test_health_needs_no_login(call: Callable) -> None:
    status, body = call(None).get("healthz")
    assert status in (200, 503)
    assert body["database"] == "ok"
    assert body["migrations"] == "ok"


def test_every_route_is_described(cast: SimpleNamespace, call: Callable) -> None:
    schema = call(cast.town).get("openapi.json")[1]
    wanted = {
        "/api/v1/regions",
        "/api/v1/grids",
        "/api/v1/households",
        "/api/v1/households/{household_id}",
        "/api/v1/search",
        "/api/v1/tags",
        "/api/v1/me",
        "/api/v1/healthz",
    }
    assert wanted <= set(schema["paths"])
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            for parameter in operation.get("parameters", []):
                assert parameter["schema"], path


def test_the_page_of_the_api_asks_nothing_from_outside(
    cast: SimpleNamespace, call: Callable
) -> None:
    html = call(cast.town).response("docs").content.decode()
    assert "swagger" in html
    assert "http://" not in html
    assert "https://" not in html


def test_an_unknown_route_is_missing(cast: SimpleNamespace, call: Callable) -> None:
    response = call(cast.town).response("nonsense")
    assert response.status_code == 404
    assert JINPING not in response.content.decode()


def test_a_search_can_be_posted_by_the_page_alone(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    home = household(QUANFENG + "001", head_name="孙悟空")
    page = Client(enforce_csrf_checks=True)
    page.force_login(cast.town, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert page.post("/api/v1/search", {"q": "孙悟"}).status_code == 403
    csrf = get_token(page.get("/").wsgi_request)
    headers = {"x-csrftoken": csrf}
    answer = page.post("/api/v1/search", {"q": "孙悟", "limit": 5}, headers=headers)
    assert [hit["id"] for hit in answer.json()] == [str(home.pk)]
    assert page.post("/api/v1/search", {"q": ""}, headers=headers).status_code == 422
