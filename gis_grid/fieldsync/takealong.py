"""What can be taken along, and the roads and water to find one's way by."""

import json
from collections import Counter
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Count

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.fieldsync.pulled import Areas
from gis_grid.households.models import Household
from gis_grid.territory.models import GridVersion, ReferenceFeature, Region
from gis_grid.territory.services.versions import version_of

# Bytes on the way, measured with the demo town: households are nearly all of it.
BYTES_A_HOUSEHOLD, BYTES_A_VILLAGE = 45, 12_000


def areas_of(user: User) -> list[dict[str, Any]]:
    """Villages and small grids of the scope, with what each comes to."""
    scope = user.scope(Permission.MAP_VIEW)
    counts = _households(user)
    villages = Region.objects.filter(scope.q("code"), level=AreaLevel.VILLAGE).order_by("code")
    found = [
        _area(one.code, one.name, "village", code_at(one.code, AreaLevel.TOWN), counts)
        for one in villages
    ]
    grids = GridVersion.objects.at().visible_to(user).filter(grid__level="small", kind="small")
    found += [
        _area(code, name, "grid", code[:12], counts)
        for code, name in grids.order_by("grid__code").values_list("grid__code", "name")
    ]
    names = Region.objects.filter(
        code__in={one["parent"] for one in found if one["level"] == "village"}
    )
    return [
        {"code": one.code, "name": one.name, "level": "town", "parent": one.parent_id}
        for one in names.order_by("code")
        if scope.covers(one.code)
    ] + found


def _households(user: User) -> Counter[str]:
    """Households by village and by small grid."""
    found: Counter[str] = Counter()
    booked = Household.objects.visible_to(user).on().order_by().values_list("area_code")
    for area, count in booked.annotate(n=Count("pk")):
        for code in {area[:12], area}:
            found[code] += count
    return found


def _area(code: str, name: str, level: str, parent: str, counts: Counter[str]) -> dict[str, Any]:
    households = counts[code]
    size = households * BYTES_A_HOUSEHOLD + (BYTES_A_VILLAGE if level == "village" else 3_000)
    return {
        "code": code,
        "name": name,
        "level": level,
        "parent": parent,
        "households": households,
        "bytes": size,
    }


def reference_of(user: User, areas: Areas) -> dict[str, list[dict[str, Any]]]:
    """Roads and water of the areas, as they are drawn under the map."""
    found = ReferenceFeature.objects.visible_to(user).filter(areas.q())
    layers: dict[str, list[dict[str, Any]]] = {"roads": [], "water": []}
    names = {ReferenceFeature.Layer.ROAD: "roads", ReferenceFeature.Layer.WATER: "water"}
    rows = found.annotate(shape=AsGeoJSON("geom", precision=7)).order_by("pk")
    for layer, kind, name, shape in rows.values_list("layer", "kind", "name", "shape"):
        layers[names[ReferenceFeature.Layer(layer)]].append(
            {"kind": kind, "name": name, "geometry": json.loads(shape)}
        )
    return layers


def reference_version(user: User) -> int:
    return version_of("reference", user)
