"""What the pages of incidents ask."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Permission, Role
from gis_grid.core.forms import dress
from gis_grid.incidents.filters import IncidentFilter, Moment
from gis_grid.incidents.machine import RULES
from gis_grid.incidents.models import Incident, Kind, State
from gis_grid.incidents.selectors import category_tree
from gis_grid.incidents.services.reporting import LONGEST_TEXT, Report
from gis_grid.incidents.services.steps import Said
from gis_grid.incidents.sight import LOOK_LABELS
from gis_grid.incidents.words import FIGURES, OFFICES, STEPS
from gis_grid.territory.models import Region

_LONGEST_REASON = 500
# Before a login name where offices are named, too.
_PERSON = "person:"


class FilterForm(forms.Form):
    """The filter above the list; everything may be left open."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind of handling"), required=False, choices=[("", _("All kinds")), *Kind.choices]
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    q = forms.CharField(label=_("Number, words or place"), required=False, max_length=100)
    office = forms.ChoiceField(
        label=_("With which office"),
        required=False,
        choices=[("", _("All offices")), ("none", _("Not assigned")), *Role.choices],
    )
    moment = forms.ChoiceField(
        label=_("The days are those when it was"), required=False, choices=FIGURES.items()
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    area = forms.RegexField(
        r"\A[1-9][0-9]{11}([0-9]{3})?\Z", required=False, widget=forms.HiddenInput
    )
    own = forms.BooleanField(required=False, widget=forms.HiddenInput)
    overdue = forms.BooleanField(label=_("Only overdue ones"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"] = forms.ChoiceField(
            label=_("State"),
            required=False,
            choices=[
                ("open", _("All that are open")),
                ("", _("All")),
                *((f"look-{look}", label) for look, label in LOOK_LABELS.items()),
                *State.choices,
            ],
        )
        self.fields["category"] = forms.ChoiceField(
            label=_("Category"),
            required=False,
            choices=[("", _("All categories")), *category_tree()],
        )
        dress(self)

    def asked(self) -> IncidentFilter:
        """The filter; one that can't be read shows everything open."""
        if not self.is_valid():
            return IncidentFilter(open=True)
        told = self.cleaned_data
        state = told["state"] if "state" in self.data else "open"
        look = state.removeprefix("look-") if state.startswith("look-") else ""
        return IncidentFilter(
            look=look,
            states=(state,) if state and state != "open" and not look else (),
            open=state == "open",
            kind=told["kind"] or None,
            categories=(told["category"],) if told["category"] else (),
            overdue=told["overdue"],
            mine=told["mine"],
            area=told["area"] or None,
            office=told["office"] or None,
            moment=cast(Moment, told["moment"] or "received"),
            own=told["own"],
            search=told["q"],
            since=told["since"],
            until=told["until"],
        )


_COMPLAINS_OF = _("Complains of (they will not see it)")


class ReportForm(forms.Form):
    """One window for everything: who tells it, what it is, where it is."""

    category = forms.ChoiceField(label=_("What it is"))
    what = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    area = forms.ChoiceField(label=_("Village"), required=False)
    address = forms.CharField(label=_("Where, in words"), max_length=200, required=False)
    camera = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    household = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    point = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    lon = forms.FloatField(label=_("Longitude"), required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(label=_("Latitude"), required=False, widget=forms.HiddenInput)
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Incident.Severity.choices, coerce=int, initial=2
    )
    reporter_name = forms.CharField(label=_("Who reports it"), max_length=60, required=False)
    reporter_phone = forms.CharField(label=_("Phone to answer to"), max_length=40, required=False)
    is_anonymous = forms.BooleanField(label=_("Wishes to stay unnamed"), required=False)
    complained_of = forms.ChoiceField(label=_COMPLAINS_OF, required=False)
    photo = forms.FileField(label=_("Photo or file"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = [("", _("Choose what it is")), *category_tree()]
        self.fields["category"] = forms.ChoiceField(label=_("What it is"), choices=categories)
        areas = [("", _("By the pin on the map")), *_areas(user)]
        self.fields["area"] = forms.ChoiceField(label=_("Village"), required=False, choices=areas)
        people = [("", _("Nobody in office")), *people_of(user)]
        self.fields["complained_of"] = forms.ChoiceField(
            label=_COMPLAINS_OF, required=False, choices=people
        )
        dress(self)

    def told(self) -> Report:
        data = dict(self.cleaned_data)
        data.pop("photo")
        lon, lat = data.pop("lon"), data.pop("lat")
        place = (lon, lat) if lon is not None and lat is not None else None
        about: dict[str, Any] = {
            name: (pk,) if (pk := data.pop(field)) else ()
            for name, field in (
                ("cameras", "camera"), ("households", "household"), ("service_points", "point")
            )
        }  # fmt: skip
        return Report(place=place, channel=Incident.Channel.COUNTER, **about, **data)


def people_of(user: User) -> list[tuple[str, str]]:
    """Those who hold a duty where the person reports: of them somebody may complain."""
    scope = user.scope(Permission.INCIDENT_REPORT)
    held = Assignment.objects.on(timezone.localdate()).filter(scope.q("area_code"))
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=user.pk)
    return sorted((one.get_username(), str(one)) for one in people)


def _areas(user: User) -> list[tuple[str, str]]:
    """Villages in which the person may report, and the towns where that is all of them."""
    scope = user.scope(Permission.INCIDENT_REPORT)
    levels = (Region.Level.TOWN, Region.Level.VILLAGE)
    towns = Region.objects.filter(scope.q("code"), level__in=levels).order_by("code")
    found = list(towns.values_list("code", "name"))
    # Staff of single grids report in the village of these.
    own = {prefix[:12] for prefix in scope.prefixes if len(prefix) > 12} - {c for c, _ in found}
    return found + list(Region.objects.filter(code__in=own).values_list("code", "name"))


class StepForm(forms.Form):
    """A step with what has to be said; built for one incident, one step at a time."""

    step = forms.CharField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, step: str, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label, self.needs = STEPS[step], RULES[step].needs
        rows = {"rows": 2}
        if "text" in self.needs:
            self.fields["text"] = forms.CharField(
                label=_("What was done or said"),
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs=rows),
            )
        if "reason" in self.needs:
            self.fields["reason"] = forms.CharField(
                label=_("Why"), max_length=_LONGEST_REASON, widget=forms.Textarea(attrs=rows)
            )
        if "assignee" in self.needs:
            offices = [(role.value, role.label) for role in Role if role.value in OFFICES]
            persons = [(f"{_PERSON}{one.username}", str(one)) for one in people]
            groups = [(_("Offices"), offices), *([(_("People"), persons)] if persons else [])]
            self.fields["assignee"] = forms.ChoiceField(
                label=_("To which office or person"), choices=groups
            )
        for name, field in self.fields.items():
            # Several of these forms stand on one page.
            field.widget.attrs["id"] = f"{step}-{name}"
        dress(self)

    def said(self) -> Said:
        told = self.cleaned_data
        assignee = told.get("assignee", "")
        is_person = assignee.startswith(_PERSON)
        return Said(
            text=told.get("text", ""),
            reason=told.get("reason", ""),
            office="" if is_person else assignee,
            person=assignee.removeprefix(_PERSON) if is_person else "",
        )


class RevealForm(forms.Form):
    """Which detail of the reporter is to be seen in full, and why."""

    of = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    detail = forms.ChoiceField(
        label=_("What to show in full"), choices=[("phone", _("Phone")), ("name", _("Name"))]
    )
    purpose = forms.CharField(
        label=_("What you need it for (this is logged)"), max_length=_LONGEST_REASON
    )

    def __init__(self, of: int, data: Any = None) -> None:
        # One of these stands beside each reporter.
        super().__init__(data, auto_id=f"reveal-{of}-%s", initial={"of": of})
        dress(self)


class ConcernForm(forms.Form):
    """Whom a case complains of."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    complained_of = forms.ChoiceField(label=_COMPLAINS_OF)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["complained_of"] = forms.ChoiceField(
            label=_COMPLAINS_OF, choices=people_of(user)
        )
        dress(self)
