"""Loading cameras and service points from tables: each good row by the service that saves one."""

import datetime as dt
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Choices, Model, QuerySet
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import common_area
from gis_grid.core.errors import DomainError, MissingError, NotAllowedError
from gis_grid.core.problems import (
    Batch,
    Counts,
    LoadResult,
    Look,
    Problem,
    ProblemLog,
    dont_look,
)
from gis_grid.core.texts import tidy
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.facilities.services import cameras, points

CAMERA_KEYS = (
    "name", "owner", "consent", "mounting", "height", "bearing", "view", "range", "code",
    "filing", "sign", "days", "platform", "state", "village", "lon", "lat",
)  # fmt: skip
POINT_KEYS = ("name", "kind", "address", "hours", "phone", "village", "lon", "lat")
# Fields of the models, and the columns that they come from.
_COLUMN_OF = {
    "consent_on": "consent", "height_m": "height", "field_of_view": "view", "range_m": "range",
    "device_code": "code", "filing_no": "filing", "has_sign": "sign", "storage_days": "days",
    "place": "lon", "area": "village",
}  # fmt: skip
_YES = ("是", "有", "yes", "y", "1", "true", "已设")
TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "facility_said": (_("this can't be taken: %(said)s"), _("Correct the cell.")),
    "facility_number": (_("“%(value)s” is no number"), _("Write a number such as 4.5.")),
    "facility_date": (_("“%(value)s” is no date"), _("Write it like 2026-03-01.")),
    "facility_choice": (_("“%(value)s” is none of the choices"), _("Write one of: %(choices)s.")),
    "facility_outside": (
        _("the place lies outside the area that you keep the register of"),
        _("Correct the place, or have whoever answers for that area load the row."),
    ),
    "facility_twice": (_("the same stands in row %(other)s"), _("Delete one of the rows.")),
}


# What became of a row ("new", "changed", "unchanged", "bad"), and the thing it is about.
_Saved = tuple[str, Camera | ServicePoint | None]


class _Row:
    """One row's texts on their way to values; faults are kept with their column."""

    def __init__(
        self, kind: str, number: int, texts: Mapping[str, str], said: Container[str]
    ) -> None:
        self.kind, self.number, self.texts = kind, number, texts
        # Columns that the file has: of the others what is known stays.
        self.said = said
        self.problems: list[Problem] = []

    def fault(self, column: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(self.kind, self.number, column, code, params))

    def number_of(self, key: str, default: float | None = None) -> float | None:
        text = self.texts[key]
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        # Metres where degrees should be are a number; that they are no place is said later.
        if value != value or abs(value) > (1e9 if key in ("lon", "lat") else 1e6):
            self.fault(key, "facility_number", value=text[:20])
            return default
        return value

    def date_of(self, key: str) -> dt.date | None:
        text = self.texts[key].replace("/", "-").split(" ")[0]
        if not text:
            return None
        try:
            found = parse_date(text)
        except ValueError:
            found = None
        if found is None:
            self.fault(key, "facility_date", value=text[:20])
        return found

    def choice_of(self, key: str, choices: type[Choices], default: str = "") -> str:
        text = self.texts[key]
        if not text and default:
            return default
        found = _named(choices).get(text)
        if found is None:
            names = "、".join(str(label) for label in choices.labels)
            self.fault(key, "facility_choice", value=text[:20], choices=names)
        return found or default

    def on(self, known: Model | None, values: dict[str, Any]) -> dict[str, Any]:
        """The values as they would stand: of columns that the file lacks those that are there."""
        if known is None:
            return values
        return {
            name: value if _COLUMN_OF.get(name, name) in self.said else getattr(known, name)
            for name, value in values.items()
        }

    def place(self) -> tuple[float, float]:
        return self.number_of("lon", 0.0) or 0.0, self.number_of("lat", 0.0) or 0.0


