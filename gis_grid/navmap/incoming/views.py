"""The wizard's pages: files that were brought, one of them at its step, its map and its errors."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError, InputError, MissingError, NotAllowedError
from gis_grid.exchange.forms import OF_KIND
from gis_grid.exchange.incoming import steps
from gis_grid.exchange.incoming.describing import Description, Part, describe
from gis_grid.exchange.incoming.mapping import Read, Sheet
from gis_grid.exchange.incoming.progress import progress_of
from gis_grid.exchange.incoming.targets import target_of, targets_for
from gis_grid.exchange.incoming.telling import counts_of
from gis_grid.exchange.incoming.words import FORMATS, REASONS, datum_choices, datum_label
from gis_grid.exchange.models import Intake
from gis_grid.navmap.incoming.preview import preview_of
from gis_grid.navmap.page import import_map
from gis_grid.navmap.views import map_config

MOST_LISTED = 50


def files_page(request: HttpRequest) -> HttpResponse:
    """One's files of the last seven days, and the form to bring one."""
    user = user_of(request)
    if not targets_for(user):
        raise NotAllowedError(_("Your role loads no files."))
    said, status = "", 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if not isinstance(file, UploadedFile):
                raise InputError(_("Choose a file first."), where="file")
            intake = steps.receive(acting_user=user, name=file.name or "", chunks=file.chunks())
            return redirect("file_in", intake.pk)
        except DomainError as error:
            said, status = str(error), error.status
    rows = Intake.objects.filter(user=user)[:MOST_LISTED]
    context = {"rows": rows, "said": said, "targets": targets_for(user)}
    return render(request, "navmap/incoming/files.html", context, status=status)


def file_page(request: HttpRequest, intake_id: int) -> HttpResponse:
    """A file at its step; POST does the step that `act` names."""
    user = user_of(request)
    intake = steps.the_intake(user, intake_id)
    said, status = intake.said, 200
    if request.method == "POST":
        try:
            return _act(request, user, intake)
        except DomainError as error:
            said, status = str(error), error.status
            intake.refresh_from_db()
    context: dict[str, Any] = {"intake": intake, "said": said}
    if intake.is_at_work:
        return render(request, "navmap/incoming/at_work.html", context, status=status)
    if intake.state == Intake.State.NEW or "change" in request.GET:
        context |= _described(request, user, intake)
        return render(request, "navmap/incoming/describe.html", context, status=status)
    context |= _result(intake)
    return render(request, "navmap/incoming/result.html", context, status=status)


def _act(request: HttpRequest, user: User, intake: Intake) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "check":
        chosen = _chosen(request, user, intake)
        steps.ask_check(acting_user=user, intake_id=intake.pk, chosen=chosen)
    elif act == "import":
        keep_good = "keep_good" in request.POST
        steps.ask_import(acting_user=user, intake_id=intake.pk, keep_good=keep_good)
    elif act == "undo":
        steps.ask_undo(acting_user=user, intake_id=intake.pk)
    elif act == "drop":
        steps.drop(acting_user=user, intake_id=intake.pk)
        return redirect("files_in")
    else:
        raise InputError(_("This step is not known."), where="act")
    return redirect("file_in", intake.pk)


def _proposal(data: Any, user: User, intake: Intake) -> Description:
    kinds = {key.removeprefix("sheet-"): value for key, value in data.items() if "sheet-" in key}
    found = describe(
        user,
        intake,
        data.get("target", ""),
        layer=data.get("layer", ""),
        chosen_sheets=kinds or None,
        adjust=partial(_as_chosen, data),
    )
    if found is None:
        raise MissingError(_("The file is gone: bring it again."))
    user.require(found.target.permission)
    return found


def _as_chosen(data: Any, parts: Sequence[Part]) -> list[Part]:
    """The columns as the page has them, where it has been sent: the datum is guessed by these."""
    return [
        replace(part, positions=_positions(data, part))
        if any(key.startswith(f"col-{part.form.kind}-") for key in data)
        else part
        for part in parts
    ]


def _positions(data: Any, part: Part) -> dict[str, int]:
    headings = part.sheet.headings if part.sheet else ()
    chosen = {key: data.get(f"col-{part.form.kind}-{key}", "") for key in part.form.columns}
    return {
        key: int(text)
        for key, text in chosen.items()
        if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < len(headings)
    }


