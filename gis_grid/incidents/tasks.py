"""Deadlines of incidents, which the server's clock watches."""

from procrastinate.contrib.django import app

from gis_grid.incidents.services.clock import watch


@app.periodic(cron="*/5 * * * *")
@app.task(name="incidents.watch", queueing_lock="incidents.watch")
def watch_deadlines(timestamp: int) -> None:
    """Remind, urge and escalate what is due."""
    watch()
