"""What tablets have sent and nobody has judged yet, and the feed's old rows."""

from procrastinate.contrib.django import app

from gis_grid.accounts.models import User
from gis_grid.fieldsync.models import Operation, Outcome
from gis_grid.fieldsync.services import pulling
from gis_grid.fieldsync.services.judging import judge_waiting
from gis_grid.fieldsync.upload_tasks import attach_late_uploads, drop_stale_uploads

# Found by the worker through this module, like those below.
__all__ = ["attach_late_uploads", "clear_feed", "drop_stale_uploads", "judge"]

A_MINUTE_S = 50.0


@app.periodic(cron="* * * * *")
@app.task(name="fieldsync.judge", queueing_lock="fieldsync.judge")
def judge(timestamp: int) -> None:
    """Judge what a busy server has only kept."""
    waiting = Operation.objects.filter(outcome=Outcome.RECEIVED).order_by().values("user")
    for user in User.objects.filter(pk__in=waiting):
        judge_waiting(user, budget_s=A_MINUTE_S)


@app.periodic(cron="50 3 * * *")
@app.task(name="fieldsync.clear", queueing_lock="fieldsync.clear")
def clear_feed(timestamp: int) -> None:
    """Forget what no tablet asks for any more."""
    pulling.clear()
