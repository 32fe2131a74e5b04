"""Reports: an order that is kept, to be taken out again with a tap."""

from django.db import transaction
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core.errors import InputError, MissingError
from gis_grid.core.texts import tidy
from gis_grid.exchange.models import Report, TakenOut
from gis_grid.exchange.out.making import Order, check, take_out

MOST = 50


@transaction.atomic
def save_report(*, acting_user: User, name: str, order: Order) -> Report:
    """Keep the order under the name; what had the name before is replaced."""
    _datasets, said = check(acting_user, order)
    name = tidy(name).strip()
    if not name or len(name) > 60:
        raise InputError(_("Give it a name of at most 60 characters."), where="report")
    own = Report.objects.select_for_update().filter(user=acting_user)
    if own.exclude(name=name).count() >= MOST:
        raise InputError(_("These are too many reports."), where="report")
    kept, _is_new = Report.objects.update_or_create(
        user=acting_user,
        name=name,
        defaults={
            "dataset": order.dataset,
            "form": order.form,
            "options": order.options(),
            "layout": order.layout,
            "purpose": said,
        },
    )
    return kept


def run_report(*, acting_user: User, report_id: int) -> TakenOut:
    """Take it out anew, as things are now and for the purpose that it was kept for."""
    return take_out(acting_user=acting_user, order=Order.of(_own(acting_user, report_id)))


@transaction.atomic
def drop_report(*, acting_user: User, report_id: int) -> None:
    _own(acting_user, report_id).delete()


def _own(user: User, report_id: int) -> Report:
    found = Report.objects.filter(user=user, pk=report_id).select_related("layout").first()
    if found is None:
        raise MissingError
    return found
