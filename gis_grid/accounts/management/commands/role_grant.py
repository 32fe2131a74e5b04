"""`manage.py role_grant wang --role office --area 431024111000 [--from DAY] [--until DAY]`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand, day
from gis_grid.accounts.policies import Role
from gis_grid.accounts.services.users import role_grant, user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Give an account one more role in an area."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--area", required=True, help="area code, 12 or 15 digits")
        parser.add_argument("--from", dest="start", type=day, help="first day (today)")
        parser.add_argument("--until", type=day, help="first day without the role (never)")

    def perform(self, **options: Any) -> None:
        granted = role_grant(
            acting_user=SYSTEM,
            user=user_named(options["user"]),
            role=options["role"],
            area_code=options["area"],
            starts_on=options["start"],
            ends_on=options["until"],
        )
        self.stdout.write(f"{granted.user.username} is {granted.role} in {granted.area_code}.")
