"""Schedules in words: what people read instead of a recurrence rule."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_grid.navmap.sites.forms import DAYS
from gis_grid.patrols.models import Schedule

BYDAY = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), DAYS, strict=True))


def days_of(schedule: Schedule) -> str:
    """On which days; a rule that has no plain words is shown as it is written."""
    parts = dict(part.split("=", 1) for part in schedule.rule.upper().split(";"))
    interval = int(parts.pop("INTERVAL", "1"))
    kind, days = parts.pop("FREQ"), parts.pop("BYDAY", "")
    names = [str(BYDAY[day]) for day in days.split(",") if day in BYDAY]
    if parts or len(names) != (days.count(",") + 1 if days else 0):
        return schedule.rule
    if kind == "DAILY" and not names:
        return _("every %(n)s days") % {"n": interval} if interval > 1 else _("every day")
    if kind == "WEEKLY" and names:
        which = pgettext("between days of the week", ", ").join(names)
        weeks = _("every %(n)s weeks") % {"n": interval} if interval > 1 else _("every week")
        return _("%(weeks)s on %(days)s") % {"weeks": weeks, "days": which}
    return schedule.rule
