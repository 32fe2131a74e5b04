"""`manage.py messages`: bring the Chinese catalogue in line with the sources."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Add new texts to the Chinese catalogue, drop those gone, list what has no translation."

    def handle(self, *args: Any, **options: Any) -> None:
        from gis_grid.core import messages

        for domain in messages.DOMAINS:
            gained = messages.update(domain)
            self.stdout.write(f"{domain}: {gained} new")
            for line in messages.untranslated(domain):
                self.stdout.write(f"  {line}")
