"""`manage.py token_create wang [--label TEXT] [--days 365]`"""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis_grid.accounts.management.base import ServiceCommand
from gis_grid.accounts.services.tokens import token_create
from gis_grid.accounts.services.users import user_named
from gis_grid.audit.services import SYSTEM


class Command(ServiceCommand):
    help = "Make an API token that acts as the account; prints it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="login name")
        parser.add_argument("--label", default="", help="what it is for")
        parser.add_argument("--days", type=int, default=365, help="lifetime (%(default)s)")

    def perform(self, **options: Any) -> None:
        token, text = token_create(
            acting_user=SYSTEM,
            user=user_named(options["user"]),
            label=options["label"],
            days=options["days"],
        )
        # The token alone on standard output, so that a script can take it from there.
        self.stderr.write(
            _("Valid until %(day)s; it is not shown again:")
            % {"day": f"{token.expires_at:%Y-%m-%d}"}
        )
        self.stdout.write(text)
