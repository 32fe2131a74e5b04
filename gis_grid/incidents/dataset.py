"""Incidents as a dataset: never what complains of the person, and no word of who reported."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.core.database import named
from gis_grid.incidents.models import Field, Incident, Kind, State
from gis_grid.incidents.pages.forms import FilterForm
from gis_grid.incidents.sight import VISIBLE_SQL
from gis_grid.territory.datasets import Column, Dataset, Sight, Times, name_column

_COLUMNS = (
    Column("register_no", "text", "i.register_no", _("Register number")),
    Column("category", "text", "k.code", _("Code of the category")),
    Column("category_name", "text", "k.name", _("Category")),
    Column("kind", "text", "i.kind", _("Kind of handling"), words=dict(Kind.choices)),
    Column(
        "field", "text", "i.field", pgettext_lazy("joint work", "Field"), words=dict(Field.choices)
    ),
    Column("severity", "integer", "i.severity", _("Severity")),
    Column("what", "text", "i.what", _("What happened")),
    Column("address", "text", "i.address", _("Address")),
    Column("state", "text", "i.state", _("State"), words=dict(State.choices)),
    Column("channel", "text", "i.channel", _("Came by"), words=dict(Incident.Channel.choices)),
    Column("office", "text", "i.assignee_role", _("Office"), words=dict(Role.choices)),
    Column("reported_at", "moment", "i.reported_at", _("Reported at")),
    Column("due_at", "moment", "i.due_at", _("Due at")),
    Column("answered_at", "moment", "i.answered_at", _("Answered at")),
    Column("closed_at", "moment", "i.closed_at", _("Closed at")),
    Column("is_outside", "flag", "i.is_outside", _("Outside every grid")),
    Column("area", "text", "i.area_code", _("Area code"), plain=True),
    Column("revision", "integer", "i.revision", _("Revision")),
    name_column("grid_name", "i.area_code", 15, _("Grid")),
    name_column("village_name", "i.area_code", 12, _("Village")),
)


def _sight(user: User) -> Sight:
    patterns = user.scope(Permission.INCIDENT_VIEW).like_patterns()
    return Sight(VISIBLE_SQL, _COLUMNS, {"incident_scope": patterns, "user": user.pk})


def _narrow(user: User, query: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The filter of the list, as its address has it; without a state those of every state."""
    data = QueryDict(mutable=True)
    data.update({"state": "", **query})
    found = FilterForm(data).asked().of(user).order_by().values("pk")
    sql, params = named(*found.query.sql_with_params())
    return f"i.id IN ({sql})", params


DATASET = Dataset(
    name="incidents",
    title=_("Incidents"),
    permission=Permission.INCIDENT_VIEW,
    relation="incidents_incident i JOIN incidents_category k ON k.id = i.category_id",
    key="i.id",
    area="i.area_code",
    geometry="i.geom",
    shape="Point",
    sight=_sight,
    times=Times("i.reported_at"),
    narrow=_narrow,
    logged_as="incidents_listed",
    revision="i.revision",
)
