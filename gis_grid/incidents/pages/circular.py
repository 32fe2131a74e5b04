"""The circular (通报) of a week or month: villages and offices, and the list behind each figure."""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission, Role
from gis_grid.incidents.reports import circular
from gis_grid.incidents.words import FIGURES
from gis_grid.territory.models import Region

_FIRST, _LAST = dt.date(2000, 1, 31), dt.date(2199, 12, 1)


@dataclass(frozen=True)
class Period:
    """The week (Monday to Sunday) or month that a day lies in."""

    name: str
    day: dt.date

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        if self.name == "week":
            monday = self.day - dt.timedelta(days=self.day.weekday())
            return monday, monday + dt.timedelta(days=6)
        last = calendar.monthrange(self.day.year, self.day.month)[1]
        return self.day.replace(day=1), self.day.replace(day=last)

    @property
    def before(self) -> dt.date:
        """A day of the period before."""
        return self.days[0] - dt.timedelta(days=1)

    @property
    def after(self) -> dt.date:
        """A day of the period after."""
        return self.days[1] + dt.timedelta(days=1)


def period_of(request: HttpRequest) -> Period:
    """The period that the address names; what can't be read is this month."""
    name = "week" if request.GET.get("period") == "week" else "month"
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate()
    return Period(name, min(max(day, _FIRST), _LAST))


@require_safe
def circular_page(request: HttpRequest) -> HttpResponse:
    """The figures on a page."""
    return render(request, "incidents/circular.html", circular_context(request))


def circular_context(
    request: HttpRequest, permission: Permission = Permission.INCIDENT_VIEW
) -> dict[str, Any]:
    """Figures of the period in the areas where the person holds the permission."""
    user = user_of(request)
    user.require(permission)
    period = period_of(request)
    since, until = period.days
    told = circular(user, since, until, permission=permission)
    areas = Region.objects.filter(user.scope(permission).q("code"), is_demo=True)
    offices = dict(Role.choices) | {"none": _("Not assigned: the villages themselves")}
    for row in told["offices"]:
        row["name"] = str(offices.get(row["office"], row["office"]))
    told["all"]["name"] = _("All together")
    return {
        "period": period,
        "since": since,
        "until": until,
        "told": told,
        "figures": [str(label) for label in FIGURES.values()],
        "tables": [
            (caption, [_linked(row) for row in rows])
            for caption, rows in (
                (_("By village"), told["villages"]),
                (_("By office"), told["offices"]),
            )
            if rows
        ],
        "total": _linked(told["all"]) if any(told["all"][figure] for figure in FIGURES) else None,
        "may_export": user.may(Permission.EXPORT),
        "is_demo": areas.exists(),
    }


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its cells: each figure and, where it is not zero, the address of its list."""
    cells = [(row[figure], _address(figure, row) if row[figure] else "") for figure in FIGURES]
    return {
        "name": row["name"],
        "cells": cells,
        "median_hours": row["median_hours"],
        "is_empty": not any(row[figure] for figure in FIGURES),
    }


def _address(figure: str, row: dict[str, Any]) -> str:
    asked = {"state": "", "moment": figure} | row["filters"]
    return f"{reverse('incidents')}?{urlencode(asked)}"
