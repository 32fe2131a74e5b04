"""Loading who holds which post, and what each area has fixed: the one write path for both."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, code_at, is_area_code, level_of
from gis_grid.core.crypto import decrypt, encrypt
from gis_grid.core.personal import DEMO_PHONE, normalise_phone, phone_ok
from gis_grid.core.problems import Batch, Counts, LoadResult, Problem, ProblemLog
from gis_grid.core.words import fits_a_name
from gis_grid.duties.models import Duty, FixedPoint, Holder, Post
from gis_grid.territory.models import Grid, Region
from gis_grid.territory.services.versions import bump

LAYER = "duties"
PHONE_PURPOSE = "holder.phone"
LIST_MARK = re.compile(r"[、,，;；\s]+")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00:00)?\Z")
MODES = {"包村": "village", "包片": "stretch", "包组": "group", **{m: m for m in Duty.Mode.values}}
KINDS = {
    "职责": "duties",
    "任务": "tasks",
    "奖惩": "rewards",
    **{kind: kind for kind in FixedPoint.Kind.values},
}
TEXT_LENGTH = 4000

TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "duty_needed": (_("nothing is filled in"), _("Fill in the cell.")),
    "duty_text": (
        _("the text is too long, or holds hidden control characters"),
        _("Type it anew, with at most %(most)d characters."),
    ),
    "duty_name_unfit": (
        _("the name holds <, > or an invisible character, or begins with =, + or @"),
        _("Write the name as it is spoken."),
    ),
    "duty_phone": (
        _("this is no telephone number"),
        _("11 digits for a mobile, or area code and number, such as 0735-6622345."),
    ),
    "duty_phone_demo": (
        _("the number is one of those kept for demonstrations (199 0000 ….)"),
        _("Enter the real number, or load demonstration data with --demo."),
    ),
    "duty_phone_not_demo": (
        _("a demonstration may only hold numbers 199 0000 …."),
        _("Use invented numbers, or load real data without --demo."),
    ),
    "duty_post": (_("there is no post “%(value)s”"), _("Take one of: %(known)s.")),
    "duty_mode": (_("“%(value)s” is not known"), _("Write 包村, 包片 or 包组.")),
    "duty_area": (
        _("no village or grid of your area has the code %(area)s"),
        _("Correct the code, or load regions and boundaries first."),
    ),
    "duty_area_demo": (
        _("the town of %(area)s holds demonstration data, this file is not marked as such"),
        _("Load demonstration data with --demo, real data into another database."),
    ),
    "duty_area_real": (
        _("the town of %(area)s does not hold demonstration data"),
        _("Demonstration data is not loaded into it."),
    ),
    "duty_date": (_("“%(value)s” is no date"), _("Write it like 2026-03-01.")),
    "duty_period": (_("the end is not later than the start"), _("Correct the dates.")),
    "duty_login": (
        _("there is no login “%(value)s”"),
        _("Correct it, leave it empty, or create the account first."),
    ),
    "duty_login_twice": (
        _("the login “%(value)s” belongs to another person of this file or register"),
        _("A login belongs to one person; correct the name or the login."),
    ),
    "duty_twice": (_("the same duty stands in row %(other)s"), _("Delete one of the rows.")),
    "fixed_kind": (_("“%(value)s” is not known"), _("Write 职责, 任务 or 奖惩.")),
}


@dataclass(frozen=True)
class _DutyRow:
    row: int
    name: str
    phone: str
    login: str
    post: Post
    mode: str
    area: str
    start: dt.date
    end: dt.date | None


@dataclass(frozen=True)
class _FixedRow:
    row: int
    kind: str
    area: str
    text: str
    source: str
    start: dt.date
    end: dt.date | None


class _Reader:
    """Checks rows and collects what is wrong with them."""

    def __init__(self, acting_user: ActingUser, *, demo: bool) -> None:
        self.scope, self.demo = acting_user.scope(Permission.DUTY_EDIT), demo
        self.posts = {post.name: post for post in Post.objects.all()}
        self.posts |= {post.slug: post for post in self.posts.values()}
        self.post_names = "、".join(dict.fromkeys(post.name for post in self.posts.values()))
        self.logins = set(User.objects.values_list("username", flat=True))
        self.problems: list[Problem] = []
        self.areas: dict[str, bool | None] = {}

    def known_area(self, code: str) -> bool | None:
        """Whether the area is of a demo town; None where it is not there or out of scope."""
        if code not in self.areas:
            self.areas[code] = self._look_up(code)
        return self.areas[code]

    def _look_up(self, code: str) -> bool | None:
        if not is_area_code(code) or not self.scope.covers(code):
            return None
        if level_of(code) is AreaLevel.GRID and not Grid.objects.filter(code=code).exists():
            return None
        return Region.objects.filter(code=code[:12]).values_list("is_demo", flat=True).first()

    def duties(self, batch: Batch) -> Iterator[_DutyRow]:
        keys = ("name", "phone", "post", "mode", "area", "start", "end", "login")
        for row, *cells in zip(batch.rows, *(batch.column(key) for key in keys), strict=True):
            texts = dict(zip(keys, (cell.strip() for cell in cells), strict=True))
            before = len(self.problems)
            fault = _Faults(self.problems, "duty", row)
            name = fault.text("name", texts["name"], 60)
            if not fits_a_name(name):
                fault("name", "duty_name_unfit")
            phone = self._phone(fault, texts["phone"])
            post = self.posts.get(texts["post"])
            if post is None:
                fault("post", "duty_post", value=texts["post"][:20], known=self.post_names)
            if texts["mode"] not in MODES:
                fault("mode", "duty_mode", value=texts["mode"][:20])
            areas = [code for code in LIST_MARK.split(texts["area"]) if code]
            self._areas(fault, areas)
            start, end = _period(fault, texts)
            if texts["login"] and texts["login"] not in self.logins:
                fault("login", "duty_login", value=texts["login"][:40])
            if len(self.problems) > before or post is None or start is None:
                continue
            mode = MODES[texts["mode"]]
            for area in dict.fromkeys(areas):
                yield _DutyRow(row, name, phone, texts["login"], post, mode, area, start, end)

    def _phone(self, fault: "_Faults", text: str) -> str:
        phone = normalise_phone(text)
        if not phone:
            return ""
        is_demo = bool(DEMO_PHONE.match(phone))
        if not is_demo and not phone_ok(phone):
            fault("phone", "duty_phone")
        elif is_demo is not self.demo:
            fault("phone", "duty_phone_demo" if is_demo else "duty_phone_not_demo")
        return phone

    def _areas(self, fault: "_Faults", areas: list[str]) -> None:
        if not areas:
            fault("area", "duty_needed")
        for area in areas:
            is_demo = self.known_area(area)
            if is_demo is None:
                fault("area", "duty_area", area=area[:20])
            elif is_demo and not self.demo:
                fault("area", "duty_area_demo", area=area)
            elif self.demo and not is_demo:
                fault("area", "duty_area_real", area=area)

    def fixed(self, batch: Batch) -> Iterator[_FixedRow]:
        keys = ("area", "kind", "text", "source", "start", "end")
        for row, *cells in zip(batch.rows, *(batch.column(key) for key in keys), strict=True):
            texts = dict(zip(keys, (cell.strip() for cell in cells), strict=True))
            before = len(self.problems)
            fault = _Faults(self.problems, "fixed", row)
            if texts["kind"] not in KINDS:
                fault("kind", "fixed_kind", value=texts["kind"][:20])
            text = fault.text("text", texts["text"], TEXT_LENGTH)
            source = fault.text("source", texts["source"], 200, needed=False)
            areas = [code for code in LIST_MARK.split(texts["area"]) if code]
            self._areas(fault, areas)
            start, end = _period(fault, texts)
            if len(self.problems) > before or start is None:
                continue
            for area in dict.fromkeys(areas):
                yield _FixedRow(row, KINDS[texts["kind"]], area, text, source, start, end)


class _Faults:
    """Notes the faults of one row."""

    def __init__(self, problems: list[Problem], kind: str, row: int) -> None:
        self.problems, self.kind, self.row = problems, kind, row

    def __call__(self, column: str, code: str, **params: Any) -> None:
        self.problems.append(Problem(self.kind, self.row, column, code, params))

    def text(self, column: str, value: str, most: int, *, needed: bool = True) -> str:
        if needed and not value:
            self(column, "duty_needed")
        elif len(value) > most or not value.replace("\n", "").replace("\r", "").isprintable():
            self(column, "duty_text", most=most)
        return value


def _period(fault: _Faults, texts: dict[str, str]) -> tuple[dt.date | None, dt.date | None]:
    days: dict[str, dt.date | None] = {}
    for key in ("start", "end"):
        text = texts[key]
        found = DATE.match(text)
        try:
            days[key] = dt.date(*(int(part) for part in found.groups()[:3])) if found else None
        except ValueError:
            days[key] = None
        if text and days[key] is None:
            fault(key, "duty_date", value=text[:20])
    if not texts["start"]:
        fault("start", "duty_needed")
    start, end = days["start"], days["end"]
    if start and end and end <= start:
        fault("end", "duty_period")
    return start, end


def load_duties(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    demo: bool = False,
    keep_good: bool = False,
    dry_run: bool = False,
) -> LoadResult:
    """Add and update duties and fixed points; what the file does not name stays as it is.

    A person is known by name and phone. Nothing is written where a row has a problem,
    unless `keep_good`. Raises NotAllowedError where the user may edit duties nowhere.
    """
    acting_user.require(Permission.DUTY_EDIT)
    reader = _Reader(acting_user, demo=demo)
    duties: list[_DutyRow] = []
    fixed: list[_FixedRow] = []
    for batch in batches:
        if batch.kind == "duty":
            duties += reader.duties(batch)
        else:
            fixed += reader.fixed(batch)
    duties = _without_twins(duties, reader)
    with transaction.atomic():
        holders = _Holders()
        duties = [row for row in duties if holders.check(row, reader.problems)]
        problems.add(reader.problems)
        result = LoadResult(bad_rows=problems.bad_rows())
        if result.bad_rows and not keep_good:
            return result
        result.counts["duty"] = _write_duties(duties, holders)
        result.counts["fixed"] = _write_fixed(fixed)
        result.written = not dry_run
        if dry_run:
            transaction.set_rollback(True)
        elif result.wrote():
            areas = {row.area for row in duties} | {row.area for row in fixed}
            _finish(acting_user, areas, result)
    return result


def _without_twins(duties: list[_DutyRow], reader: _Reader) -> list[_DutyRow]:
    seen: dict[tuple[Any, ...], _DutyRow] = {}
    for row in duties:
        key = (row.post.pk, row.name, row.phone, row.area, row.start)
        if key in seen:
            other = {"other": seen[key].row}
            reader.problems.append(Problem("duty", row.row, "area", "duty_twice", other))
        else:
            seen[key] = row
    return list(seen.values())


class _Holders:
    """People by (name, phone) and by login."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Holder] = {}
        self.by_login: dict[str, tuple[str, str]] = {}
        for holder in Holder.objects.select_related("user").order_by("pk"):
            key = (holder.name, decrypt(holder.phone_cipher, purpose=PHONE_PURPOSE))
            self.people.setdefault(key, holder)
            if holder.user:
                self.by_login[holder.user.username] = key

    def check(self, row: _DutyRow, problems: list[Problem]) -> bool:
        """False, and a problem, where the login is somebody else's."""
        key = (row.name, row.phone)
        if row.login and self.by_login.setdefault(row.login, key) != key:
            value = {"value": row.login}
            problems.append(Problem("duty", row.row, "login", "duty_login_twice", value))
            return False
        return True

    def get(self, row: _DutyRow) -> Holder:
        """The person of the row, made where not known yet."""
        key = (row.name, row.phone)
        holder = self.people.get(key)
        if holder is None:
            cipher = encrypt(row.phone, purpose=PHONE_PURPOSE)
            holder = self.people[key] = Holder.objects.create(name=row.name, phone_cipher=cipher)
        if row.login and (holder.user is None or holder.user.username != row.login):
            holder.user = User.objects.get(username=row.login)
            holder.save(update_fields=["user"])
        return holder


