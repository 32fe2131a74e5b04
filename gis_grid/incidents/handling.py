"""What the counter says of a category: who handles it, and until when it has to be closed."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_grid.incidents.models import DeadlineRule
from gis_grid.incidents.selectors import categories_of_today
from gis_grid.incidents.services.deadlines import due_by, rules_of_cases


def handling_notes() -> dict[str, str]:
    """A sentence for each category of today, by its code, as if the case came in now."""
    rules = rules_of_cases(categories_of_today(), timezone.localdate())
    return {
        category.code: _("Handled by: %(office)s") % {"office": category.get_office_display()}
        + (f" · {_until(rule)}" if rule else "")
        for category, rule in rules
    }


def _until(rule: DeadlineRule) -> str:
    due = timezone.localtime(due_by(rule, timezone.now()).at)
    told = {"long": _length(rule), "until": f"{due:%Y-%m-%d}"}
    if rule.minutes is not None:
        told["until"] = f"{due:%Y-%m-%d %H:%M}"
    return _("To be closed within %(long)s, by %(until)s") % told


def _length(rule: DeadlineRule) -> str:
    if rule.minutes is None:
        days = rule.working_days or 0
        return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    if rule.minutes % 60:
        return ngettext("%(n)s minute", "%(n)s minutes", rule.minutes) % {"n": rule.minutes}
    hours = rule.minutes // 60
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
