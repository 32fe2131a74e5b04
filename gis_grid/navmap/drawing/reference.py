"""Roads and streams as lines with their ids: to snap to, to trace along, to split by."""

from typing import Any

import shapely

from gis_grid.accounts.models import User
from gis_grid.core.crs import CGCS2000
from gis_grid.territory.models import Plan, ReferenceFeature, Region

DIGITS = 7
# About 300 m around the plan's area.
MARGIN_DEG = 0.003
MOST = 5_000


def reference_lines(user: User, plan: Plan) -> list[dict[str, Any]]:
    """`{id, layer, kind, name, lines, bounds}` of what lies in and around the plan's area.

    Of ponds and other areas the shore. Lines are lists of [lon, lat] degrees.
    """
    region = Region.objects.filter(code=plan.area_code).first()
    if region is None or region.geom is None:
        return []
    box = region.geom.envelope.buffer(MARGIN_DEG)
    box.srid = CGCS2000
    found = ReferenceFeature.objects.visible_to(user).filter(geom__bboverlaps=box)[:MOST]
    return [_as_json(feature) for feature in found]


def _as_json(feature: ReferenceFeature) -> dict[str, Any]:
    shape = shapely.from_wkb(bytes(feature.geom.wkb))
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        shape = shape.boundary
    parts = shapely.get_parts(shape).tolist()
    return {
        "id": feature.pk,
        "layer": feature.layer,
        "kind": feature.kind,
        "name": feature.name,
        "bounds": list(shape.bounds),
        "lines": [
            [[round(x, DIGITS), round(y, DIGITS)] for x, y in part.coords]
            for part in parts
            if part.geom_type in ("LineString", "LinearRing")
        ],
    }
