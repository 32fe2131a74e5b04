"""Management commands as a person runs them: a database out of reach is a sentence."""

import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import OperationalError
from django.utils.translation import gettext as _


def run(argv: Sequence[str]) -> None:
    """Run the command in `argv`; status 1 and a sentence where the database fails it.

    With `--traceback` the error comes through whole.
    """
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
