"""Notices where people look: a bell with a number, told live."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.live import LISTENER
from gis_grid.incidents.models import Incident, Notice
from gis_grid.incidents.services import telling

_SHOWN = 20


def hears_notices(request: HttpRequest) -> dict[str, object]:
    """Whether the person's pages have a bell. Asked lazily."""

    def hears() -> bool:
        user = getattr(request, "user", None)
        return isinstance(user, User) and user.may(Permission.INCIDENT_VIEW)

    return {"hears_notices": SimpleLazyObject(hears)}


@never_cache
@require_safe
def stream(request: HttpRequest) -> HttpResponse:
    """Server-sent events: an event `notice` whenever there is something new.

    A server that holds no streams ends here; browsers then ask again every few seconds.
    """
    response = HttpResponse(
        "retry: 5000\nevent: notice\ndata: \n\n", content_type="text/event-stream"
    )
    response[LISTENER] = str(user_of(request).pk)
    response["X-Accel-Buffering"] = "no"
    return response


@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """The latest unread notices of the person, and how many there are; a POST marks all read."""
    user = user_of(request)
    if request.method == "POST":
        telling.mark_read(acting_user=user)
    unread = Notice.objects.filter(
        user=user, read_at=None, incident__in=Incident.objects.visible_to(user)
    )
    shown = unread.select_related("incident").order_by("-pk")[:_SHOWN]
    answer = render(
        request, "incidents/bell_list.html", {"notices": shown, "count": (count := unread.count())}
    )
    answer["X-Unread"] = str(count)
    return answer
