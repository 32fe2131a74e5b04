"""Reading households: everything starts from the user's scope."""

import datetime as dt
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.accounts.scope import Scope
from gis_grid.core import crypto
from gis_grid.core.codes import is_area_code, prefix_of
from gis_grid.core.errors import MissingError
from gis_grid.core.personal import mask_id, mask_name, mask_phone
from gis_grid.households.models import Household, HouseholdTag, Tag


def open_mask() -> int:
    """Bits of the tags that everyone who sees a household may see."""
    return sum(tag.mask for tag in Tag.objects.filter(visibility=Tag.Visibility.OPEN))


def welfare_scope(user: User) -> Scope:
    """Areas in which the user sees welfare tags."""
    return user.scope(Permission.WELFARE_VIEW)


def visible_tags(user: User) -> list[Tag]:
    """Tags that the user may see anywhere in the scope; welfare ones only for their staff."""
    tags = Tag.objects.all()
    if not welfare_scope(user):
        tags = tags.filter(visibility=Tag.Visibility.OPEN)
    return list(tags)


# The one rule of what is seen of a household's tags; used by tiles, lists, counts, exports.
# %(open_mask)s bigint, %(welfare)s text[] of LIKE patterns.
VISIBLE_MASK_SQL = (
    "CASE WHEN h.area_code LIKE ANY(%(welfare)s) THEN h.tag_mask"
    " ELSE h.tag_mask & %(open_mask)s END"
)


def visible_mask_params(user: User) -> dict[str, Any]:
    """Parameters of VISIBLE_MASK_SQL for this user."""
    return {"open_mask": open_mask(), "welfare": welfare_scope(user).like_patterns()}


def statistics(*, user: User, codes: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Households, people and visible tags of each area: `tag:<slug>` counts households."""
    wanted = Scope.of_areas(code for code in codes if is_area_code(code))
    if not wanted:
        return {}
    tags = visible_tags(user)
    names = ["households", "people", *(f"tag:{tag.slug}" for tag in tags)]
    counted = ", ".join(f"count(*) FILTER (WHERE mask & {tag.mask}::bigint <> 0)" for tag in tags)
    inside, inside_params = wanted.sql("h.area_code", "inside")
    in_scope, scope_params = user.scope(Permission.MAP_VIEW).sql("h.area_code")
    with connection.cursor() as cursor:
        # One pass, by the smallest area; the areas that were asked for are sums of those.
        cursor.execute(
            "SELECT area_code, count(*), coalesce(sum(people), 0)"
            + (f", {counted}" if counted else "")
            + f" FROM (SELECT h.area_code, h.people, {VISIBLE_MASK_SQL} AS mask"
            f" FROM households_household h WHERE {inside} AND {in_scope}"
            " AND h.registered_on <= %(today)s"
            " AND (h.closed_on IS NULL OR h.closed_on > %(today)s)) h GROUP BY area_code",
            {
                **inside_params,
                **scope_params,
                "today": timezone.localdate(),
                **visible_mask_params(user),
            },
        )
        smallest = cursor.fetchall()
    return _summed(codes, names, smallest)


def _summed(
    codes: Sequence[str], names: Sequence[str], smallest: Sequence[Sequence[Any]]
) -> dict[str, dict[str, int]]:
    """Rows by smallest area (its code first) added up for each of `codes` that holds any."""
    prefixes = {prefix_of(code): code for code in codes if is_area_code(code)}
    lengths = sorted({len(prefix) for prefix in prefixes})
    sums: dict[str, list[int]] = {}
    for area_code, *values in smallest:
        for length in lengths:
            code = prefixes.get(area_code[:length]) if length <= len(area_code) else None
            if code is None:
                continue
            held = sums.get(code)
            numbers = [int(value) for value in values]
            sums[code] = numbers if held is None else [*map(operator.add, held, numbers)]
    return {code: dict(zip(names, numbers, strict=True)) for code, numbers in sums.items()}


# `mask_name` of core.personal for lists that the database composes; a test holds them together.
MASKED_HEAD_SQL = (
    "CASE WHEN char_length(h.head_name) < 2 THEN h.head_name"
    " WHEN char_length(h.head_name) = 2 THEN left(h.head_name, 1) || '*'"
    " ELSE left(h.head_name, 1) || repeat('*', char_length(h.head_name) - 2)"
    " || right(h.head_name, 1) END"
)


@dataclass(frozen=True)
class Member:
    """A person of a household, masked."""

    id: int
    name: str
    relation: str
    sex: str
    age: int | None
    id_number: str
    phone: str
    is_party_member: bool


def the_household(user: User, household_id: int) -> Household:
    """The household in the user's scope; MissingError for any other."""
    found = Household.objects.visible_to(user).filter(pk=household_id).first()
    if found is None:
        raise MissingError
    return found


def tags_of(user: User, household: Household) -> list[HouseholdTag]:
    """Tags of the household that the user may see, past and future ones too."""
    rows = HouseholdTag.objects.filter(household=household).select_related("tag")
    if not welfare_scope(user).covers(household.area_code):
        rows = rows.filter(tag__visibility=Tag.Visibility.OPEN)
    return list(rows.order_by("starts_on", "tag__order"))


def masked_phone(household: Household) -> str:
    """`138****5678`, empty where none is known."""
    return mask_phone(crypto.decrypt(household.phone_cipher, purpose="household.phone"))


def members_of(household: Household) -> list[Member]:
    """The people who live there, masked; whoever has left is not shown."""
    today = timezone.localdate()
    return [
        Member(
            id=person.pk,
            name=mask_name(person.name),
            relation=person.relation,
            sex=person.get_sex_display() if person.sex else "",
            age=_age(person.birth_date, today),
            id_number=mask_id(crypto.decrypt(person.id_cipher, purpose="resident.id")),
            phone=mask_phone(crypto.decrypt(person.phone_cipher, purpose="resident.phone")),
            is_party_member=person.is_party_member,
        )
        for person in household.residents.filter(left_on=None)
    ]


def _age(born: dt.date | None, today: dt.date) -> int | None:
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
