"""Words for the actions in the log. An app names its own from `AppConfig.ready`."""

from collections.abc import Mapping

from django_stubs_ext import StrOrPromise

_words: dict[str, StrOrPromise] = {}


def name_actions(words: Mapping[str, StrOrPromise]) -> None:
    """Give actions their words in the list: `{"user_created": _("Account made")}`."""
    _words.update(words)


def words_of(action: str) -> str:
    """What a person reads for the action; its own name where no app gave one."""
    return str(_words.get(action, action.replace("_", " ")))


def action_choices() -> list[tuple[str, str]]:
    """All named actions, for a choice."""
    return sorted(((action, str(words)) for action, words in _words.items()), key=lambda c: c[1])
