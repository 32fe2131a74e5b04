"""Work on boundaries that the clock starts."""

from procrastinate.contrib.django import app

from gis_grid.territory.plans.publishing import publish_due


@app.periodic(cron="*/10 * * * *")
@app.task(name="territory.publish_due", queueing_lock="territory.publish_due")
def publish_due_plans(timestamp: int) -> None:
    """Publish the approved plans whose day has come."""
    publish_due()
