"""Households in the field: new, corrected, moved, tagged, visited; and taken along."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.core import crypto
from gis_grid.core.errors import DomainError, InputError, StateError
from gis_grid.core.finding import held
from gis_grid.core.personal import mask_name, mask_phone, normalise_phone
from gis_grid.core.words import visible
from gis_grid.fieldsync.merging import merge
from gis_grid.fieldsync.moments import moment_of
from gis_grid.fieldsync.pulled import Areas, Pulled, Row
from gis_grid.fieldsync.reading import Changes
from gis_grid.fieldsync.registry import Done, Entity, Op
from gis_grid.households.models import Household, HouseholdTag, Tag
from gis_grid.households.selectors import (
    masked_phone,
    open_mask,
    the_household,
    visible_tags,
    welfare_scope,
)
from gis_grid.households.services.attaching import attach_to_household
from gis_grid.households.services.registering import (
    change_household,
    register_household,
    visit_household,
)
from gis_grid.households.services.tagging import add_tag, end_tag

FIELDS = ("address", "head_name", "phone", "origin", "note")
TAG = "tag:"


def _create(user: User, op: Op) -> Done:
    given = op.changes
    place = given.place()
    if place is None:
        raise InputError(_("Say where the house stands."), where="place")
    made = register_household(
        acting_user=user,
        values={name: given.text(name) for name in FIELDS if name in given},
        place=place,
        client_id=op.record or op.op_id,
    )
    _set_tags(user, made, _tags_of(given))
    made.refresh_from_db()
    return Done(made.pk, made.area_code, made.revision, number=made.code)


def _change(user: User, op: Op) -> Done:
    """Fields that only the tablet has changed are written; the others are conflicts."""
    # Held, so that nobody changes it between what is compared here and what is written.
    household = held(Household.objects.visible_to(user), op.object_id or 0)
    seen = seen_of(user, household)
    _require_known(op.changes, seen)
    _tags_of(op.changes)
    merged = merge(_as_shown(op.changes), seen)
    if merged.wanted:
        _write(user, household, Changes({name: (None, new) for name, new in merged.wanted.items()}))
        household = the_household(user, household.pk)
    return Done(
        household.pk,
        household.area_code,
        household.revision,
        number=household.code,
        clashes=merged.clashes,
        changed=bool(merged.wanted),
    )


def _visit(user: User, op: Op) -> Done:
    household = the_household(user, op.object_id or 0)
    visit_household(
        acting_user=user,
        household_id=household.pk,
        text=op.changes.text("text"),
        at=moment_of(op),
        client_id=op.op_id,
    )
    return Done(household.pk, household.area_code, household.revision, number=household.code)


def _settle(user: User, household_id: int, field: str, value: Any, theirs: Any) -> Done:
    wanted = Changes({field: (theirs, value)})
    household = held(Household.objects.visible_to(user), household_id)
    seen = seen_of(user, household)
    _require_known(wanted, seen)
    now = seen[field]
    merged = merge(wanted.pairs, {field: now})
    if merged.clashes:
        raise StateError(
            _("It was changed once more: look at the value of now, then decide again."),
            details={"theirs": now},
        )
    if merged.wanted:
        _write(user, household, wanted)
    return Done(household.pk, household.area_code, household.revision)


def _present(user: User, household_id: int, field: str) -> Any:
    return seen_of(user, the_household(user, household_id)).get(field)


def _write(user: User, household: Household, wanted: Changes) -> None:
    values = {name: wanted.text(name) for name in FIELDS if name in wanted}
    place = wanted.place()
    if "place" in wanted and place is None:
        raise InputError(_("Say where the house stands."), where="place")
    if values or place is not None:
        change_household(acting_user=user, household_id=household.pk, values=values, place=place)
    _set_tags(user, household, _tags_of(wanted))


def _as_shown(changes: Changes) -> dict[str, tuple[Any, Any]]:
    """What stood there before as tablets are shown it: who typed it there knows it in full."""
    return {name: (_shown(name, old), new) for name, (old, new) in changes.pairs.items()}


def _shown(name: str, old: Any) -> Any:
    if not isinstance(old, str) or "*" in old:
        return old
    if name == "phone":
        return mask_phone(normalise_phone(old))
    return mask_name(visible(old)) if name == "head_name" else visible(old)


def _require_known(changes: Changes, seen: Mapping[str, Any]) -> None:
    """A tag that the person may not see is no field either."""
    for name in changes.pairs:
        if name not in seen:
            raise InputError(_("A household has no such field."), where=name[:60])


def _tags_of(changes: Changes) -> Mapping[str, bool]:
    return {
        name.removeprefix(TAG): changes.flag(name) for name in changes.pairs if name.startswith(TAG)
    }


def _set_tags(user: User, household: Household, wanted: Mapping[str, bool]) -> None:
    today = timezone.localdate()
    for slug, holds in wanted.items():
        if holds:
            add_tag(acting_user=user, household_id=household.pk, slug=slug, starts_on=today)
            continue
        now = HouseholdTag.objects.filter(household=household, tag__slug=slug, ends_on=None)
        for row in now:
            # A tag of today is over tomorrow: it held for a day.
            ends = max(today, row.starts_on + dt.timedelta(days=1))
            end_tag(acting_user=user, household_tag_id=row.pk, ends_on=ends)


def seen_of(user: User, household: Household) -> dict[str, Any]:
    """The household field by field, as the person's tablet was shown it."""
    seen = _seen_mask(user, household.area_code)
    return {
        "address": household.address,
        "head_name": mask_name(household.head_name),
        "phone": masked_phone(household),
        "origin": household.origin,
        "note": household.note,
        "place": list(household.geom.coords) if household.geom else None,
        **{
            f"{TAG}{tag.slug}": bool(household.tag_mask & seen & tag.mask)
            for tag in visible_tags(user)
        },
    }


