"""The county's own rules: the tree of categories, and how long each may take."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis_grid.accounts.access import user_of
from gis_grid.core.errors import DomainError, MissingError
from gis_grid.core.forms import dress
from gis_grid.incidents.models import OPEN_STATES, Category, DeadlineRule, Field, Kind
from gis_grid.incidents.services import rules
from gis_grid.incidents.words import OFFICES

STATES = [(state.value, state.label) for state in OPEN_STATES]


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class CategoryForm(forms.Form):
    """A category; its code is given once."""

    code = forms.SlugField(label=_("Code of the category"), max_length=20)
    parent = forms.ChoiceField(label=_("Branch"), required=False)
    name = forms.CharField(label=_("Name of the category"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind of handling"), choices=Kind.choices)
    field = forms.ChoiceField(label=_("Field of joint work"), choices=Field.choices)
    office = forms.ChoiceField(
        label=_("Office that handles it"), choices=[(role.value, role.label) for role in OFFICES]
    )
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=32_000)
    source = forms.CharField(label=_("Laid down in"), max_length=100)
    starts_on = _day(_("Holds from"))
    ends_on = _day(_("Not chosen any more from"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Category.objects.filter(parent=None).values_list("code", "name")
        self.fields["parent"] = forms.ChoiceField(
            label=_("Branch"), required=False, choices=[("", "—"), *branches]
        )
        dress(self)

    def told(self) -> dict[str, Any]:
        return self.cleaned_data | {"parent": self.cleaned_data["parent"] or None}


class DeadlineForm(forms.Form):
    """How long a state, or the whole case, may last from a day on."""

    state = forms.ChoiceField(
        label=_("For"), required=False, choices=[("", _("the whole case")), *STATES]
    )
    working_days = forms.IntegerField(
        label=_("Working days"), required=False, min_value=0, max_value=1000
    )
    minutes = forms.IntegerField(
        label=_("or minutes"), required=False, min_value=1, max_value=1_000_000
    )
    since = _day(_("Holds from"))
    source = forms.CharField(label=_("Laid down in"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class KindDeadlineForm(DeadlineForm):
    """The same for a whole kind of handling."""

    kind = forms.ChoiceField(label=_("Kind of handling"), choices=Kind.choices)
    field_order = ("kind",)


def categories_page(request: HttpRequest) -> HttpResponse:
    """The tree, ended ones too; the county adds a category, or a deadline of a kind."""
    user, today = user_of(request), timezone.localdate()
    form = CategoryForm(initial={"order": 100, "starts_on": today})
    deadline = KindDeadlineForm(initial={"since": today})
    if request.POST.get("act") == "deadline":
        deadline = KindDeadlineForm(request.POST)
        if _done(
            deadline, lambda told: rules.set_deadline(acting_user=user, category=None, **told)
        ):
            messages.info(request, gettext("Saved."))
            return redirect("incident_rules")
    elif request.method == "POST":
        form = CategoryForm(request.POST)
        if form.is_valid() and Category.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", gettext("There is a category of this code: change that one."))
        if _done(form, lambda _told: rules.save_category(acting_user=user, **form.told())):
            messages.info(request, gettext("Saved."))
            return redirect("incident_category", form.cleaned_data["code"])
    tree = Category.objects.filter(parent=None).prefetch_related("children")
    context = {
        "form": form,
        "deadline": deadline,
        "tree": [(branch, list(branch.children.all())) for branch in tree],
        "of_kinds": _deadlines(DeadlineRule.objects.filter(category=None)),
        "today": today,
    }
    return render(request, "incidents/rules.html", context, status=_status(form, deadline))


def category_page(request: HttpRequest, code: str) -> HttpResponse:
    """A category and its deadlines, both to be changed."""
    user, today = user_of(request), timezone.localdate()
    category = Category.objects.filter(code=code).select_related("parent").first()
    if category is None:
        raise MissingError
    names = [name for name in CategoryForm.base_fields if name != "parent"]
    now = {name: getattr(category, name) for name in names}
    now["parent"] = category.parent.code if category.parent else ""
    form, deadline = CategoryForm(initial=now), DeadlineForm(initial={"since": today})
    if request.POST.get("act") == "deadline":
        deadline = DeadlineForm(request.POST)
        if _done(
            deadline,
            lambda told: rules.set_deadline(acting_user=user, category=code, kind=None, **told),
        ):
            messages.info(request, gettext("Saved."))
            return redirect("incident_category", code)
    elif request.method == "POST":
        form = CategoryForm({**request.POST.dict(), "code": code})
        if _done(form, lambda _told: rules.save_category(acting_user=user, **form.told())):
            messages.info(request, gettext("Saved."))
            return redirect("incident_category", code)
    form.fields["code"].disabled = True
    context = {
        "category": category,
        "form": form,
        "deadline": deadline,
        "deadlines": _deadlines(category.deadlines.all()),
    }
    return render(request, "incidents/category.html", context, status=_status(form, deadline))


def _done(form: forms.Form, act: Any) -> bool:
    """Whether the form was right and the rule is laid down; errors go to the form."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DomainError as error:
        form.add_error(error.where if error.where in form.fields else None, str(error))
        return False
    return True


def _deadlines(found: Any) -> list[tuple[DeadlineRule, str]]:
    names = dict(STATES)
    return [(one, str(names.get(one.state, _("the whole case")))) for one in found]


def _status(*forms_shown: forms.Form) -> int:
    return 422 if any(form.errors for form in forms_shown) else 200
