"""Addresses of the services; a bearer token opens them, and for reading a signed-in browser."""

from django.urls import path

from gis_grid.ogc import tiles, views

_COLLECTION = "collections/<slug:name>"
_TILESET = "tiles/<slug:name>"

urlpatterns = [
    path("", views.landing, name="ogc"),
    path("api", views.api, name="ogc_api"),
    path("conformance", views.conformance, name="ogc_conformance"),
    path("collections", views.collections, name="ogc_collections"),
    path(_COLLECTION, views.collection, name="ogc_collection"),
    path(f"{_COLLECTION}/queryables", views.queryables, name="ogc_queryables"),
    path(f"{_COLLECTION}/schema", views.schema, name="ogc_schema"),
    path(f"{_COLLECTION}/items", views.items, name="ogc_items"),
    path(f"{_COLLECTION}/items/<str:key>", views.item, name="ogc_item"),
    path("tiles", tiles.tilesets, name="ogc_tilesets"),
    path(_TILESET, tiles.tileset, name="ogc_tileset"),
    path(f"{_TILESET}/tilejson", tiles.tilejson, name="ogc_tilejson"),
    path(f"{_TILESET}/<slug:matrix>/<int:z>/<int:row>/<int:column>", tiles.tile, name="ogc_tile"),
    path("tileMatrixSets", tiles.matrix_sets, name="ogc_tile_matrix_sets"),
    path("tileMatrixSets/<slug:name>", tiles.matrix_set, name="ogc_tile_matrix_set"),
    path("styles/map", tiles.style, name="ogc_style"),
]
