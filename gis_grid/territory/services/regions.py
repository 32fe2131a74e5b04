"""Loading regions: the one write path of the national code list."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import PREFIX_LENGTH, REGION_CODE, AreaLevel, level_of, parent_code
from gis_grid.core.problems import Batch, Counts, LoadResult, Problem, ProblemLog
from gis_grid.core.words import fits_a_name
from gis_grid.territory.models import Region
from gis_grid.territory.services.versions import bump

LEVELS = {
    "province": AreaLevel.PROVINCE,
    "省": AreaLevel.PROVINCE,
    "city": AreaLevel.CITY,
    "市": AreaLevel.CITY,
    "county": AreaLevel.COUNTY,
    "县": AreaLevel.COUNTY,
    "区": AreaLevel.COUNTY,
    "town": AreaLevel.TOWN,
    "乡": AreaLevel.TOWN,
    "镇": AreaLevel.TOWN,
    "乡镇": AreaLevel.TOWN,
    "街道": AreaLevel.TOWN,
    "village": AreaLevel.VILLAGE,
    "村": AreaLevel.VILLAGE,
    "村居": AreaLevel.VILLAGE,
    "居委会": AreaLevel.VILLAGE,
}
MAX_REGIONS = 800_000
NAME_LENGTH = 60

TEXTS: dict[str, tuple[StrPromise, StrPromise]] = {
    "region_code_form": (
        _("a region's code has 12 digits and does not begin with 0"),
        _("Correct the code; format the column as text so that no digit is lost."),
    ),
    "region_twice": (_("the same code stands in row %(other)s"), _("Delete one of the rows.")),
    "region_name_needed": (_("the name is missing"), _("Fill in the name.")),
    "region_name_long": (
        _("the name has more than %(most)d characters"),
        _("Shorten the name."),
    ),
    "region_name_unfit": (
        _("the name holds <, > or an invisible character, or begins with =, + or @"),
        _("Write the name as it is spoken."),
    ),
    "region_level_unknown": (
        _("“%(value)s” is no level"),
        _("Write province, city, county, town or village (省 市 县 乡镇 村)."),
    ),
    "region_level_differs": (
        _("the zeros at the end of the code say %(level)s"),
        _("Correct the code or the level."),
    ),
    "region_parent_differs": (
        _("a region with this code lies in %(parent)s"),
        _("Correct the code or its parent."),
    ),
    "region_parent_missing": (
        _("the region around it, %(parent)s, is neither in the file nor loaded"),
        _("Add a row for %(parent)s."),
    ),
    "region_scope": (
        _("the code lies outside the area that you may load"),
        _("Take the row out, or let somebody load it whose area it is."),
    ),
    "region_kind": (
        _("by its last three digits this is a %(kind)s, by its name not"),
        _("Compare with the published list; the row is loaded as it stands."),
    ),
}


def load_regions(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    keep_good: bool = False,
    dry_run: bool = False,
) -> LoadResult:
    """Add regions and bring names up to date; regions that are not named stay.

    Nothing is written where a row has a problem, unless `keep_good`. Raises
    NotAllowedError where the user may load regions nowhere.
    """
    acting_user.require(Permission.REGION_IMPORT)
    wanted, found, warnings = _checked(acting_user, batches)
    with transaction.atomic():
        known = dict(Region.objects.values_list("code", "name"))
        found += _without_parent(wanted, set(known))
        problems.add(found)
        result = LoadResult(bad_rows=len({p.row for p in found}), warnings=warnings)
        if found and not keep_good:
            return result
        bad = {problem.row for problem in found}
        rows = _with_parents(
            {code: name for code, (row, name) in wanted.items() if row not in bad}, set(known)
        )
        result.counts["region"] = _write(acting_user, rows, known)
        result.written = not dry_run
        if dry_run:
            transaction.set_rollback(True)
    return result


def _checked(
    acting_user: ActingUser, batches: Iterable[Batch]
) -> tuple[dict[str, tuple[int, str]], list[Problem], list[Problem]]:
    """(code → (row, name)), problems, warnings."""
    scope = acting_user.scope(Permission.REGION_IMPORT)
    wanted: dict[str, tuple[int, str]] = {}
    found: list[Problem] = []
    warnings: list[Problem] = []
    for batch in batches:
        cells = zip(
            batch.rows,
            *(batch.column(key) for key in ("code", "name", "level", "parent")),
            strict=True,
        )
        for row, *texts in cells:
            code, name, level, parent = (text.strip() for text in texts)
            faults = _faults(code, name, level, parent)
            if code in wanted:
                faults.append(("code", "region_twice", {"other": wanted[code][0]}))
            elif not faults and not scope.covers(code):
                faults.append(("code", "region_scope", {}))
            found += [Problem("region", row, *fault) for fault in faults]
            wanted.setdefault(code, (row, name))
            if not faults and (kind := _odd_kind(code, name)):
                warnings.append(Problem("region", row, "code", "region_kind", {"kind": kind}))
    return wanted, found, warnings


def _faults(
    code: str, name: str, level: str, parent: str
) -> list[tuple[str, str, dict[str, object]]]:
    faults: list[tuple[str, str, dict[str, object]]] = []
    if not name:
        faults.append(("name", "region_name_needed", {}))
    elif not fits_a_name(name):
        faults.append(("name", "region_name_unfit", {}))
    elif len(name) > NAME_LENGTH:
        faults.append(("name", "region_name_long", {"most": NAME_LENGTH}))
    if not REGION_CODE.match(code):
        return [*faults, ("code", "region_code_form", {})]
    expected, around = level_of(code), parent_code(code)
    if level and level.lower() not in LEVELS:
        faults.append(("level", "region_level_unknown", {"value": level[:20]}))
    elif level and LEVELS[level.lower()] is not expected:
        faults.append(("level", "region_level_differs", {"level": str(expected)}))
    if parent and around and parent != around:
        faults.append(("parent", "region_parent_differs", {"parent": around}))
    return faults


def _odd_kind(code: str, name: str) -> str:
    """What the last three digits say where the name says another: 001–199 and 200–399."""
    if level_of(code) is not AreaLevel.VILLAGE:
        return ""
    number = int(code[9:])
    committee = name.endswith(("居委会", "社区", "居民委员会"))
    if 1 <= number <= 199 and name.endswith(("村", "村委会", "村民委员会")):
        return "居委会"
    return "村委会" if 200 <= number <= 399 and committee else ""


def _without_parent(wanted: dict[str, tuple[int, str]], known: set[str]) -> list[Problem]:
    """Towns and villages whose parent is nowhere; a county may be the top of what is kept."""
    found = []
    for code, (row, _name) in wanted.items():
        if not REGION_CODE.match(code) or PREFIX_LENGTH[level_of(code)] <= 6:
            continue
        parent = parent_code(code)
        if parent not in wanted and parent not in known:
            problem = Problem("region", row, "parent", "region_parent_missing", {"parent": parent})
            found.append(problem)
    return found


def _with_parents(rows: dict[str, str], known: set[str]) -> dict[str, str]:
    """`rows` without those whose parent is refused, from above to below."""
    kept: dict[str, str] = {}
    for code in sorted(rows, key=lambda code: PREFIX_LENGTH[level_of(code)]):
        if PREFIX_LENGTH[level_of(code)] <= 6 or {parent_code(code)} & {*kept, *known}:
            kept[code] = rows[code]
    return kept


def _write(acting_user: ActingUser, rows: dict[str, str], known: dict[str, str]) -> Counts:
    there = {*rows, *known}
    new = [code for code in rows if code not in known]
    changed = [code for code in rows if code in known and known[code] != rows[code]]
    demo = {code[:9] for code in Region.objects.filter(is_demo=True).values_list("code", flat=True)}
    new.sort(key=lambda code: (PREFIX_LENGTH[level_of(code)], code))
    Region.objects.bulk_create(
        (
            Region(
                code=code,
                name=rows[code],
                level=level_of(code).value,
                parent_id=parent if (parent := parent_code(code)) in there else None,
                is_demo=PREFIX_LENGTH[level_of(code)] == 12 and code[:9] in demo,
            )
            for code in new
        ),
        batch_size=2000,
    )
    for code in changed:
        Region.objects.filter(code=code).update(name=rows[code])
    if new or changed:
        bump("grids", [*new, *changed])
        counties = sorted({code[:6].ljust(12, "0") for code in (*new, *changed)})
        for county in counties:
            inside = county[:6]
            record(
                acting_user=acting_user,
                action="regions_loaded",
                subject_type="region",
                subject_id=county,
                area_code=county,
                detail={
                    "new": sum(code.startswith(inside) for code in new),
                    "changed": sum(code.startswith(inside) for code in changed),
                },
            )
    return Counts(len(new), len(changed), len(rows) - len(new) - len(changed))
