"""A client of the services for one of the cast, by a bearer token."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.accounts.services.tokens import token_create
from gis_grid.audit.services import SYSTEM


def token_of(user: User) -> str:
    return token_create(acting_user=SYSTEM, user=user, label="gis", days=7)[1]


class Service:
    """Asks as one person; `get` answers (status, JSON)."""

    def __init__(self, user: User | None) -> None:
        headers = {"accept-language": "en"}
        if user is not None:
            headers["authorization"] = f"Bearer {token_of(user)}"
        self.client = Client(headers=headers)

    def response(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(path if path.startswith("http") else f"/ogc/{path}", **kwargs)

    def get(self, path: str, query: dict[str, str] | None = None) -> tuple[int, Any]:
        answer = self.response(path, query_params=query)
        return answer.status_code, json.loads(answer.content)

    def items(self, name: str, **query: Any) -> list[dict[str, Any]]:
        """Features of the first page; a blank in a name of a parameter is a hyphen."""
        asked = {key.replace("_", "-"): str(value) for key, value in query.items()}
        status, body = self.get(f"collections/{name}/items", asked)
        assert status == 200, body
        return list(body["features"])

    def codes(self, name: str = "households", **query: Any) -> list[str]:
        return [feature["properties"]["code"] for feature in self.items(name, **query)]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            f"/ogc/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/geo+json",
            headers=told,
        )


@pytest.fixture
def service(db: None) -> Callable[[User | None], Service]:
    return Service
