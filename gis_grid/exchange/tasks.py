"""Files out that take longer than anybody waits, and the end of old ones."""

from procrastinate.contrib.django import app

from gis_grid.exchange.models import TakenOut
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
