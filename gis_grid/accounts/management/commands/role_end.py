"""`manage.py role_end wang --role office --area 431024111000 [--on DAY]`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand, day
from gis_grid.accounts.policies import Role
from gis_grid.accounts.services.users import role_end, user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "End a role of an account in an area."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--area", required=True, help="area code, 12 or 15 digits")
        parser.add_argument("--on", type=day, help="first day without the role (today)")

    def perform(self, **options: Any) -> None:
        user, role, area = user_named(options["user"]), options["role"], options["area"]
        role_end(acting_user=SYSTEM, user=user, role=role, area_code=area, on=options["on"])
        self.stdout.write(f"{user.username} is no longer {role} in {area}.")
