"""What the law asks of a public camera, and since when."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gis_grid.facilities.models import Camera


@dataclass(frozen=True)
class Norm:
    """Pictures are kept at least so many days, from `since` on, by `source`."""

    since: dt.date
    storage_days: int
    source: str


NORMS = (Norm(dt.date(2025, 4, 1), 30, "《公共安全视频图像信息系统管理条例》（国务院令第799号）"),)


def shortfalls(camera: Camera, day: dt.date) -> list[str]:
    """What a public camera lacks on the day, in words; a home camera is nobody's register."""
    norm = next((one for one in reversed(NORMS) if one.since <= day), None)
    if norm is None or not camera.is_public:
        return []
    lacks = []
    if not camera.has_sign:
        lacks.append(_("no sign put up"))
    if not camera.filing_no:
        lacks.append(_("not filed with the police"))
    if camera.storage_days < norm.storage_days:
        lacks.append(_("pictures kept for fewer than %(days)d days") % {"days": norm.storage_days})
    return lacks
