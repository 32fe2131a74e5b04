"""What may be read as features or rows by programs: one description for services and files.

An app registers its datasets from `AppConfig.ready`. A dataset starts from what the person may
see; its columns hold what the person may see of each row, masked as on the screen. Whoever
filters, filters by these columns and by nothing below them, so that no filter tells more than
the rows themselves.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.utils import timezone
from django_stubs_ext import StrOrPromise

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import MissingError
from gis_grid.core.geojson import json_text, json_word
from gis_grid.territory.selectors import place_names

Kind = Literal["text", "integer", "number", "flag", "date", "moment"]
Shape = Literal["Point", "LineString", "MultiPolygon", "Geometry"]
Params = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: `name` in services and files, `label` for people, `sql` its value.

    `words` say for codes what people call them. `plain`: a text of letters and digits that is
    never escaped. A column with `told` is for files alone: what stands there is looked up for
    some thousand values at a time.
    """

    name: str
    kind: Kind
    sql: str
    label: StrOrPromise
    words: Mapping[str, StrOrPromise] = field(default_factory=dict)
    plain: bool = False
    told: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    # Whether there are no values but those that have words.
    is_closed: bool = True

    def json(self) -> str:
        """SQL of the value as JSON text."""
        if self.kind in ("integer", "flag"):
            return f"({self.sql})::text"
        if self.plain or self.kind == "date":
            return f"('\"' || ({self.sql}) || '\"')"
        if self.words:
            return json_word(self.sql, self.words)
        return json_text(self.sql)


@dataclass(frozen=True)
class Span:
    """A time that is asked for, both ends counted; None is open."""

    since: dt.datetime | None
    until: dt.datetime | None

    @classmethod
    def now(cls) -> "Span":
        moment = timezone.now()
        return cls(moment, moment)


@dataclass(frozen=True)
class Times:
    """When a row held or happened: SQL of `starts` and of `ends`, which is no more of it.

    Without `ends` a row is a single moment, and all of them are shown unless a time is asked
    for; else those of today are. `present` says quicker what holds today. `days`: both are
    dates, of Asia/Shanghai.
    """

    starts: str
    ends: str | None = None
    present: str = ""
    days: bool = False

    def where(self, span: Span | None) -> tuple[str, Params]:
        if span is None:
            if self.ends is None:
                return "", {}
            if self.present:
                return self.present, {"today": timezone.localdate()}
            span = Span.now()
        parts, params = [], {}
        if span.until is not None:
            parts.append(f"{self.starts} <= %(span_until)s")
            params["span_until"] = self._told(span.until)
        if span.since is not None:
            params["span_since"] = self._told(span.since)
            parts.append(
                f"{self.starts} >= %(span_since)s"
                if self.ends is None
                else f"({self.ends} IS NULL OR {self.ends} > %(span_since)s)"
            )
        return " AND ".join(parts), params

    def _told(self, moment: dt.datetime) -> dt.date | dt.datetime:
        return timezone.localdate(moment) if self.days else moment


@dataclass(frozen=True)
class Sight:
    """What a person sees of a dataset: a condition on its rows, its columns, their parameters."""

    where: str
    columns: Sequence[Column]
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """Rows of one kind.

    `relation` stands after FROM; `key` is a unique column. `part`, where there is one, is a
    column of area codes with an index by bytes: rows then go by it and by the key, so that a page
    of a town costs the same in a province. `area` is the column that scopes compare with.
    `narrow` reads a view's filter from an address.
    """

    name: str
    title: StrOrPromise
    permission: Permission
    relation: str
    key: str
    area: str
    geometry: str
    shape: Shape
    sight: Callable[[User], Sight]
    times: Times | None = None
    part: str | None = None
    key_is_code: bool = False
    narrow: Callable[[User, Mapping[str, str]], tuple[str, Params]] | None = None
    # What the reading of a list is called in the log; none where nothing of it is personal.
    logged_as: str = ""
    # Where an editable dataset keeps its revision.
    revision: str = ""


_datasets: dict[str, Dataset] = {}
_more: dict[str, list[Column]] = {}


def register_dataset(dataset: Dataset) -> None:
    _datasets[dataset.name] = dataset


def add_columns(name: str, columns: Sequence[Column]) -> None:
    """Columns (with `told`) that files have of a dataset of an app further up."""
    held = _more.setdefault(name, [])
    held += [column for column in columns if column.name not in {one.name for one in held}]


def file_columns(dataset: Dataset, sight: Sight) -> list[Column]:
    """All columns that a file may have."""
    return [*sight.columns, *_more.get(dataset.name, [])]


def served_columns(sight: Sight) -> list[Column]:
    """Columns of the services, which are also what filters may name."""
    return [column for column in sight.columns if column.told is None]


def datasets_for(user: User) -> list[Dataset]:
    """Those that hold something for the person, in the order in which apps registered them."""
    return [one for one in _datasets.values() if user.may(one.permission)]


def dataset_for(user: User, name: str) -> Dataset:
    """MissingError where there is none of the name, or none for the person."""
    found = _datasets.get(name)
    if found is None or not user.may(found.permission):
        raise MissingError
    return found


def area_column(name: str, code: str, digits: int, label: StrOrPromise) -> Column:
    """The code of the area of so many digits in `code`; nothing where `code` is shorter."""
    sql = f"CASE WHEN length({code}) >= {digits} THEN left({code}, {digits}) END"
    return Column(name, "text", sql, label, plain=True)


def name_column(name: str, code: str, digits: int, label: StrOrPromise) -> Column:
    """The name of that area."""
    return replace(area_column(name, code, digits, label), plain=False, told=_names)


def _names(codes: Sequence[Any]) -> list[str]:
    names = place_names(code for code in codes if code)
    return [names.get(code, "") for code in codes]
