"""What of incidents goes on paper or into a workbook: the file of a case, the circular.

Everything that leaves the house needs `Permission.EXPORT` and is logged.
"""

from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.pdf import pdf_of
from gis_grid.core.workbook import workbook_answer
from gis_grid.incidents.extract import extract_of
from gis_grid.incidents.pages.circular import circular_context, period_of
from gis_grid.incidents.pages.circularbook import write_circular
from gis_grid.incidents.pages.file import context_of
from gis_grid.incidents.selectors import the_incident
from gis_grid.incidents.services.attaching import SHELF
from gis_grid.incidents.services.writing import log
from gis_grid.territory.models import Region


@require_safe
def file_pdf(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The file of a case for the folder: names masked as on the page, with its map and photos."""
    user = user_of(request)
    incident = the_incident(user, incident_id)
    user.require(Permission.EXPORT, incident.area_code)
    attached = [one for one in incident.attachments.all() if one.thumb_digest]
    pictures = {f"picture:{one.pk}": SHELF.read(one.thumb_digest) for one in attached}
    context = context_of(incident, user) | {
        "drawing": extract_of(incident, user),
        "pictures": [(f"picture:{one.pk}", one.name) for one in attached],
        "is_demo": Region.objects.filter(code=incident.area_code[:12], is_demo=True).exists(),
    }
    content = pdf_of(_paper(request, "incidents/file_paper.html", context, user), pictures)
    log(incident, user, "incident_exported")
    return _pdf(content, f"{incident.register_no}.pdf")


@require_safe
def circular_pdf(request: HttpRequest) -> HttpResponse:
    """The circular to be signed and sent round."""
    user = user_of(request)
    context = circular_context(request, Permission.EXPORT)
    content = pdf_of(_paper(request, "incidents/circular_paper.html", context, user))
    _log_circular(request, user, "pdf")
    return _pdf(content, _circular_name(request, "pdf"))


@require_safe
def circular_xlsx(request: HttpRequest) -> FileResponse:
    """The circular as a workbook."""
    user = user_of(request)
    context = circular_context(request, Permission.EXPORT)

    def write(out: IO[bytes]) -> None:
        write_circular(out, context["told"], by=user)
        _log_circular(request, user, "xlsx")

    return workbook_answer(_circular_name(request, "xlsx"), write)


def _paper(request: HttpRequest, template: str, context: dict[str, Any], user: User) -> str:
    printed = {"is_pdf": True, "printed_at": timezone.localtime(), "printed_by": user}
    return render_to_string(template, context | printed, request)


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _circular_name(request: HttpRequest, ending: str) -> str:
    since, until = period_of(request).days
    return _("Circular %(since)s %(until)s") % {"since": since, "until": until} + f".{ending}"


def _log_circular(request: HttpRequest, user: User, form: str) -> None:
    since, until = period_of(request).days
    record(
        acting_user=user,
        action="circular_exported",
        subject_type="incident",
        subject_id="",
        area_code=user.scope(Permission.EXPORT).common_area(),
        detail={"since": since.isoformat(), "until": until.isoformat(), "form": form},
    )
