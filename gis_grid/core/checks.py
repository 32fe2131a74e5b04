"""Mistakes of a deployment, found by `manage.py check` before a person meets them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from gis_grid.core.crypto import decode_key


@register()
def encryption_keys(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if not settings.FIELD_ENCRYPTION_KEYS or not settings.LOOKUP_HASH_KEY:
        problems.append(
            Error(
                "FIELD_ENCRYPTION_KEYS or LOOKUP_HASH_KEY is empty: personal data can't be kept.",
                hint="Set each to base64 of 32 random bytes; bin/run does it in var/env.",
                id="gis_grid.E001",
            )
        )
        return problems
    try:
        for text in [*settings.FIELD_ENCRYPTION_KEYS, settings.LOOKUP_HASH_KEY]:
            decode_key(text)
    except ImproperlyConfigured as error:
        problems.append(
            Error(str(error), hint="Use base64 of 32 random bytes.", id="gis_grid.E002")
        )
    return problems


@register(Tags.security, deploy=True)
def demo_is_off(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Error(
            "DEMO is on: the demo logins and their published password work.",
            hint="Set DEMO=0 where people's data is kept.",
            id="gis_grid.E003",
        )
    ]


@register(Tags.security, deploy=True)
def web_role_is_limited(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASE_URL != settings.DATABASE_OWNER_URL:
        return []
    return [
        checks.Warning(
            "The web serves with the role that owns the database: it could rewrite the audit log.",
            hint="Give DATABASE_URL a role of its own, DATABASE_OWNER_URL the owner.",
            id="gis_grid.W001",
        )
    ]
