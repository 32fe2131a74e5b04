"""`GET /tiles/…` as a page of the whole stack; `shortcut` goes before it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.models import User
from gis_grid.core.errors import BusyError, NotSignedInError
from gis_grid.core.middleware import error_response
from gis_grid.navmap.tiles import serve, shortcut
from gis_grid.navmap.tiles.viewer import Viewer

RETRY_AFTER_S = 2


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A vector tile in the user's scope.

    401 for strangers, 404 for what is no tile, 422 for a parameter that can't be read, 503
    where the database is too busy.
    """
    if not isinstance(request.user, User):
        raise NotSignedInError(_("Sign in first."))
    wanted = shortcut.request_of(path, request.META.get("QUERY_STRING", ""))
    viewer = Viewer.of(request.user)
    try:
        found = serve.answer(viewer, wanted, request.headers.get("If-None-Match", ""))
    except BusyError as error:
        refusal = error_response(request, error)
        refusal["Retry-After"] = str(RETRY_AFTER_S)
        return refusal
    _remember(request, viewer)
    response = _response(found)
    response["ETag"] = found.etag
    for name, value in serve.HEADERS.items():
        response[name] = value
    return response


def _response(found: serve.Answer) -> HttpResponse:
    if found.body is None:
        return HttpResponseNotModified()
    return HttpResponse(found.body, content_type=serve.CONTENT_TYPE)


def _remember(request: HttpRequest, viewer: Viewer) -> None:
    """Only where it was the session's cookie that let the person in."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if "Authorization" not in request.headers and cookie == request.session.session_key:
        shortcut.memory.remember(cookie, viewer)
