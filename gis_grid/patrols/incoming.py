"""Patrol routes out of a file: each line drawn by the service that saves a drawn one."""

from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import DomainError
from gis_grid.core.problems import Counts, LoadResult, Problem
from gis_grid.exchange.forms import ROUTES
from gis_grid.exchange.incoming.targets import Call, Choices, Question, Target
from gis_grid.patrols.models import Route, Squad
from gis_grid.patrols.services.routes import save_route


def _squads(user: User) -> Choices:
    found = Squad.objects.visible_to(user, Permission.PATROL_EDIT).filter(ended_on=None)
    return [(str(squad.pk), squad.name) for squad in found]


def load_routes(call: Call) -> LoadResult:
    """Enter the lines as routes of a squad; one of the same name is drawn anew."""
    squad = int(call.options["squad"])
    counts = Counts()
    problems: list[Problem] = []
    with transaction.atomic():
        for row, texts, shape in call.shapes:
            try:
                with transaction.atomic():
                    outcome = _save(call.user, squad, dict(texts), shape)
                setattr(counts, outcome, getattr(counts, outcome) + 1)
            except DomainError as error:
                problems.append(
                    Problem("route", row, "name", "facility_said", {"said": str(error)})
                )
        if call.dry_run:
            call.look()
        is_written = not call.dry_run and (call.keep_good or not problems)
        transaction.set_rollback(not is_written)
    call.problems.add(problems)
    return LoadResult(
        bad_rows=call.problems.bad_rows(), written=is_written, counts={"route": counts}
    )


def _save(user: User, squad: int, texts: dict[str, str], shape: Any) -> str:
    line = _line(shape)
    known = (
        Route.objects.visible_to(user)
        .filter(squad_id=squad, name=texts.get("name", ""), ended_on=None)
        .select_related("current")
        .first()
    )
    current = known.current if known else None
    rounded = [(round(x, 7), round(y, 7)) for x, y in line]
    if current is not None and list(current.line.coords) == rounded:
        return "unchanged"
    save_route(
        acting_user=user,
        name=texts.get("name", ""),
        squad_id=squad,
        line=line,
        serves=texts.get("serves", ""),
        route_id=known.pk if known else None,
        revision=current.number if current else 0,
    )
    return "changed" if known else "new"


def _line(shape: Any) -> list[tuple[float, float]]:
    """The points of one line; parts that follow each other are one."""
    if shape is not None and shape.geom_type == "MultiLineString":
        shape = shapely.line_merge(shape)
    if shape is None or shape.geom_type != "LineString":
        return []
    return [(x, y) for x, y in shapely.get_coordinates(shape).tolist()]


TARGET = Target(
    "routes",
    _("Patrol routes"),
    Permission.PATROL_EDIT,
    (ROUTES,),
    load_routes,
    takes="shapes",
    made_of=frozenset({"LineString"}),
    questions=(Question("squad", _("Squad"), _squads),),
)
