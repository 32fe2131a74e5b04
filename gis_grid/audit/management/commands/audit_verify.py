"""`manage.py audit_verify [--anchor SEQ:HASH]`"""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from gis_grid.audit.models import Entry
from gis_grid.audit.verify import verify_chain


class Command(BaseCommand):
    help = "Check that the audit log is whole; status 1 and the first broken row where it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            type=anchor,
            metavar="SEQ:HASH",
            help="the last line of an earlier check, which must still hold",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        last = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        with tqdm(total=last, unit="row", disable=None) as bar:
            result = verify_chain(
                anchor=options["anchor"], on_progress=lambda seq: bar.update(seq - bar.n) and None
            )
        if not result.is_whole:
            raise CommandError(
                _("The audit log is broken: %(faults)s.") % {"faults": _("; ").join(result.faults)}
            )
        self.stdout.write(_("The audit log is whole: %(rows)d rows.") % {"rows": result.rows})
        if result.rows:
            self.stdout.write(f"{result.last_seq}:{result.last_hash}")


def anchor(text: str) -> tuple[int, str]:
    """Number and hash, as the command prints them."""
    number, _colon, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise argparse.ArgumentTypeError(
            _("%(text)s: write it as SEQ:HASH, as the check printed it") % {"text": text}
        )
    return int(number), digest
