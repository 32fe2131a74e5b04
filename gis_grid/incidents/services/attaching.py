"""Photos and files of an incident."""

import hashlib
import re

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.incidents import files
from gis_grid.incidents.models import Attachment, Incident, State
from gis_grid.incidents.permits import may_take
from gis_grid.incidents.selectors import the_incident
from gis_grid.incidents.services.writing import clock, locked_incident, log

_UNSAFE = re.compile(r"[^\w.() -]+")


def attach(*, acting_user: User, incident_id: int, name: str, content: bytes) -> Attachment:
    """Add a file; the very same one sent again is the one that is there.

    MissingError out of sight, NotAllowedError for who neither reported nor handles it,
    InputError or TooLargeError for what is not taken.
    """
    incident = the_incident(acting_user, incident_id)
    _require(incident, acting_user)
    sent = hashlib.sha256(content).hexdigest()
    known = Attachment.objects.filter(incident=incident, sent_digest=sent).first()
    if known is not None:
        return known
    kept = files.keep(content)
    with transaction.atomic():
        incident = locked_incident(acting_user, incident_id)
        _require(incident, acting_user)
        row, is_new = Attachment.objects.get_or_create(
            incident=incident,
            sent_digest=sent,
            defaults={
                "name": safe_name(name, kept.content_type),
                "content_type": kept.content_type,
                "size": kept.size,
                "digest": kept.digest,
                "thumb_digest": kept.thumb,
                "added_by": acting_user,
                "added_at": clock(),
            },
        )
        if is_new:
            if incident.attachments.count() > settings.ATTACHMENTS_AN_INCIDENT:
                raise InputError(
                    _("An incident has %(count)d files at most.")
                    % {"count": settings.ATTACHMENTS_AN_INCIDENT},
                    where="file",
                )
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


def safe_name(name: str, content_type: str) -> str:
    """The name without folders and odd characters, with the ending of what it is."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    stem = _UNSAFE.sub("_", stem).strip(" ._")[:100] or _("file")
    return stem + files.ENDINGS[content_type]


def open_attachment(
    *, acting_user: User, incident_id: int, attachment_id: int, thumb: bool
) -> tuple[Attachment, bytes]:
    """The file or its small picture, for whoever sees the incident; the whole one is logged."""
    incident = the_incident(acting_user, incident_id)
    row = incident.attachments.filter(pk=attachment_id).first()
    if row is None or (thumb and not row.thumb_digest):
        raise MissingError
    content = files.read(row.thumb_digest if thumb else row.digest)
    if not thumb:
        acting_user.require(Permission.INCIDENT_VIEW)
        log(incident, acting_user, "incident_file_read")
    return row, content
