"""`manage.py token_revoke wang [--label TEXT]`"""

from typing import Any

from django.core.management.base import CommandParser

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.services.tokens import token_revoke
from gis_grid.accounts.services.users import user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Revoke an account's API tokens, all or those with a label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")
        parser.add_argument("--label", help="only tokens with this label")

    def perform(self, **options: Any) -> None:
        user = user_named(options["user"])
        count = token_revoke(acting_user=SYSTEM, user=user, label=options["label"])
        self.stdout.write(f"Tokens of {user.username} revoked: {count}")
