"""Runs that are planned and runs that nobody walked, by the server's clock."""

from django.utils import timezone
from procrastinate.contrib.django import app

from gis_grid.patrols.services.planning import mark_missed, plan_runs


@app.periodic(cron="*/10 * * * *")
@app.task(name="patrols.plan", queueing_lock="patrols.plan")
def plan(timestamp: int) -> None:
    """Plan the next days and mark what was missed."""
    plan_runs(timezone.localdate())
    mark_missed()
