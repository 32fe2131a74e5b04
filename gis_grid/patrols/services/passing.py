"""Checkpoints that a walker says were passed. The judgement goes by the track all the same."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, StateError
from gis_grid.patrols.models import Passed, Run
from gis_grid.patrols.services.common import clock, log
from gis_grid.patrols.services.runs import AHEAD, held_run, require_walker


@transaction.atomic
def pass_checkpoint(
    *,
    acting_user: User,
    run_id: int,
    order: int,
    at: dt.datetime | None = None,
    client_id: uuid.UUID | None = None,
) -> Passed:
    """Say that the checkpoint was passed; once a walker, the first time stays.

    Until the leader has closed the run. MissingError out of sight, NotAllowedError for who does
    not walk it, StateError where the run is not on and has not just ended, InputError for a
    checkpoint that the route has not, or a moment outside of the run.
    """
    run = held_run(acting_user, run_id)
    require_walker(run, acting_user)
    if run.state not in (Run.State.ON, Run.State.ENDED):
        raise StateError(_("Checkpoints belong to a run that is under way or has just ended."))
    if not run.version.checkpoints.filter(order=order).exists():
        raise InputError(_("The route has no such checkpoint."), where="order")
    moment = at or clock()
    # Start and end may be by another clock than the device's.
    until = (run.ended_at or clock()) + AHEAD
    if run.started_at is None or not run.started_at - AHEAD <= moment <= until:
        raise InputError(_("This moment does not lie in the time of this run."), where="at")
    made, is_new = Passed.objects.get_or_create(
        run=run, order=order, by=acting_user, defaults={"at": moment, "client_id": client_id}
    )
    if is_new:
        area = run.version.route.area_code
        log(acting_user, "run_passed", "run", run.pk, area, checkpoint=order)
    return made