def _described(request: HttpRequest, user: User, intake: Intake) -> dict[str, Any]:
    """What the page of the description shows."""
    if request.method == "POST":
        data: Any = request.POST
    else:
        # Whoever comes back to a file that was checked finds what was chosen.
        data = request.GET if "target" in request.GET else _kept(intake)
    found = _proposal(data, user, intake)
    guess = found.guess
    likely = [guess.datum, *guess.others] if guess else []
    parts = [
        {
            "kind": part.form.kind,
            "title": part.form.sheets[0],
            "sheet": part.sheet,
            "columns": [
                {
                    "key": key,
                    "title": part.form.title(key),
                    "is_needed": key in part.form.required,
                    "at": part.positions.get(key, -1),
                }
                for key in part.form.columns
            ],
            "headings": _headings(part.sheet) if part.sheet else [],
        }
        for part in found.parts
    ]
    return {
        "format": FORMATS[intake.found["format"]],
        "found": found,
        "targets": targets_for(user),
        "layers": intake.found.get("layers", []),
        "parts": parts,
        "datum": data.get("datum") or found.datum,
        "datums": datum_choices(likely) if guess else [],
        "reasons": [REASONS[one] for one in guess.reasons] if guess else [],
        "is_certain": bool(guess and guess.is_certain),
        "questions": [
            (one.key, one.label, one.choices(user), data.get(f"ask-{one.key}", ""))
            for one in found.target.questions
        ],
        "config": map_config(request, user),
        "import_map": import_map(),
        "preview": reverse("file_in_preview", args=[intake.pk]),
    }


def _kept(intake: Intake) -> dict[str, str]:
    """What was chosen the last time, as the page would send it."""
    chosen = intake.chosen
    said = {name: chosen[name] for name in ("target", "layer", "datum") if chosen.get(name)}
    for read in chosen.get("reads", []):
        said[f"sheet-{read['kind']}"] = read["sheet"]
        for key, at in read["positions"].items():
            said[f"col-{read['kind']}-{key}"] = str(at)
    return said | {f"ask-{key}": value for key, value in chosen.get("options", {}).items()}


def _headings(sheet: Sheet) -> list[tuple[int, str, str]]:
    """Each column of the file with something that stands in it."""
    found = []
    for at, heading in enumerate(sheet.headings):
        cells = (cells[at].strip() for cells in sheet.samples if at < len(cells))
        found.append((at, heading, next(filter(None, cells), "")))
    return found


def _chosen(request: HttpRequest, user: User, intake: Intake) -> dict[str, Any]:
    """What was said on the page of the description."""
    data = request.POST
    found = _proposal(data, user, intake)
    reads = []
    for part in found.parts:
        if part.sheet is None:
            continue
        positions = _positions(data, part)
        reads.append(
            Read(part.sheet.name, part.form.kind, part.sheet.header_row, positions).as_json()
        )
    options = {one.key: data.get(f"ask-{one.key}", "")[:40] for one in found.target.questions}
    return found.as_chosen() | {
        "reads": reads,
        "datum": data.get("datum", "") if found.guess else "",
        "options": options,
    }


def _result(intake: Intake) -> dict[str, Any]:
    result, target = intake.result, target_of(intake.chosen.get("target", ""))
    counts = [
        (OF_KIND[kind].sheets[0], row, result.get("gone", {}).get(kind))
        for kind, row in counts_of(intake)
    ]
    changes = [
        {"new": rows["new"], "changed": rows["changed"]}
        for rows in result.get("difference", {}).values()
    ]
    return {
        "target": target,
        "counts": counts,
        "changes": changes,
        "datum": datum_label(intake.chosen["datum"]) if intake.chosen.get("datum") else "",
        "has_errors": intake.errors_path.exists(),
        "can_undo": intake.can_be_undone and target is not None and target.is_undone_here,
        "brings_something": any(
            row["new"] or row["changed"] or (gone and target and not target.keeps_others)
            for _title, row, gone in counts
        ),
    }


@require_safe
def preview(request: HttpRequest, intake_id: int) -> JsonResponse:
    """Places of the file before and after the chosen system, and by how much they move."""
    user = user_of(request)
    intake = steps.the_intake(user, intake_id)
    found = _proposal(request.GET, user, intake)
    return JsonResponse(preview_of(intake, found, request.GET.get("datum", "")))


@require_safe
def state(request: HttpRequest, intake_id: int) -> JsonResponse:
    """Where the work stands."""
    intake = steps.the_intake(user_of(request), intake_id)
    return JsonResponse(
        {"state": intake.state, "is_at_work": intake.is_at_work, **progress_of(intake.folder)}
    )


@require_safe
def errors(request: HttpRequest, intake_id: int) -> FileResponse:
    """The rows that have to be mended, as a workbook that can be loaded again."""
    intake = steps.the_intake(user_of(request), intake_id)
    if not intake.errors_path.exists():
        raise MissingError
    name = _("Errors of %(file)s.xlsx") % {"file": intake.file_name.rpartition(".")[0]}
    return FileResponse(intake.errors_path.open("rb"), as_attachment=True, filename=name)
