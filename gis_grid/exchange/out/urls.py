"""Addresses of files out, with the permission that each needs."""

from django.urls import path

from gis_grid.accounts.access import needs
from gis_grid.accounts.policies import Permission
from gis_grid.exchange.out import views

_EXPORT = Permission.EXPORT

urlpatterns = [
    path("data/out/", needs(_EXPORT, views.out_page), name="data_out"),
    path("data/out/<uuid:key>/", needs(_EXPORT, views.out_file), name="data_out_file"),
    path("data/reports/<int:report_id>/", needs(_EXPORT, views.report), name="data_report"),
    path("data/layouts/", needs(_EXPORT, views.layouts_page), name="data_layouts"),
    path("data/layouts/<int:layout_id>/", needs(_EXPORT, views.layout_page), name="data_layout"),
]
