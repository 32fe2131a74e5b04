"""Who answers for a place, and what of the five fixed points (五定) a grid has."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.accounts.models import User
from gis_grid.core import crypto
from gis_grid.core.codes import AreaLevel, ancestors, level_of
from gis_grid.core.personal import normalise_phone
from gis_grid.duties.models import Duty, FixedPoint
from gis_grid.territory.models import GridVersion

PHONE_PURPOSE = "holder.phone"


# For lists that the database composes: names of each area's grid workers and informants,
# as a subquery with the columns area_code, worker, informant. %(answer_day)s is a date.
ANSWER_SQL = """
SELECT d.area_code,
    string_agg(DISTINCT o.name, '、') FILTER (WHERE p.slug = 'grid_worker') AS worker,
    string_agg(DISTINCT o.name, '、') FILTER (WHERE p.slug = 'informant') AS informant
FROM duties_duty d
JOIN duties_post p ON p.id = d.post_id AND p.slug IN ('grid_worker', 'informant')
JOIN duties_holder o ON o.id = d.holder_id
WHERE d.starts_on <= %(answer_day)s AND (d.ends_on IS NULL OR d.ends_on > %(answer_day)s)
GROUP BY d.area_code
"""


@dataclass(frozen=True)
class Staff:
    """An area's grid workers and informants with their phones, those that are known."""

    workers: tuple[str, ...] = ()
    informants: tuple[str, ...] = ()
    worker_phones: tuple[str, ...] = ()
    informant_phones: tuple[str, ...] = ()

    @property
    def worker(self) -> str:
        return "、".join(self.workers)

    @property
    def informant(self) -> str:
        return "、".join(self.informants)


def staff_of(area_codes: Collection[str], *, day: dt.date | None = None) -> dict[str, Staff]:
    """Who works in each of the areas itself on `day` (None: today), for lists."""
    slugs = ("grid_worker", "informant")
    rows = (
        Duty.objects.on(day)
        .filter(area_code__in=area_codes, post__slug__in=slugs)
        .order_by("area_code", "holder__name", "holder_id")
        .values_list("area_code", "post__slug", "holder__name", "holder__phone_cipher")
    )
    held: dict[tuple[str, str], dict[str, None]] = {}
    phones: dict[tuple[str, str], dict[str, None]] = {}
    for area, slug, name, cipher in rows:
        held.setdefault((area, slug), {})[name] = None
        if phone := crypto.decrypt(cipher, purpose=PHONE_PURPOSE):
            phones.setdefault((area, slug), {})[phone] = None
    return {
        area: Staff(
            *(tuple(held.get((area, slug), ())) for slug in slugs),
            *(tuple(phones.get((area, slug), ())) for slug in slugs),
        )
        for area, _slug in held
    }


@dataclass(frozen=True)
class Answering:
    """A person who answers for a place. The phone is in full: it is published with the grid."""

    name: str
    phone: str
    post: str
    post_slug: str
    is_grid_post: bool
    mode: str
    area_code: str
    since: dt.date


@dataclass(frozen=True)
class Check:
    """One of the five fixed points: `reason` says what holds, or what is missing."""

    kind: str
    label: str
    ok: bool
    reason: str


def answering(user: User, area_code: str, *, day: dt.date | None = None) -> list[Answering]:
    """Everybody who answers for the area on `day` (None: today), in the order of the posts."""
    duties = Duty.objects.visible_to(user).on(day).answering_for(area_code)
    return [_answering(duty) for duty in duties]


def posts_held_in(user: User, codes: Collection[str]) -> dict[str, list[Answering]]:
    """Who holds a post of the grid in each of these very areas today, in the order of the posts."""
    duties = (
        Duty.objects.visible_to(user)
        .on()
        .filter(area_code__in=codes, post__is_grid_post=True)
        .select_related("holder", "post")
        .order_by("post__order", "holder__name", "pk")
    )
    held: dict[str, list[Answering]] = {}
    for duty in duties:
        held.setdefault(duty.area_code, []).append(_answering(duty))
    return held


