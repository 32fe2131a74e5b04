"""Taking a snapshot: who may have what on it, and the log."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.audit.services import record
from gis_grid.core.errors import InputError, StateError
from gis_grid.printing.choice import Choice, allowed
from gis_grid.printing.content import content_of
from gis_grid.printing.ground import Degrees, ground_of
from gis_grid.printing.snapshot.data import View, data_of

USUAL_DAYS, MOST_DAYS = 14, 90
MOST_BYTES = 10 * 2**20


@dataclass(frozen=True)
class Taken:
    """A finished snapshot: its bytes and the name of its file."""

    content: bytes
    name: str


def view_of(text: str) -> View | None:
    """`15/25.60000/112.42000` as the map's address has it; None for nothing or anything else."""
    try:
        zoom, lat, lon = text.split("/")[:3]
        view = (int(float(zoom)), float(lat), float(lon))
    except ValueError:
        return None
    return view if 4 <= view[0] <= 20 and abs(view[1]) <= 90 and abs(view[2]) <= 180 else None


def take(*, acting_user: User, choice: Choice, days: int, view: View | None = None) -> Taken:
    """The snapshot as one file, logged.

    InputError for days out of range or without a purpose where one is needed; what the person
    may not see or take along is refused as for a print.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InputError(
            _("A snapshot holds for 1 to %(most)d days.") % {"most": MOST_DAYS}, where="days"
        )
    # folium takes a second to load, and only this needs it.
    from gis_grid.printing.snapshot.page import page_of

    choice = allowed(acting_user, choice)
    ground = ground_of(acting_user, choice.area, Degrees)
    content = content_of(acting_user, choice, ground, Degrees)
    now = timezone.localtime()
    until = (now.date() + dt.timedelta(days=days)).isoformat()
    layers = choice.layers
    if choice.tags and "households" not in layers:
        layers = (*layers, "households")
    page = page_of(
        data_of(ground, content, until=until, view=view, in_full=choice.in_full),
        title=ground.name,
        layers=layers,
        by=str(acting_user),
        at=now,
        is_demo=ground.is_demo,
        purpose=choice.purpose,
        missing=content.failed,
    ).encode()
    if len(page) > MOST_BYTES:
        raise StateError(_("This would be too large for one file. Choose fewer layers."))
    record(
        acting_user=acting_user,
        action="snapshot_taken",
        subject_type="snapshot",
        subject_id="",
        area_code=choice.area,
        detail={
            "purpose": choice.purpose,
            "layers": list(choice.layers),
            "tags": list(choice.tags),
            "in_full": choice.in_full,
            "until": until,
        },
    )
    name = _("%(area)s snapshot %(day)s.html") % {"area": ground.name, "day": now.date()}
    return Taken(page, name)
