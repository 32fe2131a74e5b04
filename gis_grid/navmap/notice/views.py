"""The notice of a plan: a page to print, and the same as a PDF."""

from typing import TYPE_CHECKING

import shapely
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.audit.services import record
from gis_grid.core.paper.sizes import SIZES_MM, paper_of
from gis_grid.navmap.notice.content import Notice, notice_of
from gis_grid.territory.models import ReferenceFeature
from gis_grid.territory.plans.selectors import plan_for
from gis_grid.territory.services.gridversions import stored

if TYPE_CHECKING:
    from gis_grid.printing.sheet import Sheet


@require_safe
def notice_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The notice, to be looked at and printed; 404 out of sight, 409 before it is approved."""
    user = user_of(request)
    notice = notice_of(plan_for(user, plan_id), user)
    context = {
        "notice": notice,
        "is_demo": notice.is_demo,
        "sizes": list(SIZES_MM),
        "printed_at": timezone.localtime(),
        "printed_by": user,
    }
    return render(request, "navmap/notice.html", context)


@require_safe
def notice_map(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The map of the notice for the page, as SVG."""
    from gis_grid.core.paper.canvas import svg_of
    from gis_grid.printing.sheet import draw_map_alone

    user = user_of(request)
    notice = notice_of(plan_for(user, plan_id), user)
    paper = paper_of("A4", "landscape")
    sheet = _sheet(notice, user)
    content = svg_of(paper, lambda canvas: draw_map_alone(canvas, sheet, paper))
    return HttpResponse(content, content_type="image/svg+xml")


@require_safe
def notice_pdf(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The notice as a PDF of the wall map's engine, A4 unless another size is asked for; logged
    as taken out.
    """
    from gis_grid.core.paper.canvas import Book
    from gis_grid.printing.sheet import add_sheet

    user = user_of(request)
    notice = notice_of(plan_for(user, plan_id), user)
    size = request.GET.get("size", "A4")
    if size not in SIZES_MM:
        size = "A4"
    sheet = _sheet(notice, user)
    book = Book(title=sheet.title, author=str(user), subject=sheet.subtitle)
    add_sheet(book, sheet, paper_of(size, "portrait"))
    record(
        acting_user=user,
        action="plan_notice_exported",
        subject_type="plan",
        subject_id=notice.plan.pk,
        area_code=notice.plan.area_code,
    )
    answer = HttpResponse(book.done(), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="notice-{notice.plan.pk}.pdf"'
    return answer


def _sheet(notice: Notice, user: User) -> "Sheet":
    """Cairo takes a second to load, and only this needs it."""
    from gis_grid.navmap.notice.drawing import sheet_of
    from gis_grid.printing.sheet import Imprint

    frame = shapely.box(*shapely.total_bounds([cell.shape for cell in notice.cells.values()]))
    found = ReferenceFeature.objects.visible_to(user).filter(geom__bboverlaps=stored(frame))
    note = _("Plan %(number)s") % {"number": notice.plan.pk}
    return sheet_of(
        notice, found, Imprint(str(user), timezone.localtime(), notice.is_demo, note=note)
    )
