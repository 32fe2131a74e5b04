"""Addresses of tus; a bearer token opens them, and nothing else."""

from django.urls import path

from gis_grid.fieldsync import uploads

urlpatterns = [
    path("", uploads.uploads, name="uploads"),
    path("<uuid:key>", uploads.upload, name="upload"),
]
