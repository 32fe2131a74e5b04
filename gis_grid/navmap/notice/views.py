"""The notice of a plan: a page to print, and the same as a PDF."""

from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.audit.services import record
from gis_grid.core.pdf import pdf_of
from gis_grid.navmap.notice.content import Notice, notice_of
from gis_grid.navmap.notice.drawing import drawing_of
from gis_grid.territory.models import ReferenceFeature
from gis_grid.territory.plans.selectors import plan_for
from gis_grid.territory.services.gridversions import stored


@require_safe
def notice_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The notice, to be looked at and printed; 404 out of sight, 409 before it is approved."""
    user = user_of(request)
    notice = notice_of(plan_for(user, plan_id), user)
    return render(request, "navmap/notice.html", _context(notice, user))


@require_safe
def notice_pdf(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The notice as a PDF; logged as taken out."""
    user = user_of(request)
    notice = notice_of(plan_for(user, plan_id), user)
    context = _context(notice, user) | {"is_pdf": True}
    content = pdf_of(render_to_string("navmap/notice.html", context, request))
    record(
        acting_user=user,
        action="plan_notice_exported",
        subject_type="plan",
        subject_id=notice.plan.pk,
        area_code=notice.plan.area_code,
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="notice-{notice.plan.pk}.pdf"'
    return answer


def _context(notice: Notice, user: User) -> dict[str, Any]:
    return {
        "notice": notice,
        "is_demo": notice.is_demo,
        "drawing": drawing_of(notice.cells, notice.changed, *_reference(notice, user)),
        "printed_at": timezone.localtime(),
        "printed_by": user,
    }


def _reference(notice: Notice, user: User) -> tuple[list[Any], list[Any]]:
    """Roads and waters around the grids."""
    frame = shapely.box(*shapely.total_bounds([cell.shape for cell in notice.cells.values()]))
    found = ReferenceFeature.objects.visible_to(user).filter(geom__bboverlaps=stored(frame))
    shapes: dict[str, list[Any]] = {"road": [], "water": []}
    for layer, geom in found.values_list("layer", "geom"):
        shapes[layer].append(shapely.from_wkb(bytes(geom.wkb)))
    return shapes["road"], shapes["water"]
