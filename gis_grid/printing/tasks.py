"""Large prints, made by the worker."""

from procrastinate.contrib.django import app

from gis_grid.printing.services import printing


@app.task(name="printing.print")
def print_job(key: str) -> None:
    """Make the print; after a crash of the worker `tend` has it begun anew."""
    printing.run(key)


@app.periodic(cron="* * * * *")
@app.task(name="printing.tend", queueing_lock="printing.tend")
def tend(timestamp: int) -> None:
    """What was left lying, and what is old."""
    printing.tend()
