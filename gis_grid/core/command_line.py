"""Management commands as a person runs them: in that person's language, and a database out of
reach is a sentence.
"""

import argparse
import sys
from collections.abc import Sequence

from django.apps import apps
from django.core.management import execute_from_command_line
from django.db import OperationalError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

# What argparse itself says to whoever mistypes a command: here for the catalogue to find.
ARGPARSE_WORDS = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("ambiguous option: %(option)s could match %(matches)s"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


def run(argv: Sequence[str]) -> None:
    """Run the command in `argv`; status 1 and a sentence where the database fails it.

    With `--traceback` the error comes through whole.
    """
    speak()
    try:
        execute_from_command_line(list(argv))
    except OperationalError as error:
        if "--traceback" in argv:
            raise
        said = str(error).strip().splitlines() or [""]
        sys.exit(
            _(
                "The database does not do its part: %(said)s\n"
                "Is it running, and are the addresses in var/env right?"
                " bin/run starts it and renews its logins."
            )
            % {"said": said[-1]}
        )


def speak() -> None:
    """Let argparse look its words up in our catalogue: it asks two names of its module for them."""
    vars(argparse).update(_=_in_our_words, ngettext=_in_our_numbers)


def _in_our_words(text: str) -> str:
    # Django makes a first parser before it is set up.
    return _(text) if apps.ready else text


def _in_our_numbers(one: str, many: str, number: int) -> str:
    return ngettext(one, many, number) if apps.ready else (one if number == 1 else many)
