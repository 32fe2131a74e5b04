"""What a file may become: each target with its tables, who may load it, and the service that does.

Lower apps add theirs from `AppConfig.ready` (`register_target`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.problems import Batch, LoadResult, Look, ProblemLog
from gis_grid.exchange.forms import (
    CAMERAS,
    HOUSEHOLDS,
    INCIDENT_STEPS,
    INCIDENTS,
    PEOPLE,
    SERVICE_POINTS,
    TAGS,
)
from gis_grid.exchange.tables import Form
from gis_grid.facilities.services.load import load_cameras, load_points
from gis_grid.households.services.load import load_households
from gis_grid.incidents.services.load import load_incidents

# Number of a feature, its texts by column key, its shape in lon/lat CGCS2000.
Shape = tuple[int, Mapping[str, str], Any]
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Call:
    """One run of a load: `batches` of a target of rows, `shapes` of one of shapes.

    `look` is called before a dry run is rolled back; `demo`: the file holds invented people and
    places; `options` are what the target asks for.
    """

    user: User
    problems: ProblemLog
    dry_run: bool
    keep_good: bool
    demo: bool
    look: Look
    key: str
    batches: Iterable[Batch] = ()
    shapes: Iterable[Shape] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something that a target must be told beside the columns, with the answers to choose from."""

    key: str
    label: StrPromise
    choices: Callable[[User], Choices]


@dataclass(frozen=True)
class Target:
    key: str
    label: StrPromise
    permission: Permission
    forms: tuple[Form, ...]
    load: Callable[[Call], LoadResult]
    takes: Literal["rows", "shapes"] = "rows"
    questions: tuple[Question, ...] = ()
    # What a map has to hold for it; of areas a point in them is a place as well.
    made_of: frozenset[str] = frozenset({"Point", "Polygon"})
    # Whether things that the file does not name stay as they are.
    keeps_others: bool = True
    # Whether what it wrote is taken back row by row.
    is_undone_here: bool = True

    def fits(self, geometry: str) -> bool:
        """Whether a layer of this kind of geometry (as GDAL calls it) may become one."""
        plain = geometry.removeprefix("2.5D ").removeprefix("3D ").removeprefix("Multi")
        return plain.split(" ")[0] in ("Unknown", "GeometryCollection", "None", *self.made_of)

    def form(self, kind: str) -> Form:
        return next(form for form in self.forms if form.kind == kind)


def _rows(load: Callable[..., LoadResult]) -> Callable[[Call], LoadResult]:
    def run(call: Call) -> LoadResult:
        return load(
            acting_user=call.user,
            batches=call.batches,
            problems=call.problems,
            keep_good=call.keep_good,
            dry_run=call.dry_run,
            look=call.look,
            demo=call.demo,
        )

    return run


def _incidents(call: Call) -> LoadResult:
    return load_incidents(
        acting_user=call.user,
        batches=call.batches,
        problems=call.problems,
        keep_good=call.keep_good,
        dry_run=call.dry_run,
    )


_targets: dict[str, Target] = {}


def register_target(target: Target) -> None:
    _targets[target.key] = target


def target_of(key: str) -> Target | None:
    return _targets.get(key)


def targets_for(user: User) -> list[Target]:
    """What the person may load anywhere."""
    return [one for one in _targets.values() if user.may(one.permission)]


for _target in (
    Target(
        "households",
        _("Households, people, tags"),
        Permission.HOUSEHOLD_IMPORT,
        (HOUSEHOLDS, PEOPLE, TAGS),
        _rows(load_households),
    ),
    Target("cameras", _("Cameras"), Permission.CAMERA_EDIT, (CAMERAS,), _rows(load_cameras)),
    Target(
        "service_points",
        _("Service points"),
        Permission.POINT_EDIT,
        (SERVICE_POINTS,),
        _rows(load_points),
    ),
    Target(
        "incidents",
        _("Incidents"),
        Permission.INCIDENT_IMPORT,
        (INCIDENTS, INCIDENT_STEPS),
        _incidents,
    ),
):
    register_target(_target)
