"""Print a map into a file, as a person would have it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.core.paper.sizes import SIZES_MM
from gis_grid.printing.choice import FORMS, LAYERS, TILES, USUAL, Choice
from gis_grid.printing.services.printing import print_to


class Command(BaseCommand):
    help = "Prints the map of an area into a PDF, with what the person named may see."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("area", help="code of a town, village or grid")
        parser.add_argument("out", type=Path)
        parser.add_argument("--user", required=True, help="login name of whoever prints")
        parser.add_argument("--size", choices=list(SIZES_MM), default="A3")
        parser.add_argument("--portrait", action="store_true")
        parser.add_argument("--form", choices=list(FORMS), default="sheet")
        parser.add_argument("--tile", choices=TILES, default="A4")
        parser.add_argument("--layers", nargs="*", choices=list(LAYERS), default=list(USUAL))
        parser.add_argument("--tags", nargs="*", default=[], help="slugs of kinds of households")
        parser.add_argument("--purpose", default="")

    def handle(self, *args: Any, out: Path, user: str, **options: Any) -> None:
        acting_user = User.objects.filter(username=user, is_active=True).first()
        if acting_user is None:
            raise CommandError(f"There is no active account {user}.")
        choice = Choice(
            area=options["area"],
            size=options["size"],
            orientation="portrait" if options["portrait"] else "landscape",
            form=options["form"],
            tile=options["tile"],
            layers=tuple(options["layers"]),
            tags=tuple(options["tags"]),
            purpose=options["purpose"],
        )
        try:
            made = print_to(out, acting_user=acting_user, choice=choice)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for label in made.failed:
            self.stderr.write(f"The layer {label} could not be drawn.")
        self.stdout.write(f"{out}: {made.pages} pages.")
