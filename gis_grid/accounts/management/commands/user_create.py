"""`manage.py user_create wang --name 王芳 --role office --area 431024111000`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.policies import Role
from gis_grid.accounts.services.users import user_create
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Make an account with a role in an area; prints its first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--area", required=True, help="area code, 12 or 15 digits")

    def perform(self, **options: Any) -> None:
        user, password = user_create(
            acting_user=SYSTEM,
            username=options["user"],
            display_name=options["name"],
            role=options["role"],
            area_code=options["area"],
        )
        self.stdout.write(
            f"Account {user.username} is made. First password, to be changed at the first "
            f"sign-in: {password}"
        )