def _answering(duty: Duty) -> Answering:
    return Answering(
        name=duty.holder.name,
        phone=crypto.decrypt(duty.holder.phone_cipher, purpose=PHONE_PURPOSE),
        post=duty.post.label,
        post_slug=duty.post.slug,
        is_grid_post=duty.post.is_grid_post,
        mode=duty.get_mode_display(),
        area_code=duty.area_code,
        since=duty.starts_on,
    )


def five_fixed(area_code: str, *, day: dt.date | None = None) -> list[Check]:
    """The five checks of a grid on `day` (None: today), in the field's order.

    Reads no personal data; the caller has made sure that the user sees the area.
    """
    day = day or timezone.localdate()
    return [_area(area_code, day), _people(area_code, day), *_papers(area_code, day)]


def _area(code: str, day: dt.date) -> Check:
    end = timezone.make_aware(dt.datetime.combine(day, dt.time.max))
    moment = min(end, timezone.now())
    ok = GridVersion.objects.at(moment).filter(grid__code=code).exists()
    reason = (
        _("The boundary is published.")
        if ok
        else _("No boundary is published. Draw the grid and publish it.")
    )
    return Check("area", _("Area fixed"), ok, reason)


# Posts that a grid must have filled, and how near the duty must lie: a grid worker of the
# whole village has this grid too.
_NEEDED = {
    AreaLevel.GRID: (("grid_worker", "informant"), 2),
    AreaLevel.VILLAGE: (("grid_leader",), 1),
}


def _people(code: str, day: dt.date) -> Check:
    slugs, near = _NEEDED[level_of(code)]
    held: Iterable[tuple[str, str]] = (
        Duty.objects.on(day)
        .filter(area_code__in=ancestors(code)[:near], post__slug__in=slugs)
        .order_by("post__order", "-area_code")
        .values_list("holder__name", "post__slug")
    )
    names = list(dict.fromkeys(name for name, _slug in held))
    if names:
        reason = _("%(names)s answer for it.") % {"names": _(", ").join(names)}
    elif level_of(code) is AreaLevel.VILLAGE:
        reason = _("No grid leader is named. Name one for the village.")
    else:
        reason = _("Neither a grid worker nor an informant is named. Name at least one.")
    return Check("people", _("People fixed"), bool(names), reason)


def _papers(code: str, day: dt.date) -> list[Check]:
    texts = {
        FixedPoint.Kind.DUTIES: (
            _("Duties fixed"),
            _("No duties are laid down here or above. Enter the paper that does."),
        ),
        FixedPoint.Kind.TASKS: (
            _("Tasks fixed"),
            _("No tasks are laid down here or above. Enter the paper that does."),
        ),
        FixedPoint.Kind.REWARDS: (
            _("Rewards fixed"),
            _("No rewards and penalties are laid down here or above. Enter the paper that does."),
        ),
    }
    points: dict[str, FixedPoint] = {}
    # The nearest paper wins: outer areas come first and are written over.
    for point in FixedPoint.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day, area_code__in=ancestors(code)
    ).order_by("starts_on"):
        known = points.get(point.kind)
        if known is None or _depth(point.area_code) >= _depth(known.area_code):
            points[point.kind] = point
    return [
        Check(
            kind.value,
            label,
            kind in points,
            points[kind].source or _("Laid down.") if kind in points else missing,
        )
        for kind, (label, missing) in texts.items()
    ]


def _depth(code: str) -> int:
    return len(ancestors(code))


def posts_by_phone(user: User, phone: str) -> list[Duty]:
    """Today's duties in sight of whoever has this phone, which is public with the post.

    Only the numbers themselves are kept, encrypted: the few in sight are compared one by one.
    """
    duties = Duty.objects.visible_to(user).on().select_related("holder", "post")
    return [
        duty
        for duty in duties.order_by("post__order", "area_code")
        if normalise_phone(crypto.decrypt(duty.holder.phone_cipher, purpose=PHONE_PURPOSE)) == phone
    ]
