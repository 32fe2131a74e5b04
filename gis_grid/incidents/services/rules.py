"""A county's own categories and deadlines: each with a source and a day from which it holds."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.cleaning import require_clean
from gis_grid.core.errors import InputError, NotAllowedError
from gis_grid.incidents.models import OPEN_STATES, Category, DeadlineRule


def _require(user: User) -> str:
    """The code of the area in which the person makes rules, for the log."""
    if not user.may(Permission.INCIDENT_RULES):
        raise NotAllowedError(_("Only the county changes categories and deadlines."))
    return user.scope(Permission.INCIDENT_RULES).common_area()


@transaction.atomic
def save_category(*, acting_user: User, code: str, parent: str | None, **values: Any) -> Category:
    """Make the category or change it; `ends_on` takes it out of the choice from that day.

    NotAllowedError for anybody but a county, InputError naming the field that can't be.
    """
    area = _require(acting_user)
    category = Category.objects.select_for_update().filter(code=code).first()
    category = category or Category(code=code)
    category.parent = _parent(category, parent)
    for name, value in values.items():
        setattr(category, name, value)
    require_clean(category)
    category.save()
    record(
        acting_user=acting_user,
        action="incident_category_saved",
        subject_type="incident_category",
        subject_id=code,
        area_code=area,
        detail={"source": category.source},
    )
    return category


def _parent(category: Category, code: str | None) -> Category | None:
    if code is None:
        return None
    parent = Category.objects.filter(code=code).first()
    node = parent
    while node is not None and node.pk != category.pk:
        node = node.parent
    if parent is None or node is not None:
        raise InputError(_("A category hangs on another one, never on itself."), where="parent")
    return parent


@transaction.atomic
def set_deadline(
    *,
    acting_user: User,
    category: str | None,
    kind: str | None,
    state: str,
    working_days: int | None,
    minutes: int | None,
    since: dt.date,
    source: str,
) -> DeadlineRule:
    """Lay a deadline down from `since` on; one of the same day is replaced, older ones stay."""
    area = _require(acting_user)
    if (category is None) == (kind is None):
        raise InputError(_("Name a category or a kind, one of them."), where="category")
    if (working_days is None) == (minutes is None):
        raise InputError(_("Give working days or minutes, not both."), where="working_days")
    if state and state not in OPEN_STATES:
        raise InputError(_("There is no such state to wait in."), where="state")
    found = Category.objects.filter(code=category).first() if category else None
    if category and found is None:
        raise InputError(_("There is no such category."), where="category")
    rule, _made = DeadlineRule.objects.update_or_create(
        category=found,
        kind=kind or "",
        state=state,
        since=since,
        defaults={"working_days": working_days, "minutes": minutes, "source": source},
    )
    record(
        acting_user=acting_user,
        action="incident_deadline_set",
        subject_type="incident_category",
        subject_id=category or kind or "",
        area_code=area,
        detail={"source": source, "day": since.isoformat()},
    )
    return rule
