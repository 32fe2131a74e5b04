"""Deadlines of incidents, which the server's clock watches; and news for others."""

from typing import Any

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from gis_grid.incidents.services import outlets
from gis_grid.incidents.services.clock import watch
from gis_grid.incidents.services.uploading import drop_stale

# After 8 s, a minute, 9 minutes, an hour and nine hours; then it is given up.
RETRIES = 5
_RETRY = RetryStrategy(
    max_attempts=RETRIES, exponential_wait=8, retry_exceptions=[outlets.UndeliveredError]
)


@app.periodic(cron="*/5 * * * *")
@app.task(name="incidents.watch", queueing_lock="incidents.watch")
def watch_deadlines(timestamp: int) -> None:
    """Remind, urge and escalate what is due."""
    watch()


@app.periodic(cron="40 3 * * *")
@app.task(name="incidents.drop_stale", queueing_lock="incidents.drop_stale")
def drop_stale_uploads(timestamp: int) -> None:
    """Take away the pieces of files that nobody has gone on with."""
    drop_stale()


@app.task(name="incidents.deliver", retry=_RETRY, pass_context=True)
def deliver(context: JobContext, outlet: str, body: dict[str, Any]) -> None:
    """Send news to an outlet; tried again later where it is not taken."""
    try:
        outlets.send(outlet, body)
    except outlets.UndeliveredError:
        if context.job.attempts >= RETRIES:
            outlets.give_up(outlet, body)
        raise
