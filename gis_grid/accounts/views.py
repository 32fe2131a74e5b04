"""Signing in and out, the own password, and the auditor's page."""

import datetime as dt
import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gis_grid.accounts.access import user_of
from gis_grid.accounts.audit_log import in_words, read_page
from gis_grid.accounts.forms import AuditFilterForm, PasswordForm, SignInForm, lockout_rule
from gis_grid.accounts.models import User
from gis_grid.accounts.present_password import is_guessing
from gis_grid.accounts.services.users import area_of
from gis_grid.audit.services import SYSTEM, record
from gis_grid.core.security import client_address

SIGN_IN_PAGE = "registration/sign_in.html"


class SignInView(LoginView):
    template_name = SIGN_IN_PAGE
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user: User = form.get_user()
        _log_sign_in("signed_in", user, self.request)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        # While signing in pauses, nothing is counted and nothing logged: the pause is on record.
        counted = getattr(self.request, "axes_failures_since_start", None)
        if form.was_refused and counted:
            username = User.normalize_username(form.cleaned_data.get("username", ""))
            user = User.objects.filter(username=username).first()
            paused = bool(getattr(self.request, "axes_locked_out", False))
            _log_sign_in("sign_in_failed", user, self.request, paused=paused)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lockout_rule=lockout_rule(), **kwargs)


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer of django-axes while signing in pauses: for how long, whether or not there is
    such an account.
    """
    failures = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username"), ip_address=client_address(request)
    )
    since = failures.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    left = settings.AXES_COOLOFF_TIME - (timezone.now() - since if since else dt.timedelta())
    minutes = max(1, math.ceil(left.total_seconds() / 60))
    sentence = ngettext(
        "Too many wrong attempts. Try again in %(minutes)s minute.",
        "Too many wrong attempts. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    context = {"form": SignInForm(request), "paused": sentence, "next": request.POST.get("next")}
    page = render(request, SIGN_IN_PAGE, context, status=429)
    page.headers["Retry-After"] = str(minutes * 60)
    return page


class SignOutView(LogoutView):
    """POST only: a link in a letter can't sign anybody out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            _log_sign_in("signed_out", request.user, request)
        return super().post(request, *args, **kwargs)


def password(request: HttpRequest) -> HttpResponse:
    """The own password; the present session stays, all others end."""
    user = user_of(request)
    form = PasswordForm(user, request.POST or None)
    is_wrong = form.has_error("old_password", "password_incorrect")
    if request.method == "POST" and is_wrong and is_guessing(request, user):
        return redirect("sign_in")
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "forced": user.must_change_password}
    return render(request, "accounts/password.html", context)


def audit_log(request: HttpRequest) -> HttpResponse:
    """The log of the auditor's areas; every look at it is itself logged."""
    form = AuditFilterForm(request.GET)
    before = request.GET.get("before", "")
    page, lines = None, []
    if form.is_valid():
        at = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        page = read_page(user_of(request), form.cleaned_data, at)
        lines = in_words(page.entries)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "query": query.urlencode(),
        "before": before,
    }
    return render(request, "audit/log.html", context, status=200 if page else 422)


def _log_sign_in(action: str, user: User | None, request: HttpRequest, **detail: object) -> None:
    """A name without an account is not kept: people type passwords into that field."""
    record(
        acting_user=user if user and action != "sign_in_failed" else SYSTEM,
        action=action,
        subject_type="user",
        subject_id=user.pk if user else "",
        area_code=area_of(user) if user else "",
        detail={
            "username": user.username if user else None,
            "address": client_address(request),
            **detail,
        },
    )
