"""Columns that files have of households beyond their own: who answers for them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis_grid.duties.selectors import Staff, staff_of
from gis_grid.territory.datasets import Column

_NOBODY = Staff()


def _told(of: Callable[[Staff], str]) -> Callable[[Sequence[Any]], list[str]]:
    def told(codes: Sequence[Any]) -> list[str]:
        staff = staff_of({part for code in codes for part in (code, code[:12])})
        return [of(staff.get(code, _NOBODY)) or of(staff.get(code[:12], _NOBODY)) for code in codes]

    return told


def _phones(numbers: Sequence[str]) -> str:
    return "、".join(numbers)


# In full, as on the card: whoever answers for a grid is published with it.
COLUMNS = [
    Column("worker", "text", "h.area_code", _("Grid worker"), told=_told(lambda s: s.worker)),
    Column(
        "worker_phone",
        "text",
        "h.area_code",
        _("Phone of the grid worker"),
        told=_told(lambda s: _phones(s.worker_phones)),
    ),
    Column("informant", "text", "h.area_code", _("Informant"), told=_told(lambda s: s.informant)),
    Column(
        "informant_phone",
        "text",
        "h.area_code",
        _("Phone of the informant"),
        told=_told(lambda s: _phones(s.informant_phones)),
    ),
]
