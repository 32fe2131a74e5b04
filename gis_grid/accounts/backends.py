"""Who may sign in."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from gis_grid.accounts.models import User


def may_sign_in(user: User) -> bool:
    """True for an active account; demo accounts, whose password is published, only in a demo."""
    return user.is_active and (settings.DEMO or not user.is_demo)


class AccountBackend(ModelBackend):
    """Passwords. Asked again on every request, so that disabling somebody works at once."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        return isinstance(user, User) and may_sign_in(user)
