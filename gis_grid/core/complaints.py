"""What pydantic finds wrong with a parameter, in a person's words and language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

# By pydantic's type of the complaint, with its own names of the limits.
_SENTENCES: dict[str, StrOrPromise] = {
    "string_too_short": gettext_lazy("Write at least %(min_length)s characters."),
    "string_too_long": gettext_lazy("Write at most %(max_length)s characters."),
    "too_short": gettext_lazy("Give at least %(min_length)s values."),
    "too_long": gettext_lazy("Give at most %(max_length)s values."),
    "missing": gettext_lazy("This is missing."),
    "greater_than": gettext_lazy("This must be more than %(gt)s."),
    "greater_than_equal": gettext_lazy("This must be %(ge)s or more."),
    "less_than": gettext_lazy("This must be less than %(lt)s."),
    "less_than_equal": gettext_lazy("This must be %(le)s or less."),
    "literal_error": gettext_lazy("This must be one of: %(expected)s."),
    "enum": gettext_lazy("This must be one of: %(expected)s."),
    "union_tag_invalid": gettext_lazy("The type must be one of: %(expected_tags)s."),
    "union_tag_not_found": gettext_lazy("The type is missing."),
    "string_pattern_mismatch": gettext_lazy("This is no such code."),
    "extra_forbidden": gettext_lazy("Nothing of this name is known here."),
    "one_of_two": gettext_lazy("Give one of these, and only one: %(names)s."),
    "unfit_name": gettext_lazy(
        "This can't be a name: it holds markup, a formula or characters that nobody sees."
    ),
}
# By the first word of the type: `int_parsing`, `int_type`, `int_from_float`, …
_KINDS: dict[str, StrOrPromise] = {
    "int": gettext_lazy("This must be a whole number."),
    "float": gettext_lazy("This must be a number."),
    "decimal": gettext_lazy("This must be a number."),
    "finite": gettext_lazy("This must be a number."),
    "bool": gettext_lazy("This must be true or false."),
    "date": gettext_lazy("This must be a day such as 2026-05-01."),
    "string": gettext_lazy("This must be a text."),
}


def sentence_of(complaint: dict[str, Any]) -> str:
    """The sentence for one of pydantic's errors; the value that was sent is not repeated."""
    kind = str(complaint["type"])
    context = dict(complaint.get("ctx") or {})
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "")
    sentence = _SENTENCES.get(kind) or _KINDS.get(kind.split("_", maxsplit=1)[0])
    if sentence is None:
        return _("This can't be read as it is.")
    return str(sentence) % context
