"""One search box: regions, grids, households, people, and those who answer for a place."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record_once
from gis_grid.core.codes import ancestors
from gis_grid.core.errors import NotAllowedError
from gis_grid.duties.models import Duty
from gis_grid.duties.selectors import posts_by_phone
from gis_grid.households.search import (
    Found,
    find_by_personal_number,
    find_by_words,
    find_households,
    personal_number_of,
)
from gis_grid.territory.models import GridVersion, Region
from gis_grid.territory.selectors import place_names

MOST_HITS = 50
LOGGED_ONCE_IN = dt.timedelta(minutes=10)
LONGEST = 60

Kind = Literal["region", "grid", "household", "person", "duty"]
_KINDS: tuple[Kind, ...] = ("region", "grid", "household", "person", "duty")


@dataclass(frozen=True)
class Hit:
    """Something found. `id` opens its card: a household's id, else the area's code.

    `rank`: 0 the whole code or number, 1 a beginning, 2 elsewhere in the text.
    """

    kind: Kind
    id: str
    label: str
    sub_label: str
    longitude: float | None
    latitude: float | None
    rank: int
    code: str


@dataclass(frozen=True)
class Answer:
    """The best hits, and whether there are more than were asked for."""

    hits: list[Hit]
    has_more: bool


def search(user: User, q: str, limit: int = 20) -> list[Hit]:
    """The hits of `find`."""
    return find(user, q, limit).hits


def find(user: User, q: str, limit: int = 20) -> Answer:
    """What `user` may find by `q`, the best first; empty for nothing to look for.

    Words between blanks may stand apart: each must fit. People's names are masked in the
    answer; showing households is logged. Searching by phone or identity number needs the
    permission for it and is logged; NotAllowedError for others, whether or not there is such
    a number.
    """
    text = " ".join(q.split())[:LONGEST]
    limit = max(1, min(limit, MOST_HITS))
    if not text:
        return Answer([], has_more=False)
    # One more of each than is shown tells whether there are more.
    most = limit + 1
    found = find_by_personal_number(user, text, most) + find_households(user, text, most)
    hits = [
        *_regions(user, text, most),
        *_grids(user, text, most),
        *_households([*found, *_by_words(user, text, most)]),
        *_duties(user, text, most),
    ]
    if not hits and personal_number_of(text) and not user.may(Permission.PERSONAL_SEARCH):
        raise NotAllowedError(_("Your role may not search by phone or identity number."), where="q")
    if not personal_number_of(text) and any(hit.kind in ("household", "person") for hit in hits):
        _log(user, text)
    hits.sort(key=lambda hit: (hit.rank, _KINDS.index(hit.kind), hit.code, hit.label))
    return Answer(hits[:limit], has_more=len(hits) > limit)


def _log(user: User, text: str) -> None:
    """Never the text itself: it names somebody."""
    record_once(
        within=LOGGED_ONCE_IN,
        acting_user=user,
        action="name_search",
        subject_type="household",
        area_code=user.scope(Permission.HOUSEHOLD_VIEW).common_area(),
        detail={"by": "code" if text.isascii() else "name", "length": len(text)},
    )


def _by_words(user: User, text: str, limit: int) -> list[Found]:
    words = text.split()
    if len(words) < 2 or not user.may(Permission.HOUSEHOLD_VIEW):
        return []
    scope = user.scope(Permission.MAP_VIEW)
    places = [
        *Region.objects.filter(scope.q("code")).values_list("code", "name"),
        *GridVersion.objects.visible_to(user).at().values_list("grid__code", "name"),
    ]
    called = [[code for code, name in places if word in name] for word in words]
    return find_by_words(user, words, called, limit)


def _regions(user: User, text: str, limit: int) -> list[Hit]:
    scope = user.scope(Permission.MAP_VIEW)
    names = Region.objects.filter(scope.q("code")).values_list("code", "name")
    found = _best(text, names, limit)
    hits = []
    for region in Region.objects.filter(code__in=found).select_related("parent"):
        point = region.geom.point_on_surface if region.geom else None
        around = [region.parent.name] if region.parent else []
        hits.append(
            Hit(
                "region",
                region.code,
                region.name,
                " · ".join([region.get_level_display(), *around]),
                point.x if point else None,
                point.y if point else None,
                found[region.code],
                region.code,
            )
        )
    return hits


def _grids(user: User, text: str, limit: int) -> list[Hit]:
    """Small grids; large ones are found as the village-level region that they are."""
    versions = GridVersion.objects.visible_to(user).at().filter(grid__level="small")
    found = _best(text, versions.values_list("grid__code", "name"), limit)
    if " " in text:
        found |= _in_village(text, versions.values_list("grid__code", "name"), limit)
    names = place_names({code[:12] for code in found})
    return [
        Hit("grid", code, name, names.get(code[:12], ""), point.x, point.y, found[code], code)
        for code, name, point in versions.filter(grid__code__in=found).values_list(
            "grid__code", "name", "label_point"
        )
    ]


def _in_village(text: str, grids: Iterable[tuple[str, str]], limit: int) -> dict[str, int]:
    """Grids whose name, together with the village's, holds every word."""
    rows, words = list(grids), text.split()
    names = place_names({code[:12] for code, _name in rows})
    fitting = (
        code
        for code, name in sorted(rows)
        if all(word in f"{names.get(code[:12], '')} {name}" for word in words)
    )
    return dict.fromkeys(islice(fitting, limit), 2)


