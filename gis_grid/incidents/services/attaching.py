"""Photos and files of an incident."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.attachments.files import Shelf
from gis_grid.core.attachments.hanging import hang, sent_before
from gis_grid.core.errors import MissingError, NotAllowedError
from gis_grid.incidents.models import Attachment, Incident, State
from gis_grid.incidents.permits import may_take
from gis_grid.incidents.selectors import the_incident
from gis_grid.incidents.services.writing import locked_incident, log

SHELF = Shelf("incidents")


def attach(*, acting_user: User, incident_id: int, name: str, content: bytes) -> Attachment:
    """Add a file; the very same one sent again is the one that is there.

    MissingError out of sight, NotAllowedError for who neither reported nor handles it,
    InputError or TooLargeError for what is not taken.
    """
    incident = the_incident(acting_user, incident_id)
    _require(incident, acting_user)
    known = sent_before(incident.attachments, content)
    if known is not None:
        return known
    kept = SHELF.keep(content)
    with transaction.atomic():
        incident = locked_incident(acting_user, incident_id)
        _require(incident, acting_user)
        row, is_new = hang(
            incident.attachments,
            kept,
            name=name,
            by=acting_user.pk,
            most=settings.ATTACHMENTS_AN_INCIDENT,
        )
        if is_new:
            log(incident, acting_user, "incident_file_added")
    return row


def may_attach(incident: Incident, user: User) -> bool:
    """True for who reported it, while it is open, and for who handles it, unless it is merged."""
    if incident.state == State.MERGED:
        return False
    reported = incident.reported_by_id == user.pk and incident.is_open
    return reported or may_take(incident, user, "note")


def _require(incident: Incident, user: User) -> None:
    if not may_attach(incident, user):
        raise NotAllowedError(_("Your role does not add files to this incident."))


def open_attachment(
    *, acting_user: User, incident_id: int, attachment_id: int, thumb: bool
) -> tuple[Attachment, bytes]:
    """The file or its small picture, for whoever sees the incident; the whole one is logged."""
    incident = the_incident(acting_user, incident_id)
    row = incident.attachments.filter(pk=attachment_id).first()
    if row is None or (thumb and not row.thumb_digest):
        raise MissingError
    content = SHELF.read(row.thumb_digest if thumb else row.digest)
    if not thumb:
        acting_user.require(Permission.INCIDENT_VIEW)
        log(incident, acting_user, "incident_file_read")
    return row, content
