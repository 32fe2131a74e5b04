"""Forms of signing in and of the password, and the filter of the log."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import User
from gis_grid.accounts.services.users import password_change
from gis_grid.audit.actions import action_choices


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        # The same sentence for a wrong name, a wrong password and a disabled account.
        "invalid_login": _("The login name or the password is wrong."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control form-control-lg"}
        # Django's form names the length to the browser alone; the list of failures has no room.
        longest = User._meta.get_field("username").max_length or 150
        self.fields["username"].validators.append(MaxLengthValidator(longest))
        self.fields["username"].label = _("Login name")
        self.fields["password"].label = _("Password")

    @property
    def was_refused(self) -> bool:
        """True where name and password were tried and did not fit."""
        return self.has_error(NON_FIELD_ERRORS, "invalid_login")


class PasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control form-control-lg"}

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(_("Choose a password that differs from the present one."))
        return password

    def save(self, commit: bool = True) -> User:
        password_change(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


_NO_DAY = _("Choose a day between the years 1900 and 2999.")
_DAYS = [
    MinValueValidator(dt.date(1900, 1, 1), _NO_DAY),
    MaxValueValidator(dt.date(2999, 12, 31), _NO_DAY),
]


class AuditFilterForm(forms.Form):
    """All fields are optional; `area` means the area and everything in it."""

    actor = forms.CharField(label=_("Person"), required=False, max_length=150)
    action = forms.ChoiceField(label=_("Action"), required=False)
    area = forms.RegexField(
        r"\A[1-9]\d{11}(\d{3})?\Z",
        label=_("Area code"),
        required=False,
        error_messages={"invalid": _("An area code has 12 or 15 digits.")},
    )
    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=_DAYS,
    )
    last = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=_DAYS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = forms.ChoiceField(choices=[("", _("All")), *action_choices()])
        choices.label, choices.required = self.fields["action"].label, False
        self.fields["action"] = choices
        for name, field in self.fields.items():
            kind = "form-select" if name == "action" else "form-control"
            field.widget.attrs |= {"class": kind}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned


def lockout_rule() -> str:
    """What happens after too many wrong passwords, in a sentence."""
    return _("After %(count)s wrong attempts signing in pauses for %(minutes)s minutes.") % {
        "count": settings.AXES_FAILURE_LIMIT,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
    }
