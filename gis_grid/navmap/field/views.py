"""The frame of the page, its service worker and what a home screen asks. No data at all:
everything comes later by the device's token.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gis_grid.core.security import content_security_policy_of_kept, permissions_policy
from gis_grid.navmap.field import files

# What work in the field needs of a device: voice notes, a compass, a screen that stays on.
FEATURES = (
    "accelerometer",
    "gyroscope",
    "magnetometer",
    "microphone",
    "screen-wake-lock",
)


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    frame = files.code().frame
    answer = HttpResponse(frame.body)
    answer.headers["Content-Security-Policy"] = content_security_policy_of_kept(frame.import_map)
    answer.headers["Permissions-Policy"] = permissions_policy(FEATURES)
    # The browser's own store must never give an old frame beside new files.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(files.worker(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(files.manifest(), content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