def _best(text: str, places: Iterable[tuple[str, str]], limit: int) -> dict[str, int]:
    """Codes of the `limit` places that fit best, each with its rank; geometry is read later."""
    found = [
        (rank, code) for code, name in places if (rank := _place_rank(text, code, name)) is not None
    ]
    return {code: rank for rank, code in sorted(found)[:limit]}


def _place_rank(text: str, code: str, name: str) -> int | None:
    """How well a place fits, None where it does not. Pinyin counts from its beginning."""
    if text == code:
        return 0
    if name.startswith(text) or (len(text) >= 2 and code.startswith(text)):
        return 1
    if text in name:
        return 2
    if text.isascii() and text.isalpha() and len(text) >= 2:
        lower = text.lower()
        if any(reading.startswith(lower) for reading in _readings(name)):
            return 1
    return None


@lru_cache(maxsize=100_000)
def _readings(name: str) -> tuple[str, str]:
    """Initials and full pinyin of a place's name: `qfc`, `quanfengcun`."""
    # Its dictionaries are a fifth of a second of every start, of commands and workers, too.
    from pypinyin import Style, lazy_pinyin

    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return initials.lower(), "".join(lazy_pinyin(name)).lower()


def _households(found: Iterable[Found]) -> list[Hit]:
    hits: dict[tuple[int, str], Hit] = {}
    for one in found:
        kind: Kind = "person" if one.person else "household"
        label = one.person or one.head
        sub_label = (
            _("household of %(head)s · %(address)s") % {"head": one.head, "address": one.address}
            if one.person
            else one.address
        )
        hit = Hit(
            kind, str(one.id), label, sub_label, one.longitude, one.latitude, one.rank, one.code
        )
        hits.setdefault((one.id, one.person), hit)
    return list(hits.values())


def _duties(user: User, text: str, limit: int) -> list[Hit]:
    """People who answer for a place, by name or phone; the hit opens that place."""
    number = personal_number_of(text)
    if number and number[0] == "phone":
        rows = posts_by_phone(user, number[1])[:limit]
    else:
        duties = Duty.objects.visible_to(user).on().filter(holder__name__contains=text)
        rows = list(
            duties.select_related("holder", "post").order_by("post__order", "area_code")[:limit]
        )
    areas = {duty.area_code for duty in rows}
    names = place_names({code for area in areas for code in ancestors(area)[:2]})
    points = dict(
        GridVersion.objects.at()
        .filter(grid__code__in=areas)
        .values_list("grid__code", "label_point")
    )
    hits = []
    for duty in rows:
        around = [names[code] for code in ancestors(duty.area_code)[1::-1] if code in names]
        place = "".join(around[-2:])
        point = points.get(duty.area_code)
        hits.append(
            Hit(
                "duty",
                duty.area_code,
                duty.holder.name,
                f"{duty.post.label} · {place}",
                point.x if point else None,
                point.y if point else None,
                0 if number else 1 if duty.holder.name.startswith(text) else 2,
                duty.area_code,
            )
        )
    return hits
