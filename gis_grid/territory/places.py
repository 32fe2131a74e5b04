"""Regions, grids, roads and water as datasets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import PREFIX_LENGTH
from gis_grid.territory.datasets import Column, Dataset, Sight, Times
from gis_grid.territory.models import Grid, GridVersion, ReferenceFeature, Region

_MAP = Permission.MAP_VIEW
_REGION = (
    Column("code", "text", "r.code", _("Code"), plain=True),
    Column("name", "text", "r.name", pgettext_lazy("thing", "Name")),
    Column("level", "text", "r.level", _("Level"), words=dict(Region.Level.choices)),
    Column("parent", "text", "r.parent_id", _("Lies in"), plain=True),
)
_GRID = (
    Column("code", "text", "i.code", _("Code"), plain=True),
    Column("name", "text", "g.name", pgettext_lazy("thing", "Name")),
    Column("kind", "text", "g.kind", _("Kind"), words=dict(GridVersion.Kind.choices)),
    Column("parent", "text", "p.code", _("Lies in"), plain=True),
    Column("area_m2", "number", "round(g.area_m2::numeric, 1)::float8", _("Area in m²")),
    Column("since", "moment", "lower(g.validity)", pgettext_lazy("boundary", "Since")),
    Column("until", "moment", "upper(g.validity)", pgettext_lazy("boundary", "Until")),
)
_REFERENCE = (
    Column("kind", "text", "f.kind", _("Kind"), words=ReferenceFeature.KINDS, is_closed=False),
    Column("name", "text", "f.name", pgettext_lazy("thing", "Name")),
    Column("area", "text", "f.area_code", _("Area code"), plain=True),
)


def _regions(user: User) -> Sight:
    """Only what lies in the scope: the outline of a region above is the union of what does not."""
    scope, params = user.scope(_MAP).sql("r.code")
    return Sight(f"{scope} AND r.geom IS NOT NULL", _REGION, params)


def _grids(level: str) -> Dataset:
    def sight(user: User) -> Sight:
        scope, params = user.scope(_MAP).sql("i.code")
        return Sight(f"{scope} AND i.level = '{level}'", _GRID, params)

    return Dataset(
        name=f"{level}_grids",
        title=_("Large grids") if level == Grid.Level.LARGE else _("Small grids"),
        permission=_MAP,
        relation=(
            "territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id"
            " LEFT JOIN territory_grid p ON p.id = g.parent_id"
        ),
        key="g.id",
        area="i.code",
        geometry="ST_ForcePolygonCCW(g.geom)",
        shape="MultiPolygon",
        sight=sight,
        times=Times("lower(g.validity)", "upper(g.validity)", "upper(g.validity) IS NULL"),
    )


def _reference(layer: ReferenceFeature.Layer, name: str) -> Dataset:
    def sight(user: User) -> Sight:
        scope = user.scope(_MAP)
        inside, params = scope.sql("f.area_code")
        above = {
            prefix[:length].ljust(12, "0")
            for prefix in scope.prefixes
            for length in PREFIX_LENGTH.values()
            if length <= min(len(prefix), 12)
        }
        return Sight(
            f"f.layer = '{layer}' AND ({inside} OR f.area_code = ANY(%(above)s))",
            _REFERENCE,
            params | {"above": sorted(above)},
        )

    return Dataset(
        name=name,
        title=layer.label,
        permission=_MAP,
        relation="territory_referencefeature f",
        key="f.id",
        area="f.area_code",
        geometry="f.geom",
        shape="Geometry",
        sight=sight,
    )


DATASETS = (
    Dataset(
        name="regions",
        title=_("Regions"),
        permission=_MAP,
        relation="territory_region r",
        key="r.code",
        area="r.code",
        geometry="ST_ForcePolygonCCW(r.geom)",
        shape="MultiPolygon",
        sight=_regions,
        key_is_code=True,
    ),
    _grids("large"),
    _grids("small"),
    _reference(ReferenceFeature.Layer.ROAD, "roads"),
    _reference(ReferenceFeature.Layer.WATER, "water"),
)