def _named(choices: type[Choices]) -> dict[str, str]:
    found = {str(value): str(value) for value in choices.values}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {str(label): str(value) for value, label in choices.choices if value}
    return found


def load_cameras(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    keep_good: bool = False,
    dry_run: bool = False,
    demo: bool = False,
    look: Look = dont_look,
) -> LoadResult:
    """Enter the cameras of a table; one that stands there by code, or by name and area, is changed.

    Nothing is written where a row has a problem, unless `keep_good`. NotAllowedError where the
    user keeps no register of cameras.
    """
    acting_user.require(Permission.CAMERA_EDIT)
    seen: dict[str, int] = {}

    def save(row: _Row) -> _Saved:
        code = row.texts["code"]
        if code and (other := seen.setdefault(code, row.number)) != row.number:
            row.fault("code", "facility_twice", other=other)
        values = _camera_values(row)
        state, place = row.choice_of("state", Camera.State, "working"), row.place()
        if row.problems:
            return "bad", None
        known = _known_camera(acting_user, row.texts["code"], row.texts["name"], place)
        values = row.on(known, values)
        state = row.on(known, {"state": state})["state"]
        if known is not None and not _differs(known, values, place) and known.state == state:
            return "unchanged", known
        saved = cameras.save_camera(
            acting_user=acting_user,
            values=values,
            place=place,
            area=row.texts["village"],
            camera_id=known.pk if known else None,
            revision=known.revision if known else 0,
            is_demo=demo,
        )
        if saved.state != state:
            cameras.set_state(
                acting_user=acting_user,
                camera_id=saved.pk,
                state=state,
                reason=str(_("From a file")),
                revision=saved.revision,
            )
        return "changed" if known else "new", saved

    result, areas = _load(
        ("camera", CAMERA_KEYS),
        batches,
        problems,
        save,
        Camera.objects.visible_to(acting_user).standing(),
        keep_good=keep_good,
        look=look if dry_run else None,
    )
    _record(acting_user, "cameras_loaded", "camera", result, areas)
    return result


def _camera_values(row: _Row) -> dict[str, Any]:
    """What a row says of a camera, with what is usual where it says nothing."""
    return {
        "name": row.texts["name"],
        "owner": row.choice_of("owner", Camera.Owner, "public"),
        "consent_on": row.date_of("consent"),
        "mounting": row.choice_of("mounting", Camera.Mounting, "pole"),
        "height_m": row.number_of("height", 4.0),
        "bearing": row.number_of("bearing"),
        "field_of_view": row.number_of("view", 360.0),
        "range_m": row.number_of("range", 50.0),
        "device_code": row.texts["code"],
        "filing_no": row.texts["filing"],
        "has_sign": row.texts["sign"].lower() in _YES,
        "storage_days": int(row.number_of("days", 30) or 0),
        "platform": row.texts["platform"],
    }


def _known_camera(
    user: ActingUser, code: str, name: str, place: tuple[float, float]
) -> Camera | None:
    seen = Camera.objects.visible_to(user)
    if code:
        return seen.filter(device_code=code).first()
    return seen.filter(name=name, geom__dwithin=(_point(place), 0.001)).first()


def load_points(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    keep_good: bool = False,
    dry_run: bool = False,
    demo: bool = False,
    look: Look = dont_look,
) -> LoadResult:
    """Enter the service points of a table; one of the same kind and name near by is changed."""
    acting_user.require(Permission.POINT_EDIT)

    def save(row: _Row) -> _Saved:
        values = {name: row.texts[name] for name in ("name", "address", "hours", "phone")}
        values["kind"] = row.choice_of("kind", ServicePoint.Kind)
        place = row.place()
        if row.problems:
            return "bad", None
        seen = ServicePoint.objects.visible_to(acting_user).filter(ended_on=None)
        near = (_point(place), 0.001)
        known = seen.filter(kind=values["kind"], name=values["name"], geom__dwithin=near).first()
        values = row.on(known, values)
        if known is not None and not _differs(known, values, place):
            return "unchanged", known
        saved = points.save_point(
            acting_user=acting_user,
            values=values,
            place=place,
            area=row.texts["village"],
            point_id=known.pk if known else None,
            revision=known.revision if known else 0,
            is_demo=demo,
        )
        return "changed" if known else "new", saved

    result, areas = _load(
        ("service_point", POINT_KEYS),
        batches,
        problems,
        save,
        ServicePoint.objects.visible_to(acting_user).filter(ended_on=None),
        keep_good=keep_good,
        look=look if dry_run else None,
    )
    _record(acting_user, "service_points_loaded", "service_point", result, areas)
    return result


