"""Files asked for, made and fetched: one service each, each in the log with its purpose."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import DomainError, InputError, MissingError
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.core.workbook import CONTENT_TYPE
from gis_grid.exchange.models import Layout, TakenOut
from gis_grid.exchange.out.cargo import Cargo, Stamp
from gis_grid.exchange.out.formats import book, kml, texts, vector
from gis_grid.exchange.out.rows import Chunk, chunks_of, columns_named, count_of, query_of
from gis_grid.households.selectors import visible_tags
from gis_grid.territory.datasets import Dataset, dataset_for

# So many rows are made while one waits; more of them by the worker.
AT_ONCE = 5_000
KEPT_DAYS = 3
MOST_WAITING = 5
# What a view of the map is called among the datasets: several of them in one file.
VIEW = "map"
Writer = Callable[[Sequence[Cargo], Path], int]


@dataclass(frozen=True)
class Form:
    """A format that files are written in; with `layers` one holds several datasets."""

    name: str
    label: StrOrPromise
    suffix: str
    content_type: str
    layers: bool = True


_GPKG, _KML = "application/geopackage+sqlite3", "application/vnd.google-earth.kml+xml"
_FORMS = (
    Form("xlsx", "Excel (xlsx)", ".xlsx", CONTENT_TYPE),
    Form("csv", "CSV", ".csv", "text/csv", layers=False),
    Form("gpkg", gettext_lazy("GeoPackage (QGIS, QField)"), ".gpkg", _GPKG),
    Form("shp", gettext_lazy("Shapefile (GBK, zipped)"), ".zip", "application/zip"),
    Form("geojson", "GeoJSON", ".geojson", "application/geo+json", layers=False),
    Form("kml", gettext_lazy("KML (奥维, Google Earth)"), ".kml", _KML),
)
FORMS = {form.name: form for form in _FORMS}


@dataclass(frozen=True)
class Order:
    """What to take out: a view of a dataset, in a form, for a purpose.

    With `VIEW` as dataset: all that `layers` name, each with all of its columns.
    """

    dataset: str
    form: str
    purpose: str
    query: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    datum: str = "wgs84"
    layout: Layout | None = None
    layers: Sequence[str] = ()

    def options(self) -> dict[str, Any]:
        return {
            "query": dict(self.query),
            "columns": list(self.columns),
            "datum": self.datum,
            "layers": list(self.layers),
        }

    @classmethod
    def of(cls, kept: Any) -> "Order":
        """The order that a row (`TakenOut`, `Report`) was made of."""
        return cls(kept.dataset, kept.form, kept.purpose, **kept.options, layout=kept.layout)


def check(user: User, order: Order) -> tuple[list[Dataset], str]:
    """The datasets and the purpose as it is kept; InputError, NotAllowedError or MissingError."""
    user.require(Permission.EXPORT)
    said = reason_of(order.purpose)
    if said is None:
        raise InputError(
            _("Say in at least %(count)d characters what the list is for: it is logged.")
            % {"count": LEAST_LENGTH},
            where="purpose",
        )
    if order.form not in FORMS:
        raise InputError(_("There is no such format."), where="form")
    datasets = _datasets(user, order)
    if order.datum not in kml.DATUMS:
        raise InputError(_("There is no such datum."), where="datum")
    if order.layout is not None and (
        order.layout.dataset != order.dataset
        or not Layout.objects.visible_to(user).filter(pk=order.layout.pk).exists()
    ):
        raise MissingError
    return datasets, said


def _datasets(user: User, order: Order) -> list[Dataset]:
    if order.dataset != VIEW:
        return [dataset_for(user, order.dataset)]
    if not FORMS[order.form].layers:
        raise InputError(
            _("This format holds one layer. Choose another, or take the layers one by one."),
            where="form",
        )
    if not order.layers:
        raise InputError(_("Choose at least one layer."), where="layers")
    return [dataset_for(user, name) for name in dict.fromkeys(order.layers)]


def take_out(*, acting_user: User, order: Order) -> TakenOut:
    """Ask for a file: made at once where it is small, else by the worker."""
    datasets, said = check(acting_user, order)
    counts = []
    for dataset in datasets:
        query, sight = query_of(acting_user, dataset, order.query)
        columns_named(dataset, sight, order.columns)
        counts.append(count_of(dataset, query))
    if order.form == "xlsx" and max(counts) > book.MOST_ROWS:
        raise InputError(_("A sheet holds a million rows: filter, or take CSV."), where="form")
    waiting = TakenOut.objects.filter(user=acting_user, state=TakenOut.State.WAITING)
    if waiting.count() >= MOST_WAITING:
        raise InputError(_("Wait for the files that you have asked for."), where="form")
    now = timezone.now()
    day = timezone.localdate(now).isoformat()
    title = order.layout or (_("View of the map") if order.dataset == VIEW else datasets[0].title)
    kept = TakenOut(
        user=acting_user,
        dataset=order.dataset,
        form=order.form,
        options=order.options(),
        layout=order.layout,
        purpose=said,
        language=get_language() or "zh-hans",
        name=f"{title} {day}{FORMS[order.form].suffix}"[:120],
        expected=sum(counts),
        asked_at=now,
    )
    if kept.expected <= AT_ONCE:
        kept.save(force_insert=True)
        make(kept)
        return kept
    from gis_grid.exchange.tasks import make_file

    with transaction.atomic():
        kept.save(force_insert=True)
        make_file.defer(taken_out=str(kept.pk))
    return kept


def make(kept: TakenOut) -> None:
    """Write the file as its person sees things now; log it. What fails is said on the row."""
    kept.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = kept.path.with_suffix(f".part{FORMS[kept.form].suffix}")
    try:
        with translation.override(kept.language):
            order = Order.of(kept)
            datasets, said = check(kept.user, order)
            rows = _write(kept, order, datasets, part)
    except BaseException as error:
        part.unlink(missing_ok=True)
        kept.state = TakenOut.State.FAILED
        kept.message = str(error)[:300] if isinstance(error, DomainError) else ""
        kept.save(update_fields=["state", "message"])
        raise
    finally:
        kept.counter.unlink(missing_ok=True)
    part.replace(kept.path)
    with transaction.atomic():
        kept.rows, kept.bytes = rows, kept.path.stat().st_size
        kept.state = TakenOut.State.DONE
        kept.save(update_fields=["rows", "bytes", "state"])
        layers = {"layers": list(order.layers)} if order.dataset == VIEW else {}
        _log(kept, "data_exported", purpose=said, rows=rows, filters=_told(order.query), **layers)


def _told(query: Mapping[str, str]) -> dict[str, str]:
    """The view's filter for the log; not the words of a search, which may be a person's."""
    return {name: "…" if name == "q" else value for name, value in query.items() if value}


def _write(kept: TakenOut, order: Order, datasets: Sequence[Dataset], path: Path) -> int:
    stamp = Stamp(
        who=str(kept.user),
        login=kept.user.get_username(),
        at=timezone.now().replace(microsecond=0),
        purpose=kept.purpose,
    )
    names = book.needed_columns(order.layout) if order.layout else order.columns
    count = _Counter(kept)
    cargos = []
    for dataset in datasets:
        query, sight = query_of(kept.user, dataset, order.query)
        columns = columns_named(dataset, sight, names)
        chunks = count.of(chunks_of(dataset, query, columns))
        cargos.append(Cargo(dataset, columns, chunks, stamp, legend=visible_tags(kept.user)))
    if order.layout:
        return book.write_formed(cargos[0], path, order.layout)
    writers: dict[str, Writer] = {
        "xlsx": book.write_xlsx,
        "csv": texts.write_csv,
        "geojson": texts.write_geojson,
        "kml": kml.writer(order.datum),
        "gpkg": vector.write_gpkg,
        "shp": vector.write_shapefile,
    }
    return writers[order.form](cargos, path)


class _Counter:
    """Rows on their way into the file, told where the page looks for them."""

    def __init__(self, kept: TakenOut) -> None:
        self._path = kept.counter
        self._count = 0

    def of(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            yield chunk
            self._count += len(chunk.keys)
            self._path.write_text(str(self._count))


def fetch(*, acting_user: User, key: uuid.UUID) -> TakenOut:
    """The person's own file, ready to be sent; MissingError for any other."""
    acting_user.require(Permission.EXPORT)
    kept = TakenOut.objects.filter(pk=key, user=acting_user, state=TakenOut.State.DONE).first()
    if kept is None or not kept.path.exists():
        raise MissingError
    _log(kept, "export_fetched", purpose=kept.purpose, rows=kept.rows)
    return kept


def _log(kept: TakenOut, action: str, **detail: Any) -> None:
    record(
        acting_user=kept.user,
        action=action,
        subject_type="dataset",
        subject_id=kept.dataset,
        area_code=kept.user.scope(Permission.EXPORT).common_area(),
        detail={"form": kept.form, **detail},
    )


def drop_old() -> int:
    """Take away files that have been there for their days; answers how many."""
    until = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    old = TakenOut.objects.filter(asked_at__lt=until).exclude(state=TakenOut.State.OVER)
    count = 0
    for kept in old:
        for path in kept.path.parent.glob(f"{kept.pk}*"):
            path.unlink(missing_ok=True)
        kept.state = TakenOut.State.OVER
        kept.save(update_fields=["state"])
        count += 1
    return count
