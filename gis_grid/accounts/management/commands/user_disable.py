"""`manage.py user_disable wang`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.services.users import user_disable, user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Shut an account: its sessions and tokens end at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")

    def perform(self, **options: Any) -> None:
        user = user_named(options["user"])
        user_disable(acting_user=SYSTEM, user=user)
        self.stdout.write(f"Account {user.username} is disabled.")
