"""Maps that become boundaries of a draft, or what one finds one's way by."""

import uuid
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.problems import Counts, LoadResult
from gis_grid.exchange.drafts import drawn_of
from gis_grid.exchange.forms import DRAFT_GRIDS, REFERENCE
from gis_grid.exchange.incoming.targets import Call, Choices, Question, Target
from gis_grid.territory.models import Plan, ReferenceFeature, Region
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.recording import Asked
from gis_grid.territory.plans.selectors import plan_for
from gis_grid.territory.services.reference import NewFeature, replace_reference

MOST_CHOICES = 1_000
TOLERANCE_M = 1.0


def _plans(user: User) -> Choices:
    scope = user.scope(Permission.PLAN_DRAFT)
    found = Plan.objects.visible_to(user).filter(scope.q("area_code"), status=Plan.Status.DRAFT)
    return [(str(plan.pk), plan.title) for plan in found[:MOST_CHOICES]]


def _villages(user: User) -> Choices:
    found = Region.objects.filter(user.scope(Permission.PLAN_DRAFT).q("code"), level="village")
    return list(found.order_by("code").values_list("code", "name")[:MOST_CHOICES])


def _areas(user: User) -> Choices:
    scope = user.scope(Permission.BOUNDARY_IMPORT)
    found = Region.objects.filter(scope.q("code"), level__in=("county", "town"))
    return list(found.order_by("code").values_list("code", "name")[:MOST_CHOICES])


def _layers(user: User) -> Choices:
    return [(str(value), str(label)) for value, label in ReferenceFeature.Layer.choices]


def _boundaries(call: Call) -> LoadResult:
    """All or nothing: a village with a grid left out would be no village."""
    plan = plan_for(call.user, int(call.options["plan"]))
    drawn, problems = drawn_of(call.shapes, call.options["village"])
    call.problems.add(problems)
    if problems:
        return LoadResult(bad_rows=call.problems.bad_rows())
    # The file's own key: whoever was killed after the operation does not do it twice.
    asked = Asked(
        client_op_id=uuid.UUID(call.key),
        base_revision=plan.revision,
        op={
            "type": "import",
            "village": call.options["village"],
            "cells": drawn,
            "tolerance_m": TOLERANCE_M,
        },
        dry_run=call.dry_run,
    )
    answer = operate(plan_id=plan.pk, acting_user=call.user, asked=asked)
    # The operation puts every grid of the file in its place, also one that is there already: what
    # changes for people stands in the statistics.
    told = answer["statistics"]
    new = sum(one["before"] is None for one in told)
    changed = sum(bool(one["before"] and one["after"]) for one in told)
    result = LoadResult(written=not call.dry_run)
    result.counts["grid"] = Counts(new, changed, len(drawn) - new - changed)
    result.gone["grid"] = list(answer["ended"])
    return result


def _reference(call: Call) -> LoadResult:
    def found() -> Iterator[NewFeature]:
        for _row, texts, shape in call.shapes:
            if shape is not None and not shape.is_empty:
                yield NewFeature(texts.get("kind", ""), texts.get("name", ""), shape)

    replaced = replace_reference(
        acting_user=call.user,
        area_code=call.options["area"],
        layer=ReferenceFeature.Layer(call.options["layer"]),
        features=found(),
        dry_run=call.dry_run,
    )
    return LoadResult(
        written=not call.dry_run,
        counts={"feature": replaced.counts},
        gone={"feature": replaced.gone},
    )


TARGETS = (
    Target(
        "boundaries",
        _("Boundaries, into a draft"),
        Permission.PLAN_DRAFT,
        (DRAFT_GRIDS,),
        _boundaries,
        takes="shapes",
        made_of=frozenset({"Polygon"}),
        questions=(
            Question("plan", _("Draft"), _plans),
            Question("village", _("Village"), _villages),
        ),
        keeps_others=False,
        # A draft has an undo of its own, which knows what came after.
        is_undone_here=False,
    ),
    Target(
        "reference",
        _("Roads or water"),
        Permission.BOUNDARY_IMPORT,
        (REFERENCE,),
        _reference,
        takes="shapes",
        made_of=frozenset({"Point", "LineString", "Polygon"}),
        questions=(
            Question("area", _("Area"), _areas),
            Question("layer", _("Shown as"), _layers),
        ),
        keeps_others=False,
    ),
)
