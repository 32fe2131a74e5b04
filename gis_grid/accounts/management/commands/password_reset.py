"""`manage.py password_reset wang`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.services.users import password_reset, user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Give somebody who forgot the password a new first one; prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")

    def perform(self, **options: Any) -> None:
        user = user_named(options["user"])
        password = password_reset(acting_user=SYSTEM, user=user)
        self.stdout.write(
            f"New password of {user.username}, to be changed at the next sign-in: {password}"
        )