def _seen_mask(user: User, area_code: str) -> int:
    return -1 if welfare_scope(user).covers(area_code) else open_mask()


def _attach(user: User, household_id: int, name: str, content: bytes) -> None:
    attach_to_household(acting_user=user, household_id=household_id, name=name, content=content)


def _title(household_id: int) -> str:
    found = Household.objects.filter(pk=household_id).first()
    if found is None:
        raise DomainError(_("Nothing is here."))
    return found.address or found.code


def _label(field: str) -> str:
    if field.startswith(TAG):
        tag = Tag.objects.filter(slug=field.removeprefix(TAG)).first()
        return tag.label if tag else field
    words = {
        "address": _("address"),
        "head_name": _("head of household"),
        "phone": _("phone"),
        "origin": _("origin"),
        "note": _("note"),
        "place": _("place"),
    }
    return words.get(field, field)


def _rows(
    user: User, areas: Areas, ids: Collection[int] | None, after: int, limit: int
) -> Sequence[Row]:
    found = Household.objects.visible_to(user).on().filter(areas.q())
    if ids is not None:
        found = found.filter(pk__in=ids)
    columns = ("pk", "revision", "area_code", "code", "head_name", "address", "phone_cipher",
               "origin", "note", "people", "geom", "tag_mask", "visited_on")  # fmt: skip
    tags, welfare, open_to_all = visible_tags(user), welfare_scope(user), open_mask()
    rows = []
    for values in found.filter(pk__gt=after).order_by("pk").values_list(*columns)[:limit]:
        pk, revision, area, code, head, address, phone, origin, note, people, geom, mask, on = (
            values
        )
        seen = mask if welfare.covers(area) else mask & open_to_all
        rows.append(
            {
                "id": pk,
                "rev": revision,
                "area": area,
                "code": code,
                "head": mask_name(head),
                "address": address,
                "phone": mask_phone(crypto.decrypt(phone, purpose="household.phone")),
                "origin": origin,
                "note": note,
                "people": people,
                "place": list(geom.coords) if geom else None,
                "tags": [tag.slug for tag in tags if seen & tag.mask] if seen else [],
                "visited_on": on.isoformat() if on else None,
            }
        )
    return rows


def _private() -> tuple[list[str], Permission]:
    """Welfare tags: neither they nor a change of them is for others (DOMAIN §8)."""
    tags = Tag.objects.filter(visibility=Tag.Visibility.WELFARE)
    return [f"{TAG}{slug}" for slug in tags.values_list("slug", flat=True)], Permission.WELFARE_VIEW


def _place(household_id: int) -> tuple[float, float] | None:
    found = Household.objects.filter(pk=household_id).only("geom").first()
    return (found.geom.x, found.geom.y) if found and found.geom else None


def _words(field: str, value: Any) -> str | None:
    if field == "origin" and value in Household.Origin.values:
        return str(Household.Origin(value).label)
    return None


HOUSEHOLD = Entity(
    name="household",
    actions={"create": _create, "change": _change, "visit": _visit},
    makes=frozenset({"create"}),
    attach=_attach,
    settle=_settle,
    present=_present,
    private=_private,
    place=_place,
    words=_words,
    title=_title,
    label=_label,
)
PULLED = Pulled("household", _rows)
