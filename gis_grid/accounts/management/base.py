"""Commands that call a service: its refusal becomes the command's sentence."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_grid.core.errors import DomainError


class ServiceCommand(BaseCommand):
    """`perform` does the work; a DomainError ends the command with status 1 and no traceback."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.perform(**options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def perform(self, **options: Any) -> None:
        raise NotImplementedError


def day(text: str) -> dt.date:
    """A date on the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("%(text)s: write a date as 2026-11-22") % {"text": text}
        ) from error
