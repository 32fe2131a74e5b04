"""What the pages of patrols ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import POLICY, Permission
from gis_grid.core.forms import dress
from gis_grid.incidents.pages.forms import ReportForm
from gis_grid.navmap.patrolling.words import BYDAY
from gis_grid.patrols.models import Squad
from gis_grid.patrols.services.runs import LONGEST_NOTE
from gis_grid.territory.models import Region


class SquadForm(forms.Form):
    """A squad: where it walks, who leads it, who walks."""

    name = forms.CharField(label=_("Name of the squad"), max_length=60)
    area_code = forms.ChoiceField(label=_("Village or town"))
    leader = forms.ChoiceField(label=_("Leader"))
    members = forms.MultipleChoiceField(
        label=pgettext_lazy("squad", "Members"), required=False, widget=forms.CheckboxSelectMultiple
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = user.scope(Permission.PATROL_EDIT)
        areas = Region.objects.filter(scope.q("code"), level__in=("town", "village"))
        people = [(one.username, str(one)) for one in _people_of(user)]
        named = list(areas.order_by("code").values_list("code", "name"))
        self.fields["area_code"] = forms.ChoiceField(
            label=_("Village or town"),
            choices=named,
        )
        self.fields["leader"] = forms.ChoiceField(label=_("Leader"), choices=people)
        self.fields["members"] = forms.MultipleChoiceField(
            label=pgettext_lazy("squad", "Members"), choices=people, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        dress(self)

    @classmethod
    def of(cls, user: User, squad: Squad) -> "SquadForm":
        """The form as the squad stands."""
        members = squad.members.filter(ends_on=None).select_related("user")
        leader = next((one.user.username for one in members if one.is_leader), "")
        told = {"name": squad.name, "area_code": squad.area_code, "leader": leader,
                "members": [one.user.username for one in members],
                "revision": squad.revision}  # fmt: skip
        return cls(user, initial=told)


def _people_of(user: User) -> list[User]:
    """Active people who may walk in the person's area."""
    scope = user.scope(Permission.PATROL_EDIT)
    held = Assignment.objects.on(timezone.localdate()).filter(
        scope.q("area_code"), role__in=POLICY[Permission.PATROL_VIEW]
    )
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True))


class ScheduleForm(forms.Form):
    """On which days of the week, from when, for how long."""

    days = forms.MultipleChoiceField(
        label=_("Days"),
        choices=list(BYDAY.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=1440, initial=90)
    holds_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"holds_from": timezone.localdate()})
        super().__init__(*args, **kwargs)
        dress(self)

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"rule": f"FREQ=WEEKLY;BYDAY={','.join(given.pop('days'))}"}


class NoteForm(forms.Form):
    """What was seen on the way."""

    text = forms.CharField(
        label=_("What was seen"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class FoundForm(ReportForm):
    """An incident as the counter takes it in, perhaps found on a patrol's run."""

    run = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
