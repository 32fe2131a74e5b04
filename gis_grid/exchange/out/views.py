"""The pages of files out, reports and forms."""

import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrOrPromise

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError
from gis_grid.exchange.models import Layout, Report, TakenOut
from gis_grid.exchange.out import layouts
from gis_grid.exchange.out.formats.book import SERIAL
from gis_grid.exchange.out.making import FORMS, KEPT_DAYS, VIEW, Order, fetch, take_out
from gis_grid.exchange.out.reports import drop_report, run_report, save_report
from gis_grid.exchange.out.rows import count_of, query_of
from gis_grid.households.selectors import visible_tags
from gis_grid.territory.datasets import Dataset, dataset_for, datasets_for

_DATUMS = (("wgs84", "WGS 84 / CGCS2000"), ("gcj02", "GCJ-02 (奥维, 高德, 腾讯)"))
# What views filter by, and how the page calls it; any other word is no filter.
_WORDS = {
    "bbox": gettext_lazy("the frame of the map"),
    "area": gettext_lazy("Area"),
    "at": gettext_lazy("as of"),
    "tags": gettext_lazy("Kinds of households"),
    "mode": gettext_lazy("any or all of them"),
    "state": gettext_lazy("State"),
    "kind": gettext_lazy("Kind of handling"),
    "category": gettext_lazy("Category"),
    "since": gettext_lazy("From"),
    "until": gettext_lazy("Until"),
    "q": gettext_lazy("Number, words or place"),
    "office": gettext_lazy("With which office"),
    "moment": gettext_lazy("The days are those when it was"),
    "overdue": gettext_lazy("Only overdue ones"),
    "mine": gettext_lazy("Only mine"),
    "own": gettext_lazy("Only mine"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def out_page(request: HttpRequest) -> HttpResponseBase:
    """Choose what, in which form and what for; the files and reports that one has."""
    user = user_of(request)
    if request.method == "POST":
        return _ordered(request, user)
    known = datasets_for(user)
    if not known:
        raise MissingError
    view = _view(request.GET)
    shown = QueryDict(mutable=True)
    shown.update(view)
    taken = list(TakenOut.objects.filter(user=user).exclude(state=TakenOut.State.OVER))
    what = request.GET.get("what") or known[0].name
    choice = _layers(request, known) if what == VIEW else _dataset(user, what)
    context = {
        **choice,
        "what": what,
        "view": VIEW,
        "datasets": known,
        "query": shown,
        "narrowed": _narrowed(user, view),
        "rows": sum(count_of(one, query_of(user, one, view)[0]) for one in choice["chosen"]),
        "datums": _DATUMS,
        "reports": Report.objects.filter(user=user).select_related("layout"),
        "taken": taken,
        "is_waiting": any(one.state == TakenOut.State.WAITING for one in taken),
        "days": KEPT_DAYS,
    }
    return render(request, "exchange/out.html", context)


def _dataset(user: User, name: str) -> dict[str, Any]:
    """One dataset: its columns, and the forms that it is known in."""
    dataset = dataset_for(user, name)
    return {
        "chosen": [dataset],
        "columns": layouts.columns_for(user, dataset),
        "forms": FORMS.values(),
        "layouts": Layout.objects.visible_to(user).filter(dataset=dataset.name),
    }


def _layers(request: HttpRequest, known: list[Dataset]) -> dict[str, Any]:
    """A view of the map: the layers that it shows, all of them where it says none."""
    asked = request.GET.getlist("layers")
    chosen = [one for one in known if not asked or one.name in asked]
    return {"chosen": chosen, "forms": [form for form in FORMS.values() if form.layers]}


def _view(data: Any) -> dict[str, str]:
    """The filter of the view that the person comes from."""
    kept = {name: data.get(name, "") for name in data if name in _WORDS}
    return {name: value[:500] for name, value in kept.items()}


def _narrowed(user: User, view: Mapping[str, str]) -> list[tuple[StrOrPromise, str]]:
    """The view's filter in words, as far as it leaves anything out."""
    kinds = {tag.slug: tag.label for tag in visible_tags(user)}
    told: list[tuple[StrOrPromise, str]] = []
    for name, value in view.items():
        if not value or (name, value) == ("mode", "any"):
            continue
        slugs = value.split(",") if name == "tags" else []
        words = "、".join(kinds.get(slug, slug) for slug in slugs if slug) or value
        told.append((_WORDS[name], "" if name == "bbox" else words))
    return told


def _order(request: HttpRequest, user: User) -> Order:
    data = request.POST
    layout_id = data.get("layout", "")
    layout = None
    if layout_id:
        layout = Layout.objects.visible_to(user).filter(pk=_number(layout_id)).first()
        if layout is None:
            raise MissingError
    return Order(
        dataset=data.get("what", ""),
        form="xlsx" if layout else data.get("form", "xlsx"),
        purpose=data.get("purpose", ""),
        query=_view(QueryDict(data.get("query", "")[:4_000])),
        columns=[] if layout else data.getlist("columns"),
        datum=data.get("datum", "wgs84"),
        layout=layout,
        layers=data.getlist("layers"),
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise MissingError
    return int(text)


def _back(request: HttpRequest) -> HttpResponse:
    kept = QueryDict(mutable=True)
    kept["what"] = request.POST.get("what", "")
    kept.setlist("layers", request.POST.getlist("layers"))
    kept.update(QueryDict(request.POST.get("query", "")[:4_000]).dict())
    return redirect(f"{reverse('data_out')}?{kept.urlencode()}")


def _ordered(request: HttpRequest, user: User) -> HttpResponse:
    try:
        order = _order(request, user)
        if name := request.POST.get("report", "").strip():
            save_report(acting_user=user, name=name, order=order)
        kept = take_out(acting_user=user, order=order)
    except InputError as error:
        messages.error(request, str(error))
        return _back(request)
    return _led_on(request, kept)


def _led_on(request: HttpRequest, kept: TakenOut) -> HttpResponse:
    if kept.state == TakenOut.State.DONE:
        return redirect("data_out_file", key=kept.pk)
    messages.info(
        request, _("This takes a while. The file will stand below; you can go on meanwhile.")
    )
    return redirect(f"{reverse('data_out')}?what={kept.dataset}")


@require_safe
def out_file(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    """The person's own file."""
    kept = fetch(acting_user=user_of(request), key=key)
    return FileResponse(
        kept.path.open("rb"),
        as_attachment=True,
        filename=kept.name,
        content_type=FORMS[kept.form].content_type,
    )


@require_POST
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Take a report out again, or drop it."""
    user = user_of(request)
    if request.POST.get("drop"):
        drop_report(acting_user=user, report_id=report_id)
        return redirect("data_out")
    try:
        kept = run_report(acting_user=user, report_id=report_id)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("data_out")
    return _led_on(request, kept)


@require_http_methods(["GET", "HEAD", "POST"])
def layouts_page(request: HttpRequest) -> HttpResponse:
    """The county's forms, and a new one: from a sample or by hand."""
    user = user_of(request)
    if request.method == "POST":
        try:
            made = _new_layout(request, user)
        except InputError as error:
            messages.error(request, str(error))
            return redirect("data_layouts")
        return redirect("data_layout", layout_id=made.pk)
    return render(
        request,
        "exchange/layouts.html",
        {"layouts": Layout.objects.visible_to(user), "datasets": datasets_for(user)},
    )


def _new_layout(request: HttpRequest, user: User) -> Layout:
    dataset = dataset_for(user, request.POST.get("what", ""))
    name = request.POST.get("name", "")
    sample = request.FILES.get("sample")
    if sample is None:
        columns = [(SERIAL, "")]
        columns += [(column.name, "") for column in layouts.columns_for(user, dataset)]
        drawn = layouts.by_hand(user, dataset, request.POST.get("titles", "").splitlines(), columns)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sample"
            with path.open("wb") as copy:
                copy.writelines(sample.chunks())
            drawn = layouts.from_sample(user, dataset, path)
    return layouts.save_layout(acting_user=user, name=name, dataset=dataset.name, drawn=drawn)


@require_http_methods(["GET", "HEAD", "POST"])
def layout_page(request: HttpRequest, layout_id: int) -> HttpResponse:
    """A form: what stands in its columns; its headings where it was made by hand."""
    user = user_of(request)
    layout = Layout.objects.visible_to(user).filter(pk=layout_id).first()
    if layout is None:
        raise MissingError
    if request.method == "POST":
        return _changed(request, user, layout)
    dataset = dataset_for(user, layout.dataset)
    headings = layout.header[-1] if layout.header else []
    context = {
        "layout": layout,
        "preview": layouts.preview(layout),
        "choices": layouts.columns_for(user, dataset),
        "serial": SERIAL,
        "columns": list(enumerate(zip(layout.columns, headings, strict=True), 1)),
        "titles": "\n".join(row[0] for row in layout.header[:-1]),
    }
    return render(request, "exchange/layout.html", context)


def _changed(request: HttpRequest, user: User, layout: Layout) -> HttpResponse:
    try:
        if request.POST.get("drop"):
            layouts.drop_layout(acting_user=user, layout_id=layout.pk)
            return redirect("data_layouts")
        layouts.save_layout(
            acting_user=user,
            name=request.POST.get("name", ""),
            dataset=layout.dataset,
            drawn=_drawn(request, user, layout),
            layout_id=layout.pk,
        )
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("data_layout", layout_id=layout.pk)


def _drawn(request: HttpRequest, user: User, layout: Layout) -> layouts.Drawn:
    chosen = request.POST.getlist("column")
    if layout.is_sampled:
        if len(chosen) != len(layout.columns):
            raise InputError(_("Choose at least one column."), where="columns")
        return layouts.Drawn(layout.header, layout.merges, chosen, layout.widths, is_sampled=True)
    given = zip(
        request.POST.getlist("order"), chosen, request.POST.getlist("heading"), strict=False
    )
    # In the order of their numbers; one without a number is left out.
    kept = [row for row in given if row[0].isdecimal() and len(row[0]) < 5]
    columns = [(name, heading) for _order, name, heading in sorted(kept, key=_place)]
    titles = request.POST.get("titles", "").splitlines()
    return layouts.by_hand(user, dataset_for(user, layout.dataset), titles, columns)


def _place(row: tuple[str, str, str]) -> int:
    return int(row[0])
