"""Calling the API as a signed-in person."""

import json
from typing import Any

from django.test import Client

from gis_grid.accounts.models import User


class Caller:
    """`caller(path)` reads, `caller(path, body)` sends: (status, JSON or the answer itself)."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(user, backend="gis_grid.accounts.backends.AccountBackend")

    def __call__(self, path: str, body: Any = None, method: str = "post") -> tuple[int, Any]:
        url = f"/api/v1/{path}"
        if body is None:
            answer: Any = self.client.get(url)
        else:
            send = getattr(self.client, method)
            answer = send(url, json.dumps(body), content_type="application/json")
        is_json = answer["Content-Type"].startswith("application/json")
        return answer.status_code, json.loads(answer.content) if is_json else answer
