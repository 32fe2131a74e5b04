"""The page that tells the GIS office how to connect, and gives it the token to do so."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.present_password import is_guessing
from gis_grid.accounts.services import tokens
from gis_grid.core.errors import DomainError
from gis_grid.ogc.crs import known_to
from gis_grid.ogc.tiles import MATRIX, TOGETHER
from gis_grid.territory.datasets import datasets_for

# Where a command wants the token, as long as none was made on this page.
_TO_FILL_IN = "gg_…"
_DAYS = [
    (days, ngettext_lazy("%(n)d day", "%(n)d days", "n") % {"n": days})
    for days in (30, 90, 180, tokens.OWN_LONGEST_DAYS)
]


class TokenForm(forms.Form):
    """A token for a program; the present password, because it outlives the session."""

    label = forms.CharField(label=gettext_lazy("What it is for"), max_length=60, initial="QGIS")
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long"), coerce=int, choices=_DAYS, initial=90
    )
    password = forms.CharField(
        label=gettext_lazy("Present password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            kind = "form-select" if name == "days" else "form-control"
            field.widget.attrs |= {"class": kind}


@require_http_methods(["GET", "HEAD", "POST"])
def gis_page(request: HttpRequest) -> HttpResponse:
    """Addresses to copy, and what QGIS and ogr2ogr are told; POST makes or ends a token."""
    user = user_of(request)
    if request.method != "POST":
        return _page(request, user, TokenForm() if user.may(Permission.EXPORT) else None)
    user.require(Permission.EXPORT)
    if "revoke" in request.POST:
        return _revoke(request, user)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    if not user.check_password(given["password"]):
        if is_guessing(request, user):
            return redirect("sign_in")
        form.add_error("password", _("The present password is wrong."))
        return _page(request, user, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _token, text = tokens.own_token_create(
            acting_user=user, label=given["label"], days=given["days"]
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, user, form, status=error.status)
    return _page(request, user, TokenForm(), made=text)


def _revoke(request: HttpRequest, user: User) -> HttpResponse:
    number = request.POST["revoke"]
    known = number.isascii() and number.isdigit() and len(number) < 19
    tokens.own_token_revoke(acting_user=user, token_id=int(number) if known else 0)
    messages.success(request, _("The token opens nothing any more."))
    return redirect("data_gis")


def _page(
    request: HttpRequest, user: User, form: TokenForm | None, *, made: str = "", status: int = 200
) -> HttpResponse:
    base = request.build_absolute_uri(reverse("ogc"))
    systems = [crs for crs in known_to(user) if crs.srid is not None]
    context = {
        "form": form,
        "made": made,
        "token": made or _TO_FILL_IN,
        "own": tokens.living_tokens(user),
        "base": base,
        "tiles": f"{base}tiles/{TOGETHER}/{MATRIX}/{{z}}/{{y}}/{{x}}",
        "style": request.build_absolute_uri(reverse("ogc_style")),
        "datasets": datasets_for(user),
        "systems": systems,
        "zone": systems[-1] if systems else None,
    }
    return render(request, "ogc/gis.html", context, status=status)
