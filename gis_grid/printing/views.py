"""The page on which prints and snapshots are chosen, and what became of them."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import InputError
from gis_grid.core.paper.sizes import SIZES_MM
from gis_grid.households.models import Tag
from gis_grid.households.selectors import visible_tags
from gis_grid.printing.areas import areas_of
from gis_grid.printing.choice import FORMS, LABELS, LAYERS, TILES, USUAL, Choice
from gis_grid.printing.models import PrintJob
from gis_grid.printing.services.printing import file_of, job_of, print_map
from gis_grid.printing.services.snapshots import MOST_DAYS, USUAL_DAYS, take, view_of

SHOWN_JOBS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def print_page(request: HttpRequest) -> HttpResponse:
    """Choose what to print; a small print is ready with the answer."""
    user = user_of(request)
    if request.method != "POST":
        return _page(request, user, request.GET)
    try:
        job = print_map(acting_user=user, choice=Choice.read(request.POST))
    except InputError as error:
        return _page(request, user, request.POST, error)
    if job.state == PrintJob.State.DONE and not job.missing:
        return redirect("print_file", key=job.key)
    return redirect("print_job", key=job.key)


def _page(
    request: HttpRequest, user: User, data: QueryDict, error: InputError | None = None
) -> HttpResponse:
    context = _choices(request, user, data) | {
        "sizes": SIZES_MM,
        "size": data.get("size") or "A3",
        "orientation": data.get("orientation") or "landscape",
        "forms": FORMS.items(),
        "form": data.get("form") or "sheet",
        "tiles": TILES,
        "jobs": [
            (job, FORMS.get(job.choice.get("form"), ""))
            for job in PrintJob.objects.visible_to(user)[:SHOWN_JOBS]
        ],
        "error": error,
    }
    return render(request, "printing/page.html", context, status=error.status if error else 200)


def _choices(request: HttpRequest, user: User, data: QueryDict) -> dict[str, Any]:
    """What prints and snapshots alike ask for, as the person may see it."""
    is_sent = request.method == "POST"
    tags = visible_tags(user) if user.may(Permission.HOUSEHOLD_VIEW) else []
    chosen = set(data.getlist("layers")) if is_sent else set(USUAL)
    chosen_tags = set(data.getlist("tags"))
    return {
        "groups": areas_of(user),
        "data": data,
        "layers": [
            (name, LABELS[name], name in chosen)
            for name, permission in LAYERS.items()
            if user.may(permission)
        ],
        "tags": [
            (
                tag,
                tag.visibility == Tag.Visibility.WELFARE,
                tag.slug in chosen_tags if is_sent else tag.visibility == Tag.Visibility.OPEN,
            )
            for tag in tags
        ],
        "may_reveal": user.may(Permission.PERSONAL_REVEAL) and user.may(Permission.EXPORT),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def snapshot_page(request: HttpRequest) -> HttpResponse:
    """Choose a view for a meeting; the answer is one file that opens without a server."""
    user = user_of(request)
    data = request.POST if request.method == "POST" else request.GET
    error = None
    if request.method == "POST":
        try:
            days = data.get("days", "")
            taken = take(
                acting_user=user,
                choice=Choice.read(data),
                days=int(days) if days.isdecimal() and len(days) < 5 else 0,
                view=view_of(data.get("view", "")),
            )
        except InputError as refused:
            error = refused
        else:
            answer = HttpResponse(taken.content, content_type="text/html; charset=utf-8")
            disposition = content_disposition_header(True, taken.name)
            answer["Content-Disposition"] = disposition or "attachment"
            return answer
    context = _choices(request, user, data) | {
        "error": error,
        "days": data.get("days") or USUAL_DAYS,
        "most_days": MOST_DAYS,
    }
    return render(request, "printing/snapshot.html", context, status=error.status if error else 200)


@require_safe
def job_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a print is, what is missing on it, and where it lies."""
    return render(request, "printing/job.html", {"job": job_of(user_of(request), key)})


@require_safe
def job_file(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The PDF of one's own print."""
    job, content = file_of(user_of(request), key)
    answer = HttpResponse(content, content_type="application/pdf")
    name = _("Map of %(area)s.pdf") % {"area": job.title}
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer
