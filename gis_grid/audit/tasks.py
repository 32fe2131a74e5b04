"""Nightly check of the log."""

import logging

from django.utils import translation
from procrastinate.contrib.django import app

from gis_grid.audit.verify import verify_chain

logger = logging.getLogger(__name__)


@app.periodic(cron="40 18 * * *")  # UTC: 02:40 in Shanghai
@app.task(name="audit.verify", queueing_lock="audit.verify")
def verify(timestamp: int) -> None:
    """Walk the whole chain; an error in the server's log says what broke."""
    # The server's log is English throughout.
    with translation.override("en"):
        result = verify_chain()
    for fault in result.faults:
        logger.error("the audit log is broken: %s", fault)
    if result.is_whole:
        logger.info("the audit log is whole: %s rows, last hash %s", result.rows, result.last_hash)
