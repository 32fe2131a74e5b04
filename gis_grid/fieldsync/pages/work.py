"""Work from the field that waits for a person: held, or changed by two."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from gis_grid.accounts.access import user_of
from gis_grid.accounts.models import User
from gis_grid.core.attachments.files import look_of
from gis_grid.core.attachments.http import shown_answer
from gis_grid.core.errors import DomainError, MissingError
from gis_grid.fieldsync import partial
from gis_grid.fieldsync.conflicts import as_row, visible_conflicts
from gis_grid.fieldsync.kept import payload_of
from gis_grid.fieldsync.models import Operation, Upload
from gis_grid.fieldsync.registry import entity_of, sees
from gis_grid.fieldsync.services import settling
from gis_grid.fieldsync.words import label_of, place_of, shown, what

MOST = 100


@dataclass(frozen=True)
class Line:
    """A field: what stood there, what is wanted, and what the server has."""

    field: str
    label: str
    old: str
    mine: str
    theirs: str = ""
    # The server's value as it was shown, for the answer to be about that one.
    seen: str = ""
    # Of the map, where the field is a place.
    hash: str = ""
    their_hash: str = ""


@dataclass(frozen=True)
class Held:
    """An operation that waits for somebody."""

    row: Operation
    what: str
    lines: list[Line] = field(default_factory=list)
    files: list[Upload] = field(default_factory=list)


def work_page(request: HttpRequest) -> HttpResponse:
    """What waits, and what is decided of it; one thing never holds up the others."""
    user = user_of(request)
    status = 200
    if request.method == "POST":
        try:
            messages.info(request, _settle(user, request))
            return redirect("field_work")
        except DomainError as error:
            messages.error(request, str(error.message))
            status = error.status
    return render(request, "fieldsync/work.html", _waiting(user), status=status)


def work_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """A photo or a voice of what waits, so that nobody decides without having seen it."""
    upload = settling.the_waiting_file(user_of(request), key)
    content_type, content = look_of(partial.read(upload.pk))
    return shown_answer(upload.name, content_type, content)


def counts_of(user: User) -> dict[str, int]:
    """How much waits, for the pages that lead here."""
    return {
        "held": settling.held_operations(user).count() + len(settling.held_files(user)),
        "clashing": visible_conflicts(user).filter(settled_at=None).count(),
    }


def _settle(user: User, request: HttpRequest) -> str:
    given = request.POST
    if given.get("act") in ("take", "refuse"):
        settling.settle_held(
            acting_user=user,
            op_id=_uuid(given.get("of", "")),
            take=given["act"] == "take",
            reason=given.get("reason", ""),
        )
        return _("Done.") if given["act"] == "take" else _("Refused: who did it reads your reason.")
    if given.get("act") in ("hang", "drop"):
        settling.settle_file(
            acting_user=user,
            upload_id=_uuid(given.get("of", "")),
            take=given["act"] == "hang",
            reason=given.get("reason", ""),
        )
        return _("Done.") if given["act"] == "hang" else _("Refused: who did it reads your reason.")
    conflict = visible_conflicts(user).filter(pk=_number(given.get("of", ""))).first()
    if conflict is None:
        raise MissingError
    settling.settle_conflict(
        acting_user=user,
        conflict_id=conflict.pk,
        choice=given.get("choice", ""),
        theirs=_seen(given.get("seen", "")),
    )
    return _("The conflict is settled.")


def _waiting(user: User) -> dict[str, Any]:
    held = list(settling.held_operations(user).order_by("received_at")[:MOST])
    files = settling.files_with(held)
    clashing = visible_conflicts(user).filter(settled_at=None)[:MOST]
    return {
        "held": [
            Held(row, what(row.entity, row.action), _lines(user, row), files[row.pk])
            for row in held
        ],
        "files": [
            (upload, row, what(row.entity, row.action))
            for upload, row in settling.held_files(user)[:MOST]
        ],
        "conflicts": [
            (
                one,
                as_row(one, user)["title"],
                _line(one.entity, one.field, settling.sides(user, one)),
            )
            for one in clashing
        ],
    }


def _lines(user: User, row: Operation) -> list[Line]:
    """Fields that the person may know; what is private elsewhere is private here."""
    changes = payload_of(row).get("changes")
    try:
        entity = entity_of(row.entity)
    except DomainError:
        return []
    pairs = changes.items() if isinstance(changes, dict) else ()
    return [
        _line(row.entity, name, {"old": pair[0], "mine": pair[1]})
        for name, pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and sees(user, entity, name, row.area_code)
    ]


def _line(entity: str, name: str, values: dict[str, Any]) -> Line:
    return Line(
        name,
        label_of(entity, name),
        shown(entity, name, values.get("old")),
        shown(entity, name, values.get("mine")),
        shown(entity, name, values.get("theirs")),
        json.dumps(values.get("theirs")),
        _hash(name, values.get("mine")),
        _hash(name, values.get("theirs")),
    )


def _hash(name: str, value: Any) -> str:
    """The map's address of a place (`static/js/geo/permalink.js`)."""
    place = place_of(name, value)
    return f"#18/{place[1]:.6f}/{place[0]:.6f}" if place else ""


def _seen(text: str) -> Any:
    try:
        return json.loads(text[:10_000])
    except ValueError as error:
        raise MissingError from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise MissingError from error


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
