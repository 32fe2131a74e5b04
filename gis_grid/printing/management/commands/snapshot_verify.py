"""Tell whether a snapshot is one that this server signed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_grid.printing.snapshot.signing import is_ours


class Command(BaseCommand):
    help = "Tells whether a snapshot was signed by this server and has not been changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        if not is_ours(content):
            raise CommandError(f"{file} was not signed by this server, or has been changed since.")
        self.stdout.write(f"{file} was signed by this server and is unchanged.")
