"""The circular as an Excel workbook."""

from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from gis_grid.accounts.models import User
from gis_grid.core.workbook import bold, escaped, sheet_of
from gis_grid.incidents.words import FIGURES

_WIDTHS = (32, 12, 12, 12, 16, 12, 12, 18)


def write_circular(out: IO[bytes], told: dict[str, Any], *, by: User) -> None:
    """Write the figures of `reports.circular`, whose rows have names, to `out`.

    One sheet by village and one by office, each with the sum of all below it.
    """
    book = Workbook(write_only=True)
    now = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    told_of = _("Incidents of %(since)s to %(until)s") % told
    taken = _("Taken out by %(who)s on %(when)s") % {"who": by, "when": now}
    headings = [_("Area or office"), *map(str, FIGURES.values()), _("Median time (hours)")]
    for name, rows in ((_("By village"), told["villages"]), (_("By office"), told["offices"])):
        with sheet_of(book, name, _WIDTHS, frozen=3) as sheet:
            sheet.append([bold(sheet, told_of)])
            sheet.append([escaped(taken)])
            sheet.append([bold(sheet, heading) for heading in headings])
            for row in [*rows, told["all"]]:
                figures = [row[figure] for figure in FIGURES]
                sheet.append([escaped(row["name"]), *figures, row["median_hours"]])
    book.save(out)
