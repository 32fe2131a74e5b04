"""Departments' own forms, and reports: a saved query in such a form."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, code_at, common_area, is_area_code


class LayoutQuerySet(models.QuerySet["Layout"]):
    def visible_to(self, user: User) -> LayoutQuerySet:
        """Those of the counties in which the person may take lists out."""
        return self.filter(area_code__in=counties_of(user))


def counties_of(user: User) -> list[str]:
    """Codes of the counties that the person's lists come from."""
    found = set()
    for prefix in user.scope(Permission.EXPORT).prefixes:
        code = prefix if is_area_code(prefix) else common_area([prefix])
        if len(prefix) >= 6:
            found.add(code_at(code, AreaLevel.COUNTY))
    return sorted(found)


class Layout(models.Model):
    """A workbook's form: header rows with merged cells, and what stands in each column.

    `header` is rows of texts, `merges` are [first row, first column, last row, last column] from
    0, `columns` names of the dataset's columns: empty for one that is filled in by hand, `#` for
    the serial number. A form that came from a sample keeps its columns where they are.
    """

    area_code = models.CharField(max_length=12)
    dataset = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=60)
    header = models.JSONField(default=list)
    merges = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    widths = models.JSONField(default=list)
    is_sampled = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = LayoutQuerySet.as_manager()

    class Meta:
        ordering = ["dataset", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "dataset", "name"], name="layout_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """A query that is taken out again and again, in its form; the person's own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    dataset = models.CharField(max_length=30)
    form = models.CharField(max_length=10)
    options = models.JSONField(default=dict)
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, related_name="reports")
    purpose = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="report_name_once")]

    def __str__(self) -> str:
        return self.name
