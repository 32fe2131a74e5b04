"""A tablet in a test: enrolled for a person, calling with its token."""

import datetime as dt
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from gis_grid.accounts.api_auth import digest_of
from gis_grid.accounts.models import User
from gis_grid.fieldsync.models import Device


class Tablet:
    """`tablet(path)` reads, `tablet(path, body)` sends: (status, JSON)."""

    def __init__(self, user: User, token: str = "", device: Device | None = None) -> None:
        self.user = user
        self.token = token or f"gd_{user.username}-tablet"
        self.device = device or Device.objects.create(
            user=user,
            name=f"{user.username}'s tablet",
            token_digest=digest_of(self.token),
            expires_at=timezone.now() + dt.timedelta(days=60),
        )
        self.headers = {"authorization": f"Bearer {self.token}", "accept-language": "en"}
        self.client = Client(headers=self.headers, enforce_csrf_checks=True)

    def __call__(self, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"/api/v1/{path}"
        if body is None:
            answer = self.client.get(url)
        else:
            answer = self.client.post(url, json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()
