"""Files of the field, looked after by the worker."""

from procrastinate.contrib.django import app

from gis_grid.fieldsync.services.dropping import drop_stale
from gis_grid.fieldsync.services.uploading import attach_late


@app.periodic(cron="*/5 * * * *")
@app.task(name="fieldsync.attach_late", queueing_lock="fieldsync.attach_late")
def attach_late_uploads(timestamp: int) -> None:
    """Attach what could not be when it came."""
    attach_late()


@app.periodic(cron="55 3 * * *")
@app.task(name="fieldsync.drop_stale", queueing_lock="fieldsync.drop_stale")
def drop_stale_uploads(timestamp: int) -> None:
    """Take away files that nobody goes on with or waits for."""
    drop_stale()
