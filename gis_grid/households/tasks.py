"""Nightly work on households."""

from procrastinate.contrib.django import app

from gis_grid.households.services.tags import refresh_masks


@app.periodic(cron="5 16 * * *")  # UTC: 00:05 in Shanghai, when dated tags begin and end
@app.task(name="households.refresh_masks", queueing_lock="households.refresh_masks")
def refresh_tag_masks(timestamp: int) -> None:
    """Tags that begin or end today show from today."""
    refresh_masks()
