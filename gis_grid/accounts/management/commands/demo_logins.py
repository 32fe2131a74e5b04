"""`manage.py demo_logins`"""

import unicodedata
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.models import Assignment
from gis_grid.accounts.policies import Role
from gis_grid.accounts.services.demo import DEMO_PASSWORD
from gis_grid.core.errors import StateError


class Command(ServiceCommand):
    help = "Show the accounts of the demo."

    def perform(self, **options: Any) -> None:
        if not settings.DEMO:
            raise StateError(_("The demo is off (DEMO=0): its accounts can't sign in."))
        held = Assignment.objects.filter(user__is_demo=True, user__is_active=True)
        rows = [(_("Login"), _("Role"), _("Area"), _("Password"))]
        for one in held.select_related("user").order_by("user__pk"):
            role = str(Role(one.role).label)
            rows.append((one.user.username, role, one.area_code, DEMO_PASSWORD))
        widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            padded = (
                cell + " " * (width - columns(cell))
                for cell, width in zip(row, widths, strict=True)
            )
            self.stdout.write("  ".join(padded).rstrip())


def columns(text: str) -> int:
    """Width in a terminal, where Chinese characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
