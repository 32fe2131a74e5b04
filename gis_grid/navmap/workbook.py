"""The table beside the map as an Excel workbook."""

from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.errors import InputError, NotAllowedError
from gis_grid.core.words import LEAST_LENGTH, reason_of
from gis_grid.core.workbook import bold, escaped, sheet_of
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.selectors import visible_tags
from gis_grid.navmap.listing import Row, every
from gis_grid.territory.selectors import place_names

_WIDTHS = (22, 36, 10, 7, 24, 18, 16, 16, 18, 16, 18)
_HEADING_ROW = 3


def write_workbook(
    out: IO[bytes],
    *,
    acting_user: User,
    filter: HouseholdFilter,  # noqa: A002 the word that the field uses
    purpose: str,
    sort: str = "code",
    descending: bool = False,
) -> int:
    """Write the filtered households to `out`, masked as in the table; answers how many.

    Only households in the areas where the person may export are taken along. InputError
    without a purpose, NotAllowedError where the person may export nowhere or not in the
    filter's area. Rows are written as they are read, so memory stays flat; logged with the
    purpose.
    """
    said = reason_of(purpose)
    if said is None:
        raise InputError(
            _("Say in at least %(count)d characters what the list is for: it is logged.")
            % {"count": LEAST_LENGTH},
            where="purpose",
        )
    _require(acting_user, filter)
    book = Workbook(write_only=True)
    labels = {tag.slug: tag.label for tag in visible_tags(acting_user)}
    count = 0
    with sheet_of(book, _("Households"), _WIDTHS, _HEADING_ROW) as sheet:
        sheet.append([bold(sheet, _title(acting_user))])
        sheet.append([escaped(_described(acting_user, filter))])
        sheet.append([bold(sheet, heading) for heading in _headings()])
        for row in _allowed(acting_user, filter, sort, descending=descending):
            sheet.append(_cells(row, labels))
            count += 1
    sheet.auto_filter.ref = f"A{_HEADING_ROW}:K{_HEADING_ROW + count}"
    book.save(out)
    record(
        acting_user=acting_user,
        action="households_exported",
        subject_type="household",
        subject_id="",
        area_code=acting_user.scope(Permission.EXPORT).common_area(filter.area),
        detail={
            "purpose": said,
            "rows": count,
            "tags": list(filter.tags),
            "mode": filter.mode,
        },
    )
    return count


def _require(user: User, filter: HouseholdFilter) -> None:  # noqa: A002
    if filter.area is None:
        user.require(Permission.EXPORT)
    elif not user.scope(Permission.EXPORT).touches(filter.area):
        user.require(Permission.EXPORT, filter.area)
        raise NotAllowedError(_("You may not take lists out of this area."))


def _allowed(
    user: User,
    filter: HouseholdFilter,  # noqa: A002
    sort: str,
    *,
    descending: bool,
) -> Iterator[Row]:
    scope = user.scope(Permission.EXPORT)
    for row in every(user, filter, sort=sort, descending=descending):
        if scope.covers(row.area_code):
            yield row


def _headings() -> list[str]:
    return [
        _("Household code"),
        _("Address"),
        _("Head"),
        _("People"),
        _("Tags"),
        _("Grid"),
        _("Village"),
        _("Grid worker"),
        _("Phone of the grid worker"),
        _("Informant"),
        _("Phone of the informant"),
    ]


def _title(user: User) -> str:
    now = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    title = _("Households · taken out by %(who)s on %(when)s") % {"who": user, "when": now}
    # The mark is Chinese in every language: whoever holds the print must see it.
    return f"演示数据 · {title}" if settings.DEMO else title


def _described(user: User, filter: HouseholdFilter) -> str:  # noqa: A002
    area = place_names([filter.area]).get(filter.area, filter.area) if filter.area else _("all")
    parts = [_("Area: %(area)s") % {"area": area}]
    if filter.tags:
        labels = {tag.slug: tag.label for tag in visible_tags(user)}
        joint = _(" or ") if filter.mode == "any" else pgettext("both tags", " and ")
        chosen = joint.join(labels[slug] for slug in filter.tags if slug in labels)
        parts.append(_("Tags: %(tags)s") % {"tags": chosen})
    if filter.bbox:
        parts.append(_("only what the map showed"))
    return " · ".join(parts)


def _cells(row: Row, labels: dict[str, str]) -> list[str | int]:
    tags = "、".join(labels[slug] for slug in row.tags)
    texts = [
        row.grid_name,
        row.village_name,
        row.worker,
        row.worker_phone,
        row.informant,
        row.informant_phone,
    ]
    return [
        *(escaped(text) for text in (row.code, row.address, row.head)),
        row.people,
        *(escaped(text) for text in (tags, *texts)),
    ]
