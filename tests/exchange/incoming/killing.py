"""A worker in a process of its own, to be killed: it imports this, so no Django at the top."""

import os


def work_alone(url: str, media: str, intake_id: int) -> None:
    """Do an intake's work on the database at `url`."""
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "gis_grid.config.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.MEDIA_ROOT = media
    from gis_grid.exchange.incoming.working import work

    work(intake_id)
