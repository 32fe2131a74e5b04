"""Regions and grids as GeoJSON."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router

from gis_grid.accounts.access import user_of
from gis_grid.accounts.policies import Permission
from gis_grid.core.codes import prefix_of
from gis_grid.core.geojson import Features, answer, feature_sql, json_text
from gis_grid.core.moments import moment_of
from gis_grid.core.params import read_bbox
from gis_grid.territory.etags import etag_of
from gis_grid.territory.models import Region
from gis_grid.territory.schemas import GridQuery, RegionQuery
from gis_grid.territory.selectors import require_area

router = Router(tags=["territory"])
LAYERS = ("grids",)
GEOJSON = {
    "responses": {
        200: {
            "description": "A FeatureCollection (RFC 7946); `next` links to the next page.",
            "content": {"application/geo+json": {"schema": {"type": "object"}}},
        },
        304: {"description": "The client's copy (If-None-Match) is still right."},
    }
}

REGION_PROPERTIES = {
    "code": json_text("r.code"),
    "name": json_text("r.name"),
    "level": json_text("r.level"),
    "parent": json_text("r.parent_id"),
}
GRID = feature_sql(
    json_text("i.code"),
    "ST_ForcePolygonCCW(g.geom)",
    {
        "code": json_text("i.code"),
        "name": json_text("g.name"),
        "level": json_text("i.level"),
        "kind": json_text("g.kind"),
        "parent": json_text("p.code"),
        "area_m2": json_text("round(g.area_m2::numeric, 1)"),
        "from": json_text("lower(g.validity)"),
        "to": json_text("upper(g.validity)"),
    },
)


@router.get("/regions", summary="Regions as GeoJSON", openapi_extra=GEOJSON)
def regions(request: HttpRequest, query: Query[RegionQuery]) -> HttpResponseBase:
    """Counties, towns and villages in your scope, and the names of those above it.

    A region above your scope, or without published grids, has no geometry.
    """
    user = user_of(request)
    found = Region.objects.visible_to(user)
    if query.level:
        found = found.filter(level=query.level)
    if query.parent:
        require_area(user, query.parent, where="parent")
        found = found.filter(parent_id=query.parent)
    # A county has a few hundred regions: their codes travel, the rule stays in one place.
    codes = list(found.values_list("code", flat=True))
    inside, params = user.scope(Permission.MAP_VIEW).sql("r.code")
    feature = feature_sql(
        json_text("r.code"),
        f"CASE WHEN {inside} THEN ST_ForcePolygonCCW(r.geom) END",
        REGION_PROPERTIES,
    )
    features = Features(
        feature,
        "territory_region r",
        "r.code = ANY(%(codes)s)",
        "r.code",
        params | {"codes": codes},
    )
    etag = etag_of(user, LAYERS, codes, query.dict())
    return answer(request, features, query.page, etag=etag)


@router.get("/grids", summary="Grids as GeoJSON", openapi_extra=GEOJSON)
def grids(request: HttpRequest, query: Query[GridQuery]) -> HttpResponseBase:
    """Large and small grids in your scope, as they are or as they were (`at`).

    `from` and `to` say how long a boundary held; `to` is null while it still does.
    """
    user = user_of(request)
    scope, params = user.scope(Permission.MAP_VIEW).sql("i.code")
    moment = moment_of(query.at) if query.at else None
    parts = [scope]
    if moment is None:
        parts.append("upper(g.validity) IS NULL")
    else:
        parts.append("g.validity @> %(at)s::timestamptz")
        params["at"] = moment
    if query.level:
        parts.append("i.level = %(level)s")
        params["level"] = query.level
    if query.parent:
        require_area(user, query.parent, where="parent")
        parts.append("i.code LIKE %(inside)s AND i.code <> %(parent)s")
        params |= {"inside": f"{prefix_of(query.parent)}%", "parent": query.parent}
    bbox = read_bbox(query.bbox)
    if bbox:
        parts.append("g.geom && ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4490)")
        params |= dict(zip("wsen", bbox, strict=True))
    relation = (
        "territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id"
        " LEFT JOIN territory_grid p ON p.id = g.parent_id"
    )
    features = Features(GRID, relation, " AND ".join(parts), "i.code", params)
    return answer(request, features, query.page, etag=etag_of(user, LAYERS, query.dict()))
