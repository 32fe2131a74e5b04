"""Finding households and the people in them, in the user's scope only.

Names of two characters are found by their beginning and ending, longer texts anywhere: the
trigrams of a name count the blanks around it. Two characters of an address are looked
for only by people whose scope lies in one town: no index finds them, and in a whole county
they say nothing. Phones and identity numbers are found
whole, by keyed hash, by those who may, and each such search is logged.
"""

import os.path
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import PREFIX_LENGTH, AreaLevel, common_area, prefix_of
from gis_grid.core.crypto import lookup_hash
from gis_grid.core.personal import (
    id_has_form,
    mask_name,
    normalise_id,
    normalise_phone,
    phone_ok,
)

TRIGRAM = 3
TOWN_PREFIX = PREFIX_LENGTH[AreaLevel.TOWN]
_ALIVE = "h.registered_on <= %(day)s AND (h.closed_on IS NULL OR h.closed_on > %(day)s)"
_COLUMNS = "h.id, h.code, h.address, h.head_name, h.area_code, ST_X(h.geom), ST_Y(h.geom)"


@dataclass(frozen=True)
class Found:
    """A household, found by itself or by a person in it (`person`: masked name).

    `rank`: 0 the whole code, phone or number; 1 a beginning; 2 elsewhere in the text.
    """

    rank: int
    id: int
    code: str
    address: str
    head: str
    area_code: str
    longitude: float | None
    latitude: float | None
    person: str = ""


def escape_like(text: str) -> str:
    """The text as it stands inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def find_households(user: User, text: str, limit: int) -> list[Found]:
    """Households by code, address, head or resident, at most `limit` of each kind of match."""
    allowed = user.scope(Permission.HOUSEHOLD_VIEW)
    scope, params = allowed.sql("h.area_code")
    like = escape_like(text)
    params |= {
        "day": timezone.localdate(),
        "limit": limit,
        "text": text,
        "start": f"{like}%",
        "end": f"%{like}",
        "inside": f"%{like}%",
    }
    found: dict[tuple[int, str], Found] = {}
    in_one_town = len(os.path.commonprefix(allowed.prefixes)) >= TOWN_PREFIX  # noqa: RUF071 digits
    for rank, join, condition, person in _ways(text, short_addresses=in_one_town):
        if len(found) >= limit and rank == 2:
            break
        for row in _rows(join, f"{scope} AND {_ALIVE} AND {condition}", person, params):
            one = _found(rank, row)
            found.setdefault((one.id, one.person), one)
    return sorted(found.values(), key=lambda one: (one.rank, one.code))[:limit]


_RESIDENT = "JOIN households_resident r ON r.household_id = h.id AND r.left_on IS NULL"
# The head stands among the residents too: shown once, as the household.
_OTHERS = "r.name <> h.head_name"


def _ways(text: str, *, short_addresses: bool) -> list[tuple[int, str, str, str]]:
    """(rank, join, condition, person) in the order in which matches are worth most."""
    ways = []
    if text.isascii() and len(text) >= TRIGRAM:
        ways.append((0, "", "h.code = %(text)s", "''"))
        ways.append((1, "", "h.code LIKE %(start)s", "''"))
    ways.append((1, "", "h.head_name LIKE %(start)s", "''"))
    ways.append((1, _RESIDENT, f"r.name LIKE %(start)s AND {_OTHERS}", "r.name"))
    if len(text) < 2:
        return ways
    if len(text) < TRIGRAM:
        ways.append((2, "", "h.head_name LIKE %(end)s", "''"))
        ways.append((2, _RESIDENT, f"r.name LIKE %(end)s AND {_OTHERS}", "r.name"))
    else:
        ways.append((2, "", "h.head_name LIKE %(inside)s", "''"))
        ways.append((2, _RESIDENT, f"r.name LIKE %(inside)s AND {_OTHERS}", "r.name"))
    if len(text) >= TRIGRAM or short_addresses:
        ways.append((2, "", "h.address LIKE %(inside)s", "''"))
    return ways


def _rows(join: str, condition: str, person: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, {person} FROM households_household h {join}"
            f" WHERE {condition} LIMIT %(limit)s",
            params,
        )
        return list(cursor.fetchall())


def _found(rank: int, row: Sequence[Any]) -> Found:
    identity, code, address, head, area_code, longitude, latitude, person = row
    return Found(
        rank,
        identity,
        code,
        address,
        mask_name(head),
        area_code,
        longitude,
        latitude,
        mask_name(person),
    )


def find_by_words(
    user: User, words: Sequence[str], places: Sequence[Sequence[str]], limit: int
) -> list[Found]:
    """Households in which every word stands in the address or the head's name.

    `places` holds for each word the codes of the areas that are called so: lying in one
    counts as well. Two or more words narrow each other down, so that short ones may be taken.
    """
    scope, params = user.scope(Permission.HOUSEHOLD_VIEW).sql("h.area_code")
    params |= {"day": timezone.localdate(), "limit": limit}
    conditions = [scope, _ALIVE]
    for i, (word, codes) in enumerate(zip(words, places, strict=True)):
        params[f"word{i}"] = f"%{escape_like(word)}%"
        params[f"places{i}"] = [f"{prefix_of(code)}%" for code in codes]
        conditions.append(
            f"(h.address LIKE %(word{i})s OR h.head_name LIKE %(word{i})s"
            f" OR h.area_code LIKE ANY(%(places{i})s))"
        )
    rows = _rows("", " AND ".join(conditions), "''", params)
    return sorted((_found(2, row) for row in rows), key=lambda one: one.code)


def personal_number_of(text: str) -> tuple[str, str] | None:
    """(`phone` or `id`, the number in its normal form), None where `text` is neither."""
    phone, number = normalise_phone(text), normalise_id(text)
    if phone_ok(phone):
        return "phone", phone
    if id_has_form(number, today=timezone.localdate()):
        return "id", number
    return None


def find_by_personal_number(user: User, text: str, limit: int) -> list[Found]:
    """Households by a whole phone or identity number, where the user may search by them.

    Every such search is logged, found or not; the number itself is not. Without the
    permission, and for a text that is no number, nothing is looked up and nothing said.
    """
    asked = personal_number_of(text)
    if asked is None:
        return []
    kind, number = asked
    digest = lookup_hash(number, purpose=kind)
    condition = f"r.{kind}_hash = %(digest)s AND r.{kind}_hash <> ''"
    allowed = user.scope(Permission.PERSONAL_SEARCH)
    if not allowed:
        return []
    scope, params = allowed.sql("h.area_code")
    params |= {"day": timezone.localdate(), "limit": limit, "digest": digest}
    rows = list(_rows(_RESIDENT, f"{scope} AND {_ALIVE} AND {condition}", "r.name", params))
    if kind == "phone":
        own = "h.phone_hash = %(digest)s AND h.phone_hash <> ''"
        rows += _rows("", f"{scope} AND {_ALIVE} AND {own}", "''", params)
    found = [_found(0, row) for row in rows]
    record(
        acting_user=user,
        action="personal_search",
        subject_type="household",
        subject_id=found[0].id if len(found) == 1 else "",
        area_code=common_area(one.area_code for one in found) or allowed.common_area(),
        detail={"by": kind, "hits": len(found)},
    )
    return found
