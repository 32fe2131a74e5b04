"""Refusals that only tablets meet; what a tablet does with each stands in docs/field-sync.md."""

from django.utils.translation import gettext_lazy as _

from gis_grid.core.errors import DomainError, NotSignedInError


class TokenEndedError(NotSignedInError):
    """The token is unknown, too old or replaced, or its person may not sign in at present."""

    status, code = 401, "token_ended"

    def __init__(self) -> None:
        super().__init__(_("This tablet is not signed in any more. Scan a new code."))


class DeviceRevokedError(NotSignedInError):
    """Somebody has revoked the tablet: it wipes itself."""

    status, code = 401, "device_revoked"

    def __init__(self) -> None:
        super().__init__(_("This tablet was revoked. Ask the office that looks after it."))


class TooManyCodesError(DomainError):
    status, code = 429, "too_many"


class DiskFullError(DomainError):
    """There is no room: nothing of what was sent has been kept, the same may be sent again."""

    status, code = 507, "disk_full"

    def __init__(self) -> None:
        super().__init__(
            _("The server's disk is full: nothing was taken. It is tried again by itself.")
        )


class ChecksumError(DomainError):
    """What came is not what was said to come; 460 is tus's own status for it."""

    status, code = 460, "checksum"


class MediaTypeError(DomainError):
    status, code = 415, "media_type"


class ProtocolError(DomainError):
    """Another version of tus than the server speaks, or none."""

    status, code = 412, "tus_version"