def _write_duties(rows: list[_DutyRow], holders: _Holders) -> Counts:
    counts = Counts()
    known = {
        (duty.post_id, duty.holder_id, duty.area_code, duty.starts_on): duty
        for duty in Duty.objects.filter(area_code__in={row.area for row in rows})
    }
    new = []
    for row in rows:
        holder = holders.get(row)
        duty = known.get((row.post.pk, holder.pk, row.area, row.start))
        if duty is None:
            new.append(
                Duty(
                    post=row.post,
                    holder=holder,
                    mode=row.mode,
                    area_code=row.area,
                    starts_on=row.start,
                    ends_on=row.end,
                )
            )
        elif (duty.mode, duty.ends_on) == (row.mode, row.end):
            counts.unchanged += 1
        else:
            duty.mode, duty.ends_on = row.mode, row.end
            duty.save(update_fields=["mode", "ends_on"])
            counts.changed += 1
    Duty.objects.bulk_create(new, batch_size=1000)
    counts.new = len(new)
    return counts


def _write_fixed(rows: list[_FixedRow]) -> Counts:
    counts = Counts()
    for row in rows:
        values = {"text": row.text, "source": row.source, "ends_on": row.end}
        point = FixedPoint.objects.filter(
            kind=row.kind, area_code=row.area, starts_on=row.start
        ).first()
        if point is None:
            FixedPoint.objects.create(
                kind=row.kind, area_code=row.area, starts_on=row.start, **values
            )
            counts.new += 1
        elif all(getattr(point, key) == value for key, value in values.items()):
            counts.unchanged += 1
        else:
            FixedPoint.objects.filter(pk=point.pk).update(**values)
            counts.changed += 1
    return counts


def _finish(acting_user: ActingUser, areas: set[str], result: LoadResult) -> None:
    bump(LAYER, areas)
    towns = {code_at(area, AreaLevel.TOWN) if len(area.rstrip("0")) > 6 else area for area in areas}
    for town in sorted(towns):
        record(
            acting_user=acting_user,
            action="duties_loaded",
            subject_type="region",
            subject_id=town,
            area_code=town,
            detail={"on": timezone.localdate().isoformat(), **result.as_json()},
        )