def _load(
    table: tuple[str, tuple[str, ...]],
    batches: Iterable[Batch],
    problems: ProblemLog,
    save: Callable[[_Row], _Saved],
    register: QuerySet[Any],
    *,
    keep_good: bool,
    look: Look | None,
) -> tuple[LoadResult, set[str]]:
    """Save row by row in one transaction; a row that is refused says which cell and why.

    Answers the result and the areas in which something was written. With `look` all is rolled
    back; `register` is what the rows are compared with.
    """
    kind, keys = table
    areas: set[str] = set()
    met: dict[int, str] = {}
    counts = {"new": 0, "changed": 0, "unchanged": 0, "bad": 0}
    found: list[Problem] = []
    with transaction.atomic():
        for batch in batches:
            for number, *cells in zip(batch.rows, *(batch.column(k) for k in keys), strict=True):
                texts = (tidy(cell).strip() for cell in cells)
                row = _Row(kind, number, dict(zip(keys, texts, strict=True)), batch.columns)
                try:
                    with transaction.atomic():
                        outcome, saved = save(row)
                    counts[outcome] += 1
                    if saved is not None:
                        met[saved.pk] = saved.area_code
                        areas |= {saved.area_code} if outcome != "unchanged" else set()
                except (MissingError, NotAllowedError):
                    row.fault("lon", "facility_outside")
                except DomainError as error:
                    column = _COLUMN_OF.get(error.where, error.where)
                    row.fault(column if column in keys else "", "facility_said", said=str(error))
                found += row.problems
        is_written = look is None and (keep_good or not found)
        gone = [] if look is None else _absent(register, met)
        if look is not None:
            look()
        transaction.set_rollback(not is_written)
    problems.add(found)
    result = LoadResult(bad_rows=problems.bad_rows())
    result.counts[kind] = Counts(counts["new"], counts["changed"], counts["unchanged"])
    result.written = is_written
    result.gone[kind] = gone
    return result, areas if is_written else set()


def _absent(register: QuerySet[Any], met: Mapping[int, str]) -> list[str]:
    """Names of what stands in the file's villages and was not met in the file."""
    villages = {area[:12] for area in met.values()}
    rows = register.exclude(pk__in=met).order_by("pk").values_list("name", "area_code")
    return [name for name, area in rows if area[:12] in villages]


def _differs(known: Model, values: Mapping[str, Any], place: tuple[float, float]) -> bool:
    wanted = dict(values)
    if isinstance(known, Camera) and wanted["owner"] == Camera.Owner.HOME:
        wanted["bearing"] = None
    elif isinstance(known, Camera):
        wanted["consent_on"] = None
    geom = getattr(known, "geom", None)
    stands = geom is not None and geom.coords == tuple(round(degree, 7) for degree in place)
    return not stands or any(getattr(known, name) != value for name, value in wanted.items())


def _point(place: tuple[float, float]) -> Point:
    return Point(*place, srid=4490)


def _record(
    user: ActingUser, action: str, subject: str, result: LoadResult, areas: set[str]
) -> None:
    if not areas:
        return
    counts = result.counts[subject]
    record(
        acting_user=user,
        action=action,
        subject_type=subject,
        subject_id="",
        area_code=common_area(areas),
        detail={"new": counts.new, "changed": counts.changed},
    )
