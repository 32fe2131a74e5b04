"""Files that are checked, loaded and undone by the worker; and what is left of old ones."""

from procrastinate.contrib.django import app

from gis_grid.exchange.incoming.steps import drop_old
from gis_grid.exchange.incoming.working import work
from gis_grid.exchange.models import Intake


@app.task(name="exchange.work_on")
def work_on(intake_id: int) -> None:
    """Check, load or undo one file."""
    work(intake_id)


@app.periodic(cron="* * * * *")
@app.task(name="exchange.go_on", queueing_lock="exchange.go_on")
def go_on(timestamp: int) -> None:
    """Go on with what a worker that was killed has left; whoever is at work is not disturbed."""
    for number in Intake.objects.filter(state__in=Intake.AT_WORK).values_list("pk", flat=True):
        work(number)


@app.periodic(cron="30 3 * * *")
@app.task(name="exchange.drop_old", queueing_lock="exchange.drop_old")
def drop_old_files(timestamp: int) -> None:
    """Forget files after their seven days."""
    drop_old()
