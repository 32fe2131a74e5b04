"""Numbers of the register: by town and year, without a gap, never given twice."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.incidents.models import Incident
from gis_grid.territory.models import Region

_NEXT = """
INSERT INTO incidents_registercounter AS c (town_code, year, last) VALUES (%s, %s, %s)
ON CONFLICT ON CONSTRAINT register_counter_once DO UPDATE SET last = c.last + excluded.last
RETURNING last
"""
_KINDS_OF_TOWN = ("街道", "镇", "乡")


def take_numbers(town_code: str, year: int, count: int = 1) -> range:
    """The next numbers of the town's register, in the caller's transaction.

    The counter's row stays locked until the commit: who is broken off gives them back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [town_code, year, count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


def enter(incident: Incident, now: dt.datetime) -> None:
    """Give the incident its number: `晋屏[2026]0001号`."""
    incident.town_code = code_at(incident.area_code, AreaLevel.TOWN)
    incident.year = timezone.localdate(now).year
    incident.serial = take_numbers(incident.town_code, incident.year)[0]
    incident.register_no = number_text(
        town_name(incident.town_code), incident.year, incident.serial
    )


def number_text(town: str, year: int, serial: int) -> str:
    return f"{town}[{year}]{serial:04d}号"


def town_name(town_code: str) -> str:
    """The town's name without what kind of town it is; its code where it has none."""
    name = Region.objects.filter(code=town_code).values_list("name", flat=True).first()
    if name is None:
        return town_code
    for kind in _KINDS_OF_TOWN:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name
