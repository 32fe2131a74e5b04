"""API tokens: made, shown once, revoked."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.api_auth import digest_of
from gis_grid.accounts.models import ApiToken, User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.services.users import areas_of, log_of_user, require_manager
from gis_grid.audit.services import System
from gis_grid.core.errors import InputError, MissingError, StateError

# So that a token found in a file or a log can be recognised for what it is.
TOKEN_PREFIX = "gg_"  # noqa: S105
TOKEN_BYTES = 32
LONGEST_DAYS = 3650
# What a person gives oneself: for shorter, and so few that each can be told from the others.
OWN_LONGEST_DAYS = 365
MOST_OWN = 10


@transaction.atomic
def token_create(
    *, acting_user: User | System, user: User, label: str, days: int
) -> tuple[ApiToken, str]:
    """A token that acts as `user` for `days` days, and its text, which is kept nowhere."""
    require_manager(acting_user, areas_of(user))
    return _create(acting_user, user, label, days, longest=LONGEST_DAYS)


@transaction.atomic
def own_token_create(*, acting_user: User, label: str, days: int) -> tuple[ApiToken, str]:
    """A token for a program of one's own, for people who may take data out."""
    acting_user.require(Permission.EXPORT)
    if not label:
        raise InputError(_("Say what the token is for."), where="label")
    # Two requests side by side count one after the other.
    User.objects.select_for_update().get(pk=acting_user.pk)
    if living_tokens(acting_user).count() >= MOST_OWN:
        raise StateError(
            _("You have %(most)s tokens. Revoke one that is not used any more.")
            % {"most": MOST_OWN}
        )
    return _create(acting_user, acting_user, label, days, longest=OWN_LONGEST_DAYS)


def living_tokens(user: User) -> QuerySet[ApiToken]:
    """The person's tokens that still open something."""
    return user.tokens.filter(revoked_at=None, expires_at__gt=timezone.now())


def _create(
    acting_user: User | System, user: User, label: str, days: int, *, longest: int
) -> tuple[ApiToken, str]:
    if not 1 <= days <= longest:
        raise InputError(
            _("A token lives from 1 to %(most)s days.") % {"most": longest}, where="days"
        )
    if len(label) > 60:
        raise InputError(_("A label has up to 60 characters."), where="label")
    if not user.is_active:
        raise StateError(_("The account %(user)s is disabled.") % {"user": user})
    text = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        user=user,
        label=label,
        digest=digest_of(text),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    log_of_user(acting_user, "token_created", user, token=token.pk, label=label, days=days)
    return token, text


@transaction.atomic
def token_revoke(*, acting_user: User | System, user: User, label: str | None = None) -> int:
    """Revoke the user's tokens, or those with the label; answers how many."""
    require_manager(acting_user, areas_of(user))
    living = user.tokens.filter(revoked_at=None)
    if label is not None:
        living = living.filter(label=label)
    count = living.update(revoked_at=timezone.now())
    if not count:
        raise MissingError(_("%(user)s has no such token.") % {"user": user})
    log_of_user(acting_user, "token_revoked", user, label=label or "", count=count)
    return count


@transaction.atomic
def own_token_revoke(*, acting_user: User, token_id: int) -> None:
    """End one of one's own tokens; MissingError where there is no such living one."""
    if not living_tokens(acting_user).filter(pk=token_id).update(revoked_at=timezone.now()):
        raise MissingError
    log_of_user(acting_user, "token_revoked", acting_user, token=token_id, count=1)
