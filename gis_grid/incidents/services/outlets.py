"""Telling other systems and offices' mailboxes of what happens: settings of the server.

What goes out names the incident and its state, never a person or a word of what was told. What
somebody is complained of in goes nowhere: who reads a mailbox is not known here.
"""

import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from gis_grid.audit.services import SYSTEM, record
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.outward import FAILURES, asked
from gis_grid.incidents.models import Incident, Notice

TIMEOUT_S = 10.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UndeliveredError(Exception):
    """The other side did not take it; it is tried again."""


@dataclass(frozen=True)
class Outlet:
    """Where news go: `url` with `secret`, or `to`; of which areas and on which occasions."""

    name: str
    areas: tuple[str, ...]
    why: frozenset[str]
    url: str = ""
    secret: str = ""
    to: tuple[str, ...] = ()

    def wants(self, incident: Incident, why: str) -> bool:
        """Whether this is news for it."""
        inside = any(incident.area_code.startswith(prefix_of(area)) for area in self.areas)
        return inside and why in self.why and incident.complained_of_id is None


def outlets() -> tuple[Outlet, ...]:
    """Those of the setting `INCIDENT_OUTLETS`; ImproperlyConfigured where it can't be read."""
    return _read(settings.INCIDENT_OUTLETS)


@cache
def _read(text: str) -> tuple[Outlet, ...]:
    if not text:
        return ()
    try:
        rows = json.loads(text)
        found = tuple(_outlet(name, row) for name, row in dict(rows).items())
    except (ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(f"INCIDENT_OUTLETS can't be read: {error!r}") from None
    return found


def _outlet(name: str, row: Mapping[str, Any]) -> Outlet:
    areas = tuple(row["areas"])
    if not areas or not all(is_area_code(area) for area in areas):
        raise ValueError(f"{name}: areas are codes of 12 digits, or a grid's of 15")
    why = frozenset(row.get("why", Notice.Why.values))
    if why - set(Notice.Why.values):
        raise ValueError(f"{name}: why is among {', '.join(Notice.Why.values)}")
    url, to = row.get("url", ""), tuple(row.get("to", ()))
    if bool(url) == bool(to):
        raise ValueError(f"{name}: give a url, or mail addresses as to")
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if url and not (is_safe and len(row.get("secret", "")) >= 16):
        raise ValueError(f"{name}: an https address, and a secret of at least 16 characters")
    if not all("@" in one for one in to):
        raise ValueError(f"{name}: to is a list of mail addresses")
    return Outlet(name, areas, why, url, row.get("secret", ""), to)


def announce(incident: Incident, why: str, now: dt.datetime) -> int:
    """Hand the news to the worker, in the caller's transaction; answers to how many outlets."""
    wanted = [one for one in outlets() if one.wants(incident, why)]
    if not wanted:
        return 0
    # Not at import: tasks know this module.
    from gis_grid.incidents.tasks import deliver

    body = {
        "event": why,
        "incident": incident.pk,
        "register_no": incident.register_no,
        "category": incident.category.code,
        "kind": incident.kind,
        "severity": incident.severity,
        "state": incident.state,
        "area": incident.area_code,
        "at": now.isoformat(timespec="seconds"),
    }
    for outlet in wanted:
        deliver.defer(outlet=outlet.name, body=body | {"id": str(uuid.uuid4())})
    return len(wanted)


def send(name: str, body: dict[str, Any]) -> None:
    """Send the news and log it; UndeliveredError where the other side does not take it."""
    outlet = next((one for one in outlets() if one.name == name), None)
    if outlet is None:
        return  # Taken out of the settings since.
    if outlet.url:
        _post(outlet, body)
    else:
        _mail(outlet, body)
    _log(outlet, body, "incident_announced")


def give_up(name: str, body: dict[str, Any]) -> None:
    """Log that the last try has failed."""
    outlet = next((one for one in outlets() if one.name == name), None)
    if outlet is not None:
        _log(outlet, body, "incident_unannounced")


def _log(outlet: Outlet, body: dict[str, Any], action: str) -> None:
    record(
        acting_user=SYSTEM,
        action=action,
        subject_type="incident",
        subject_id=body["incident"],
        area_code=body["area"],
        detail={"outlet": outlet.name, "event": body["event"]},
    )


def _post(outlet: Outlet, body: dict[str, Any]) -> None:
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    stamp = str(int(dt.datetime.now(dt.UTC).timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Gis-Grid-Delivery": body["id"],
        "X-Gis-Grid-Time": stamp,
        "X-Gis-Grid-Signature": signature(outlet.secret, stamp, content),
    }
    try:
        # Any status but 2xx is a failure: redirects are not followed.
        with asked(outlet.url, headers=headers, timeout_s=TIMEOUT_S, body=content):
            pass
    except FAILURES as error:
        raise UndeliveredError(str(error)[:200]) from None


def signature(secret: str, stamp: str, content: bytes) -> str:
    """HMAC-SHA256 in hex over the time, a dot and the body: what the other side compares."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()


def _mail(outlet: Outlet, body: dict[str, Any]) -> None:
    why = str(Notice.Why(body["event"]).label)
    subject = f"{why} {body['register_no']}"
    address = f"{settings.PUBLIC_URL.rstrip('/')}/incidents/{body['incident']}/"
    text = _("%(why)s: %(number)s. Open it here: %(address)s") % {
        "why": why, "number": body["register_no"], "address": address,
    }  # fmt: skip
    try:
        EmailMessage(subject, text, to=list(outlet.to)).send()
    except OSError as error:
        raise UndeliveredError(str(error)[:200]) from None
