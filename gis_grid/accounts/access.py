"""Access to pages: `config/urls.py` reads as a table of address and permission.

`path("audit/", needs(Permission.AUDIT_VIEW, views.audit_log))`. Which areas a person sees
inside a page is the querysets' business; here stands who may open it at all.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import NotSignedInError

# OPTIONS, TRACE and the like run no view, which would take them for a GET.
METHODS = ("GET", "HEAD", "POST")
View = Callable[..., HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    """The signed-in person; NotSignedInError (401, or the sign-in page) where there is none."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise NotSignedInError(_("Sign in first."))
    return user


def needs(permission: Permission, view: View) -> View:
    """`view` for people who hold `permission` in some area."""
    return _guarded(view, permission.value, lambda user: user.require(permission))


def signed_in(view: View) -> View:
    """`view` for everybody who is signed in."""
    return _guarded(view, "signed in", lambda user: None)


def anyone(view: View) -> View:
    """`view` without a login; says so, because a route that says nothing fails a test."""

    @functools.wraps(view)
    def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return view(request, *args, **kwargs)

    open_view.access = "anyone"  # type: ignore[attr-defined]
    return open_view


def _guarded(view: View, access: str, check: Callable[[User], None]) -> View:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        check(user_of(request))
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded
