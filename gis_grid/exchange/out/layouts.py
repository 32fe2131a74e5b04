"""Forms of tables: made from a department's own sample or by hand, changed, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.core.texts import tidy
from gis_grid.exchange import sandbox
from gis_grid.exchange.models import Layout
from gis_grid.exchange.models.layout import counties_of
from gis_grid.exchange.out.formats.book import SERIAL
from gis_grid.exchange.refusals import refusal
from gis_grid.exchange.tables import NOISE
from gis_grid.territory.datasets import Column, Dataset, dataset_for, file_columns

MOST_COLUMNS, MOST_ROWS, MOST_TITLES = 60, 15, 5
LONGEST_TEXT = 200
SAMPLE = sandbox.Limits(memory_mb=512, cpu_s=20, silence_s=20, written_mb=64)
_SERIAL_NAMES = ("序号", "编号", "no", "no.", "#")
# What departments call columns beyond the product's own word for them.
_OTHER_NAMES = {
    "head": ("户主", "户主姓名", "姓名"),
    "address": ("住址", "家庭住址", "详细地址"),
    "people": ("人口", "人口数", "家庭人口", "人数"),
    "village_name": ("村", "行政村", "所在村", "村居", "村名"),
    "grid_name": ("网格", "所在网格", "自然村", "村民小组"),
    "tag_names": ("类别", "户类别", "标签", "备注类别"),
    "worker": ("网格员", "包片干部", "责任人"),
    "worker_phone": ("网格员电话", "联系电话", "联系方式"),
    "code": ("户号", "户编号", "户编码"),
    "what": ("事件内容", "事由", "主要内容"),
    "register_no": ("登记号", "编号"),
    "reported_at": ("上报时间", "发生时间", "受理时间"),
    "state": ("状态", "办理情况", "办理状态"),
    "name": ("名称",),
}


@dataclass(frozen=True)
class Drawn:
    """A form as it is to be kept."""

    header: list[list[str]]
    merges: list[list[int]]
    columns: list[str]
    widths: list[int]
    is_sampled: bool


def columns_for(user: User, dataset: Dataset) -> list[Column]:
    """What may stand in a form of this person."""
    return file_columns(dataset, dataset.sight(user))


def from_sample(user: User, dataset: Dataset, path: Path) -> Drawn:
    """The head of a sample: rows down to the one that names columns, merged as they are.

    InputError for a file that can't be read, or in which no row names a column.
    """
    message = next(iter(sandbox.parse("layout", path, {}, SAMPLE)), None)
    if message is None:
        raise refusal("parser_died")
    texts: dict[int, list[str]] = dict(message["rows"])
    names = _names(columns_for(user, dataset))
    matches = {
        number: sum(_plain(text) in names for text in cells) for number, cells in texts.items()
    }
    last = max(matches, key=lambda number: (matches[number], -number), default=0)
    if not last or not matches[last]:
        raise InputError(
            _("In the first %(most)d rows of the sample none names a column that we have.")
            % {"most": MOST_ROWS},
            where="sample",
        )
    # A heading that is merged downwards ends lower than it stands.
    below = [row for first, _left, row, _right in message["merges"] if first < last <= row]
    end = min(max([last, *(row + 1 for row in below)]), MOST_ROWS)
    width = min(max(len(texts.get(number, [])) for number in range(1, end + 1)), MOST_COLUMNS)
    header = [
        [_tidied(text) for text in (texts.get(number, []) + [""] * width)[:width]]
        for number in range(1, end + 1)
    ]
    columns = [_guess(header, column, names) for column in range(width)]
    merges = [one for one in message["merges"] if one[2] < end and one[3] < width]
    widths = [int(min(max(number, 4), 60)) for number in message["widths"][:width]]
    return Drawn(header, merges, columns, widths, is_sampled=True)


def by_hand(
    user: User, dataset: Dataset, titles: Sequence[str], columns: Sequence[tuple[str, str]]
) -> Drawn:
    """Lines of title merged over all columns, then (column, heading) in their order."""
    known = {column.name: str(column.label) for column in columns_for(user, dataset)}
    known |= {SERIAL: _("No."), "": ""}
    kept = [(name, heading) for name, heading in columns if name in known]
    if len(kept) != len(columns) or not any(name for name, _heading in kept):
        raise InputError(_("Choose at least one column."), where="columns")
    if len(kept) > MOST_COLUMNS:
        raise InputError(_("A form has at most %(n)d columns.") % {"n": MOST_COLUMNS})
    lines = [_tidied(title) for title in titles if title.strip()][:MOST_TITLES]
    width = len(kept)
    header = [[line] + [""] * (width - 1) for line in lines]
    header.append([_tidied(heading) or known[name] for name, heading in kept])
    merges = [[row, 0, row, width - 1] for row in range(len(lines)) if width > 1]
    widths = [6 if name == SERIAL else 18 for name, _heading in kept]
    return Drawn(header, merges, [name for name, _h in kept], widths, is_sampled=False)


def _names(columns: Sequence[Column]) -> dict[str, str]:
    found: dict[str, str] = {_plain(name): SERIAL for name in _SERIAL_NAMES}
    for column in columns:
        for name in (str(column.label), column.name, *_OTHER_NAMES.get(column.name, ())):
            found.setdefault(_plain(name), column.name)
    return found


def _plain(text: str) -> str:
    return NOISE.sub("", text).lower()


def _guess(header: Sequence[Sequence[str]], column: int, names: dict[str, str]) -> str:
    """The column that the lowest text above it names; nothing where none does."""
    for row in reversed(header):
        if row[column]:
            return names.get(_plain(row[column]), "")
    return ""


def _tidied(text: str) -> str:
    return tidy(text).strip()[:LONGEST_TEXT]


@transaction.atomic
def save_layout(
    *, acting_user: User, name: str, dataset: str, drawn: Drawn, layout_id: int | None = None
) -> Layout:
    """Keep a form for the county; InputError for a name that is taken or says nothing."""
    acting_user.require(Permission.EXPORT)
    known = dataset_for(acting_user, dataset)
    name = tidy(name).strip()
    if not name or len(name) > 60:
        raise InputError(_("Give it a name of at most 60 characters."), where="name")
    allowed = {column.name for column in columns_for(acting_user, known)} | {SERIAL, ""}
    if set(drawn.columns) - allowed or not any(drawn.columns):
        raise InputError(_("Choose at least one column."), where="columns")
    counties = counties_of(acting_user)
    if len(counties) != 1:
        raise InputError(_("A form belongs to one county."), where="area")
    layout = Layout(area_code=counties[0], dataset=known.name, made_by=acting_user)
    if layout_id is not None:
        layout = _own(acting_user, layout_id)
        if layout.dataset != known.name:
            raise MissingError
    layout.name = name
    layout.header, layout.merges = drawn.header, drawn.merges
    layout.columns, layout.widths = drawn.columns, drawn.widths
    layout.is_sampled = drawn.is_sampled
    try:
        with transaction.atomic():
            layout.save()
    except IntegrityError as error:
        raise InputError(_("A form of this name is there already."), where="name") from error
    _log(layout, acting_user, "layout_saved")
    return layout


@transaction.atomic
def drop_layout(*, acting_user: User, layout_id: int) -> None:
    """Take a form away; InputError where reports still use it."""
    layout = _own(acting_user, layout_id)
    if layout.reports.exists():
        raise InputError(_("Reports use this form. Take them away first."))
    _log(layout, acting_user, "layout_dropped")
    layout.delete()


def _own(user: User, layout_id: int) -> Layout:
    """A form that the person may change: whoever made it, or who answers for the county."""
    user.require(Permission.EXPORT)
    layout = Layout.objects.visible_to(user).select_for_update().filter(pk=layout_id).first()
    if layout is None:
        raise MissingError
    if layout.made_by_id != user.pk and not user.may(Permission.EXPORT, layout.area_code):
        raise NotAllowedError(_("Only whoever made this form changes it, or the county."))
    return layout


def _log(layout: Layout, user: User, action: str) -> None:
    record(
        acting_user=user,
        action=action,
        subject_type="layout",
        subject_id=layout.pk,
        area_code=layout.area_code,
        detail={"label": layout.name},
    )


def preview(layout: Layout) -> list[list[dict[str, Any]]]:
    """The header as cells with their spans, for a page; what a merged cell covers is left out."""
    covered: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for first_row, first, last_row, last in layout.merges:
        spans[first_row, first] = (last_row - first_row + 1, last - first + 1)
        covered |= {
            (row, column)
            for row in range(first_row, last_row + 1)
            for column in range(first, last + 1)
        } - {(first_row, first)}
    rows = []
    for number, texts in enumerate(layout.header):
        cells = []
        for column, text in enumerate(texts):
            if (number, column) in covered:
                continue
            down, across = spans.get((number, column), (1, 1))
            cells.append({"text": text, "down": down, "across": across})
        rows.append(cells)
    return rows
