"""What can be done in the field: apps register their kinds of things in `AppConfig.ready`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core.errors import InputError
from gis_grid.fieldsync.merging import Clash
from gis_grid.fieldsync.reading import Changes, OperationIn

NO_TIME = dt.timedelta()


@dataclass(frozen=True)
class Op:
    """An operation about to be applied. `object_id` is of the server, None for a new thing."""

    op_id: UUID
    record: UUID | None
    object_id: int | None
    made_at: str | None
    changes: Changes
    sent: OperationIn
    # How much the tablet's clock was behind the server's when it made this.
    clock: dt.timedelta = NO_TIME
    # How much later than the tablet told the thing was made, as its maker has said since.
    moved: dt.timedelta = NO_TIME
    # The refused one that this corrects; the first of them, where it was corrected more than once.
    corrects: Op | None = None

    def by_our_clock(self, told: dt.datetime) -> dt.datetime:
        """A time of the tablet's clock as the server's clock had it."""
        try:
            return told + self.clock
        except OverflowError:
            return told


@dataclass(frozen=True)
class Done:
    """What an action came to; nothing `changed` means that it was there already."""

    object_id: int
    area_code: str
    rev: int = 0
    number: str = ""
    clashes: tuple[Clash, ...] = ()
    changed: bool = True
    # By this, what else the tablet tells of a new thing is moved.
    moved: dt.timedelta = NO_TIME


# Applies an operation as the person: one call of a service, in the caller's savepoint.
Action = Callable[[User, Op], Done]
# `settle(user, object_id, field, value, theirs)`: write `value` where the server still holds
# `theirs`; StateError with the present one in its details where it does not.
Settle = Callable[[User, int, str, Any, Any], Done]
# `present(user, object_id, field)`: what the server holds there, as the person's tablet sees it.
Present = Callable[[User, int, str], Any]
Attach = Callable[[User, int, str, bytes], None]
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Entity:
    """A kind of thing. `upcasters[n]` turns changes of form version n into those of n + 1."""

    name: str
    actions: Mapping[str, Action]
    # Actions that make a new thing; all others are about one that is there.
    makes: frozenset[str] = frozenset()
    form_version: int = 1
    upcasters: Mapping[int, Upcast] = field(default_factory=dict)
    attach: Attach | None = None
    settle: Settle | None = None
    # Fields that only those see who hold one more permission in the area.
    private: Callable[[], tuple[Collection[str], Permission | None]] = lambda: ((), None)
    # Where the thing is: longitude and latitude.
    place: Callable[[int], tuple[float, float] | None] = lambda object_id: None
    # A value of a field in words, None for as it is.
    words: Callable[[str, Any], str | None] = lambda field, value: None
    present: Present | None = None
    # `title(object_id)` in words without personal data; `label(field)` in words.
    title: Callable[[int], str] = str
    label: Callable[[str], str] = str


_entities: dict[str, Entity] = {}


def register_entity(entity: Entity) -> None:
    _entities[entity.name] = entity


def entity_of(name: str) -> Entity:
    """The kind of that name; InputError where nothing of the kind is known here."""
    found = _entities.get(name)
    if found is None:
        raise InputError(_("Nothing of this kind is taken in."), where="entity")
    return found


def upcast(entity: Entity, sent: OperationIn) -> Changes:
    """The changes in the form of today, whatever version of the form they were made with."""
    pairs: dict[str, Any] = dict(sent.changes)
    if sent.form_version > entity.form_version:
        raise InputError(
            _("The form is newer than the server. Ask the county office to bring it up to date."),
            where="form_version",
        )
    for version in range(sent.form_version, entity.form_version):
        pairs = entity.upcasters[version](pairs)
    return Changes(pairs)


def sees(user: User, entity: Entity, field: str, area_code: str) -> bool:
    """Whether the person may know the field of a thing in the area."""
    fields, permission = entity.private()
    return field not in fields or permission is None or user.may(permission, area_code)


def entities() -> list[Entity]:
    return list(_entities.values())


def attach(entity: str, *, user: User, object_id: int, name: str, content: bytes) -> None:
    """Hang a file on a thing, as the person; DomainError where it is not taken."""
    found = entity_of(entity)
    if found.attach is None:
        raise InputError(_("This takes no files."), where="attachments")
    found.attach(user, object_id, name, content)
