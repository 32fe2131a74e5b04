"""What every answer says to the browser about what it may load, and who is asking."""

import base64
import hashlib
import secrets
from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

# Sources by directive; scripts also get the nonce of the request. Styles set through the
# CSSOM, as Leaflet does, need no exception.
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
REFUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def permissions_policy(allowed: Collection[str] = ()) -> str:
    """The header's value; of what is refused elsewhere a page may use `allowed` itself."""
    opened = [f"{feature}=(self)" for feature in ("geolocation", *allowed)]
    refused = [f"{feature}=()" for feature in REFUSED_FEATURES if feature not in allowed]
    return ", ".join([*opened, *refused])


# Stands on every answer, whichever way it takes; pages add their nonce to the policy.
HEADERS = {
    "Content-Security-Policy": "; ".join(
        f"{directive} {value}" for directive, value in CONTENT_SECURITY_POLICY.items()
    ),
    "Permissions-Policy": permissions_policy(),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def new_nonce() -> str:
    """A nonce for the scripts of one answer, 128 random bits."""
    return secrets.token_urlsafe(16)


def content_security_policy(nonce: str) -> str:
    """The header's value; `nonce` opens inline scripts of this answer only."""
    return _policy_with(f"nonce-{nonce}")


def content_security_policy_of_kept(script: str) -> str:
    """The value for a page that is kept: it opens the one inline script of exactly this text."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _policy_with(f"sha256-{digest}")


def _policy_with(source: str) -> str:
    sources = CONTENT_SECURITY_POLICY | {"script-src": f"'self' '{source}'"}
    return "; ".join(f"{directive} {value}" for directive, value in sources.items())


def client_address(request: HttpRequest) -> str:
    """Address of the browser, as the nearest trusted hop saw it.

    With `PROXY_COUNT` n, the n-th entry of X-Forwarded-For from the right: those further
    left are the client's own words. Fewer entries than proxies: the connection's address.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    count: int = settings.PROXY_COUNT
    if not count:
        return direct
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    return hops[-count] if len(hops) >= count and hops[-count] else direct


def wants_page(request: HttpRequest) -> bool:
    """True where a person looks at the answer, False for scripts and the API."""
    if request.path.startswith(("/api/", "/ogc/")):
        return False
    return "text/html" in request.headers.get("Accept", "")
