"""Patrol routes as they are walked today, as a dataset; tracks are in none."""

from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.patrols.models import Route
from gis_grid.territory.datasets import Column, Dataset, Sight, name_column

_COLUMNS = (
    Column("name", "text", "r.name", _("Name")),
    Column("squad", "text", "s.name", _("Squad")),
    Column("serves", "text", "v.serves", _("Stretch")),
    Column("length_m", "number", "round(v.length_m::numeric, 1)::float8", _("Length in m")),
    Column("version", "integer", "v.number", _("Version")),
    Column("area", "text", "r.area_code", _("Area code"), plain=True),
    name_column("village_name", "r.area_code", 12, _("Village")),
)


def _sight(user: User) -> Sight:
    # Some hundred of a county: their keys travel, the rule stays in one place.
    seen = list(Route.objects.visible_to(user).filter(ended_on=None).values_list("pk", flat=True))
    return Sight("r.id = ANY(%(routes)s)", _COLUMNS, {"routes": seen})


DATASET = Dataset(
    name="patrol_routes",
    title=_("Patrol routes"),
    permission=Permission.PATROL_VIEW,
    relation=(
        "patrols_route r JOIN patrols_routeversion v ON v.id = r.current_id"
        " JOIN patrols_squad s ON s.id = r.squad_id"
    ),
    key="r.id",
    area="r.area_code",
    geometry="v.line",
    shape="LineString",
    sight=_sight,
)
