"""Deadlines of incidents, which the server's clock watches; and news for others."""

from typing import Any

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from gis_grid.incidents.services import outlets
from gis_grid.incidents.services.clock import watch

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


@app.task(name="incidents.deliver", retry=_RETRY, pass_context=True)
def deliver(context: JobContext, outlet: str, body: dict[str, Any]) -> None:
    """Send news to an outlet; tried again later where it is not taken."""
    try:
        outlets.send(outlet, body)
    except outlets.UndeliveredError:
        if context.job.attempts >= RETRIES:
            outlets.give_up(outlet, body)
        raise
