"""Errors that a person reads, and the one table that maps them to HTTP.

Raise the class that says what went wrong; pages, API and commands all show `message`,
which says what, where and how to mend it.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass
class DomainError(Exception):
    """A refusal with a sentence for the person who asked.

    `where` names the place: a field, row, feature or code; `details` is JSON-ready.
    """

    message: StrOrPromise
    where: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    # Whether what stands against it goes by itself: work that can wait is tried again.
    passes: ClassVar[bool] = False

    def __str__(self) -> str:
        return str(self.message)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": str(self.message),
            "where": self.where,
            "details": self.details,
        }


class NotSignedInError(DomainError):
    status, code = 401, "not_signed_in"


class NotAllowedError(DomainError):
    """The person sees the thing but may not do this to it."""

    status, code = 403, "not_allowed"


class StalePageError(NotAllowedError):
    """A write by the session of a browser without the CSRF token that belongs to it."""

    code = "csrf_failed"

    def __init__(self) -> None:
        super().__init__(_("This page was open for too long. Go back, load it anew and try again."))


class MissingError(DomainError):
    """Does not exist, or lies out of the person's scope: the two look the same."""

    status, code = 404, "not_found"

    def __init__(self, message: StrOrPromise = "", where: str = "") -> None:
        super().__init__(message=message or _("Nothing is here."), where=where)


class StateError(DomainError):
    """The thing is in a state in which this step is not possible."""

    status, code = 409, "wrong_state"


class InputError(DomainError):
    """What was sent cannot be taken as it is."""

    status, code = 422, "bad_input"


class TooLargeError(InputError):
    status, code = 413, "too_large"


class BusyError(DomainError):
    """The server has too much to do at the moment; the same request may go through later."""

    status, code = 503, "busy"
