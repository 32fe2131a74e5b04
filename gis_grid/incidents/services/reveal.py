"""Revealing who reported an incident: with permission, a reason and a row in the log."""

from django.db import transaction

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core import crypto
from gis_grid.households.services.reveal import ACTION, reason_given, require_under_limit
from gis_grid.incidents.selectors import NAME_PURPOSE, PHONE_PURPOSE, the_incident


@transaction.atomic
def reveal_reporter(*, acting_user: User, incident_id: int, field: str, reason: str) -> str:
    """The reporter's name or phone in full, empty where none is known.

    MissingError out of sight, NotAllowedError without the permission, InputError for a reason
    that says nothing, TooManyRevealsError above the hourly limit of all revealing.
    """
    incident = the_incident(acting_user, incident_id)
    acting_user.require(Permission.PERSONAL_REVEAL, incident.area_code)
    reason = reason_given(reason)
    require_under_limit(acting_user)
    if field == "phone":
        value = crypto.decrypt(incident.reporter_phone_cipher, purpose=PHONE_PURPOSE)
    else:
        value = crypto.decrypt(incident.reporter_name_cipher, purpose=NAME_PURPOSE)
    record(
        acting_user=acting_user,
        action=ACTION,
        subject_type="incident",
        subject_id=incident.pk,
        area_code=incident.area_code,
        detail={"field": field, "reason": reason},
    )
    return value
