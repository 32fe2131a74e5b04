"""How the fields of forms look on all pages."""

from django import forms


def dress(form: forms.Form) -> None:
    """Widgets in the form of the pages' style sheet; those that have a class keep it."""
    for field in form.fields.values():
        if isinstance(field, forms.MultipleChoiceField):
            continue
        attrs = field.widget.attrs
        if isinstance(field, forms.BooleanField):
            attrs.setdefault("class", "form-check-input")
        elif isinstance(field, forms.ChoiceField):
            attrs.setdefault("class", "form-select")
        else:
            attrs.setdefault("class", "form-control")
        if isinstance(field, forms.FloatField):
            attrs.setdefault("step", "any")
