"""Tablets: the list of one's people's, a code for one of them, a tablet revoked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import segno
from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import DomainError
from gis_grid.fieldsync.models import Device
from gis_grid.fieldsync.pages.forms import CodeForm, RevokeForm
from gis_grid.fieldsync.pages.work import counts_of
from gis_grid.fieldsync.room import LOW_BYTES, free_bytes
from gis_grid.fieldsync.selectors import DeviceState, devices_of, people_of, state_of
from gis_grid.fieldsync.services import devices
from gis_grid.fieldsync.services.unreadable import note_seen, unreadable_of
from gis_grid.territory.selectors import place_names

MOST = 500
MOST_UNREADABLE = 100
# Light squares around a QR code, as its standard asks.
QUIET = 4


def devices_page(request: HttpRequest) -> HttpResponse:
    """Who has a tablet, when it was last heard of and what it still holds."""
    user = user_of(request)
    form, revoking, made, status = CodeForm(_people(user)), RevokeForm(), None, 200
    act = request.POST.get("act") if request.method == "POST" else None
    try:
        if act == "code":
            form = CodeForm(_people(user), request.POST)
            if form.is_valid():
                # Shown in this answer alone: only its digest is kept.
                made = devices.make_code(acting_user=user, person=form.cleaned_data["person"])
                form = CodeForm(_people(user))
        elif act == "revoke":
            revoking = RevokeForm(request.POST)
            if revoking.is_valid():
                given = revoking.cleaned_data
                devices.revoke(acting_user=user, device_id=given["device"], reason=given["reason"])
                messages.info(request, _("The tablet is revoked."))
                return redirect("devices")
        elif act == "seen":
            note_seen(acting_user=user, key=_number(request.POST.get("of", "")))
            return redirect("devices")
    except DomainError as error:
        messages.error(request, str(error.message))
        status = error.status
    if form.errors or revoking.errors:
        status = 422
    context = _shown(request, user) | {"form": form, "revoking": revoking, "made": made}
    if made is not None:
        context["code"] = qr_of(request.build_absolute_uri(made.path))
    return render(request, "fieldsync/devices.html", context, status=status)


@dataclass(frozen=True)
class Drawing:
    """A QR code as an SVG path, one unit a square; `side` is its width with the quiet zone."""

    side: int
    path: str


def qr_of(address: str) -> Drawing:
    """The address, to be read by the camera of a tablet."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET))
    parts = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, squares in groupby(row, bool):
            width = len(list(squares))
            if is_dark:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return Drawing(len(rows), "".join(parts))


def _shown(request: HttpRequest, user: User) -> dict[str, Any]:
    now, asked = timezone.now(), request.GET.get("q", "").strip()[:60]
    found = devices_of(user)
    if asked:
        found = found.filter(
            Q(name__icontains=asked)
            | Q(user__display_name__icontains=asked)
            | Q(user__username__icontains=asked)
        )
    rows = list(found.order_by(F("last_seen_at").desc(nulls_last=True))[: MOST + 1])
    areas = _areas_of({row.user for row in rows})
    told = [(row, state_of(row, now), areas.get(row.user_id, "")) for row in rows[:MOST]]
    free = free_bytes()
    unread = unreadable_of(user)
    return {
        "asked": asked,
        "has_more": len(rows) > MOST,
        "active": [one for one in told if one[1] is DeviceState.ACTIVE],
        "over": [one for one in told if one[1] is not DeviceState.ACTIVE],
        "waiting": sum(row.queue_length for row, state, _area in told if _is_out(row, state)),
        "low_bytes": free if free < LOW_BYTES else None,
        "unread": list(unread.filter(seen_at=None)[:MOST_UNREADABLE]),
        "seen": list(unread.exclude(seen_at=None)[:MOST_UNREADABLE]),
        "may_open": user.may(Permission.USER_MANAGE),
        "may_settle": user.may(Permission.FIELD_SETTLE),
        **counts_of(user),
    }


def _is_out(device: Device, state: DeviceState) -> bool:
    return state is not DeviceState.REVOKED and device.queue_length > 0


def _people(user: User) -> list[tuple[str, str]]:
    """Those for whom a code can be made, with where they work."""
    people = list(people_of(user).filter(is_active=True, must_change_password=False))
    areas = _areas_of(people)
    named = [
        (one.username, f"{one} · {one.username} · {areas[one.pk]}")
        for one in people
        if one.pk in areas
    ]
    return sorted(named, key=lambda pair: pair[1])


def _areas_of(people: Iterable[User]) -> dict[int, str]:
    """Where each holds a role today, by name."""
    held = Assignment.objects.on(timezone.localdate()).filter(user__in=list(people))
    codes: dict[int, list[str]] = defaultdict(list)
    for person, code in held.order_by("area_code").values_list("user_id", "area_code"):
        if code not in codes[person]:
            codes[person].append(code)
    names = place_names({code for found in codes.values() for code in found})
    return {
        person: "、".join(names.get(code, code) for code in found)
        for person, found in codes.items()
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
