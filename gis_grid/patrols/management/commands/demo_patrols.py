"""Invented patrols for the demo town."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.patrols.demo import make_patrols


class Command(BaseCommand):
    help = "Make squads, routes and runs of three months for the demonstration town."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("town", help="code of the town")
        parser.add_argument("village", help="code of the village that has a squad of its own")
        parser.add_argument("--ending", type=dt.date.fromisoformat, help="day of the last runs")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Demonstration data is loaded only with DEMO=1."))
        day = options["ending"] or timezone.localdate() - dt.timedelta(days=1)
        count = make_patrols(options["town"], options["village"], day)
        self.stdout.write(_("Patrols: %(n)d runs") % {"n": count})
