"""Words for what stands in the log. An app names its own from `AppConfig.ready`."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

Labels = Callable[[Collection[str]], Mapping[str, str]]

_words: dict[str, StrOrPromise] = {}
_subjects: dict[str, StrOrPromise] = {}
_details: dict[str, StrOrPromise] = {}
_values: dict[str, StrOrPromise] = {}
_labels: dict[str, Labels] = {}


def name_actions(words: Mapping[str, StrOrPromise]) -> None:
    """Give actions their words in the list: `{"user_created": _("Account made")}`."""
    _words.update(words)


def words_of(action: str) -> str:
    """What a person reads for the action; its own name where no app gave one."""
    return str(_words.get(action, action.replace("_", " ")))


def action_choices() -> list[tuple[str, str]]:
    """All named actions, for a choice."""
    return sorted(((action, str(words)) for action, words in _words.items()), key=lambda c: c[1])


def name_subjects(words: Mapping[str, StrOrPromise]) -> None:
    """Give kinds of things their words: `{"household": _("Household")}`."""
    _subjects.update(words)


def subject_words(subject_type: str) -> str:
    """What a person reads for a kind of thing; its own name where no app gave one."""
    return str(_subjects.get(subject_type, subject_type))


def label_subjects(subject_type: str, labels: Labels) -> None:
    """Have the ids of a kind of thing shown by what people know it by, a code or a name."""
    _labels[subject_type] = labels


def subject_labels(subject_type: str, ids: Collection[str]) -> dict[str, str]:
    """Labels by id; an id without one is shown as it is."""
    known = _labels.get(subject_type)
    return dict(known(ids)) if known and ids else {}


def name_areas(names: Labels) -> None:
    """Say how area codes come by their names: by the app that keeps them."""
    _labels["area"] = names


def area_names(codes: Collection[str]) -> dict[str, str]:
    """Names by area code, those that are known."""
    return subject_labels("area", codes)


def name_details(
    keys: Mapping[str, StrOrPromise], values: Mapping[str, StrOrPromise] | None = None
) -> None:
    """Give keys of `detail`, and values that are words of the program, their words."""
    _details.update(keys)
    _values.update(values or {})


def detail_lines(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and value in words, without what is empty."""
    return [
        (str(_details.get(key, key)), _said(value))
        for key, value in detail.items()
        if value not in (None, "", [], {})
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return _(", ").join(f"{key} {said}" for key, said in detail_lines(value))
    if isinstance(value, list):
        return _(", ").join(_said(one) for one in value)
    return str(_values.get(value, value)) if isinstance(value, str) else str(value)
