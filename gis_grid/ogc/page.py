"""The page that tells the GIS office how to connect."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gis_grid.accounts.access import user_of
from gis_grid.ogc.crs import known_to
from gis_grid.ogc.tiles import MATRIX, TOGETHER
from gis_grid.territory.datasets import datasets_for


@require_safe
def gis_page(request: HttpRequest) -> HttpResponse:
    """Addresses to copy, and what QGIS and ogr2ogr are told."""
    user = user_of(request)
    base = request.build_absolute_uri(reverse("ogc"))
    tiles = f"{base}tiles/{TOGETHER}/{MATRIX}/{{z}}/{{y}}/{{x}}"
    systems = [crs for crs in known_to(user) if crs.srid is not None]
    return render(
        request,
        "ogc/gis.html",
        {
            "base": base,
            "tiles": tiles,
            "style": request.build_absolute_uri(reverse("ogc_style")),
            "datasets": datasets_for(user),
            "systems": systems,
            "zone": systems[-1] if systems else None,
        },
    )
