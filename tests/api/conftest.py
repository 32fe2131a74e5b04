"""A client of the API for one of the cast."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gis_grid.accounts.models import User


class Caller:
    """Asks as one person; `get` answers (status, body) with streams read to their end."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(headers={"accept-language": "en"})
        if user is not None:
            self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])

    def response(self, path: str, **kwargs: Any) -> Any:
        url = path if path.startswith("http") else f"/api/v1/{path}"
        return self.client.get(url, **kwargs)

    def get(self, path: str, **kwargs: Any) -> tuple[int, Any]:
        response = self.response(path, **kwargs)
        content = response.getvalue() if response.streaming else response.content
        return response.status_code, json.loads(content)


@pytest.fixture
def call(db: None) -> Callable[[User | None], Caller]:
    return Caller
