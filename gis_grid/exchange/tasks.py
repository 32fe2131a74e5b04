"""Files out that take long, files in at their step, and the end of old ones."""

from procrastinate.contrib.django import app

from gis_grid.exchange.incoming.steps import drop_old as drop_old_intakes
from gis_grid.exchange.incoming.working import work
from gis_grid.exchange.models import Intake, TakenOut
from gis_grid.exchange.out.making import drop_old, make


@app.task(name="exchange.make_file")
def make_file(taken_out: str) -> None:
    """Write a file that somebody asked for."""
    kept = TakenOut.objects.select_related("user", "layout").get(pk=taken_out)
    if kept.state == TakenOut.State.WAITING:
        make(kept)


@app.periodic(cron="50 18 * * *")  # UTC: 02:50 in Shanghai
@app.task(name="exchange.drop_old", queueing_lock="exchange.drop_old")
def drop_old_files(timestamp: int) -> None:
    """Take away files that have been there for their days."""
    drop_old()


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
@app.task(name="exchange.drop_intakes", queueing_lock="exchange.drop_intakes")
def drop_intakes(timestamp: int) -> None:
    """Forget files that came in, and what they had changed, after their seven days."""
    drop_old_intakes()
