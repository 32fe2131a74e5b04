"""Asking for the present password once more, and what becomes of whoever guesses at it."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis_grid.accounts.middleware import SIGNED_IN_AT
from gis_grid.accounts.models import User
from gis_grid.accounts.services.users import log_of_user
from gis_grid.audit.models import Entry
from gis_grid.core.security import client_address

_ACTION = "password_change_failed"


def is_guessing(request: HttpRequest, user: User) -> bool:
    """Log that the present password was wrong; True where that ended the session, since it was
    wrong too often.
    """
    log_of_user(user, _ACTION, user, address=client_address(request))
    if _failures(request, user) < settings.AXES_FAILURE_LIMIT:
        return False
    logout(request)
    messages.error(request, _("Too many wrong passwords: you are signed out."))
    return True


def _failures(request: HttpRequest, user: User) -> int:
    """How often it was wrong since this session began, by the log: requests side by side can't
    forget one another's.
    """
    began = dt.datetime.fromtimestamp(request.session.get(SIGNED_IN_AT, 0), dt.UTC)
    failures = Entry.objects.filter(subject_type="user", subject_id=str(user.pk), at__gte=began)
    return failures.filter(action=_ACTION).count()
