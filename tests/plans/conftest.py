"""A draft over the ground, and a short way to draw on it."""

import datetime as dt
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.recording import Asked
from gis_grid.territory.plans.steps import create_plan, take_step
from tests.conftest import EDGE, JINPING, SOUTH, WEST, NewCell

Draw = Callable[..., dict[str, Any]]


def at(column: float, row: float) -> list[float]:
    """A place, counted in edges of a grid from the south-western corner of the ground."""
    return [round(WEST + column * EDGE, 7), round(SOUTH + row * EDGE, 7)]


@pytest.fixture
def draft(ground: dict[str, NewCell], cast: SimpleNamespace) -> Plan:
    """An empty draft of the town leader for Jinping."""
    return new_draft(cast.town)


def new_draft(user: User, area: str = JINPING, day: dt.date | None = None) -> Plan:
    return create_plan(
        acting_user=user,
        title="重划网格",
        reason="一个网格户数太多",
        area_code=area,
        effective_on=day or timezone.localdate(),
    )


def draw_on(plan: Plan, user: User, *, base: int | None = None, **op: Any) -> dict[str, Any]:
    """Send one operation, as drawn on the newest revision unless `base` says another."""
    plan.refresh_from_db()
    known = {key: op.pop(key) for key in ("dry_run", "resolve", "client_op_id") if key in op}
    asked = Asked(
        client_op_id=known.pop("client_op_id", uuid.uuid4()),
        base_revision=plan.revision if base is None else base,
        op=op,
        **known,
    )
    return operate(plan_id=plan.pk, acting_user=user, asked=asked)


@pytest.fixture
def draw(draft: Plan, cast: SimpleNamespace) -> Draw:
    """`draw(type="split", …)` on the draft, as its author."""
    return lambda **op: draw_on(draft, op.pop("user", cast.town), **op)


def vetted(plan: Plan, author: User, approver: User) -> Plan:
    """The plan, submitted and approved."""
    take_step(plan_id=plan.pk, acting_user=author, step="submit")
    return take_step(plan_id=plan.pk, acting_user=approver, step="approve")
