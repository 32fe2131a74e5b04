"""What the pages of tablets ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gis_grid.core.forms import dress


class CodeForm(forms.Form):
    """For whom a tablet is to be enrolled."""

    person = forms.ChoiceField(label=_("Whose tablet"))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ChoiceField(
            label=_("Whose tablet"), choices=[("", "—"), *people]
        )
        dress(self)


class RevokeForm(forms.Form):
    """Why a tablet gets nothing any more."""

    device = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it is revoked"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class OpenForm(forms.Form):
    """What the content is needed for."""

    reason = forms.CharField(label=_("What you need it for"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
