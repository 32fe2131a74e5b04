from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gis_grid.accounts"
