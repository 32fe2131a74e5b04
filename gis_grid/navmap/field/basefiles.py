"""Map files that a tablet may take along, by its token; a browser's session has no part in it."""

import functools
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import View, needs
from gis_grid.accounts.policies import Permission
from gis_grid.fieldsync.device_auth import caller_by_header
from gis_grid.navmap.basemaps import configured
from gis_grid.navmap.proxy import views as proxy


def by_token(permission: Permission, view: View) -> View:
    """`view` for who holds `permission` and calls with a tablet's token."""
    inner = needs(permission, view)

    @functools.wraps(inner)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        caller_by_header(request)
        return inner(request, *args, **kwargs)

    return guarded


@require_safe
def listed(request: HttpRequest) -> JsonResponse:
    """Files of the setting that are there; what comes from other hosts needs a connection."""
    files = [
        {
            "id": one.id,
            "label": gettext(one.label),
            "url": reverse("field_basemap", args=[one.id]),
            "bytes": one.file.stat().st_size,
        }
        for one in configured(settings.BASEMAPS)
        if one.file and one.file.is_file()
    ]
    return JsonResponse({"files": files})


@require_safe
def one(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file itself, whole or by ranges."""
    return proxy.file(request, name)
