"""Loading households, their people and their tags: the one write path for many at once."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, code_at
from gis_grid.core.problems import Batch, LoadResult, Look, ProblemLog, dont_look
from gis_grid.households.models import Household, Tag
from gis_grid.households.services.load import indexes, rules, stage, write
from gis_grid.households.services.load.checks import Rules
from gis_grid.households.services.load.datum import Datum, converter
from gis_grid.territory.models import Region
from gis_grid.territory.services.publish import lock_counties
from gis_grid.territory.services.versions import bump


def load_households(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    datum: Datum = "cgcs2000",
    demo: bool = False,
    keep_good: bool = False,
    dry_run: bool = False,
    look: Look = dont_look,
) -> LoadResult:
    """Add and update the households, people and tags of `batches`.

    Everything or nothing: with any row in `problems` nothing is written, or with
    `keep_good` the rows without. What the file does not name stays as it is.
    Raises NotAllowedError where the user may load households nowhere.
    """
    acting_user.require(Permission.HOUSEHOLD_IMPORT)
    stage.create_tables()
    try:
        placer = stage.fill(batches, _rules(datum, demo=demo), problems)
        with transaction.atomic():
            towns = _lock()
            if not placer.still_holds():
                stage.place_again()
            return _load(
                acting_user,
                problems,
                towns,
                demo=demo,
                keep_good=keep_good,
                look=look if dry_run else None,
            )
    finally:
        if not connection.needs_rollback and connection.is_usable():
            stage.drop_tables()


def _rules(datum: Datum, *, demo: bool) -> Rules:
    tags = list(Tag.objects.all())
    ids = {tag.name: tag.pk for tag in tags} | {tag.slug: tag.pk for tag in tags}
    names = "、".join(tag.name for tag in tags)
    return Rules(timezone.localdate(), demo, ids, names, converter(datum))


def _towns() -> list[str]:
    """Towns that the staged rows touch: by their villages, and by where the households are now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT left(r.code, 9) FROM load_household s"
            " JOIN territory_region r ON r.code = s.village AND r.level = 'village'"
            " UNION SELECT DISTINCT left(h.area_code, 9) FROM households_household h"
            " JOIN (SELECT code FROM load_household UNION SELECT code FROM load_person"
            "       UNION SELECT code FROM load_tag) s ON s.code = h.code"
        )
        return sorted(row[0].ljust(12, "0") for row in cursor.fetchall())


def _prepare() -> None:
    """Memory for sorting a county's rows. A longer pending list of the trigram index would gain
    nothing, and slow every search down until the list is taken in.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
    stage.index("load_person")
    stage.index("load_tag")


def _lock() -> list[str]:
    """The towns of the load, in which nobody else changes grids until it ends."""
    _prepare()
    towns = _towns()
    lock_counties(towns)
    return towns


def _load(
    acting_user: ActingUser,
    problems: ProblemLog,
    towns: list[str],
    *,
    demo: bool,
    keep_good: bool,
    look: Look | None,
) -> LoadResult:
    is_each_once = stage.index_households()
    write.match()
    scope = acting_user.scope(Permission.HOUSEHOLD_IMPORT)
    rules.apply(scope=scope, demo=demo, codes_are_once=is_each_once)
    bad = problems.bad_rows()
    if bad and not keep_good:
        return LoadResult(bad_rows=bad, written=False)
    if bad:
        rules.drop_bad_rows()
    today = timezone.localdate()
    result = LoadResult(bad_rows=problems.bad_rows() if bad else 0, written=look is None)
    result.counts["household"] = write.households(today)
    result.counts["person"] = write.people()
    result.counts["tag"] = write.tags(today)
    if look is not None:
        result.gone["household"] = write.absent(scope)
        look()
        transaction.set_rollback(True)
        return result
    indexes.restore()
    _finish(acting_user, towns, result, demo=demo)
    return result


def _finish(acting_user: ActingUser, towns: list[str], result: LoadResult, *, demo: bool) -> None:
    if demo:
        for town in towns:
            prefix = code_at(town, AreaLevel.TOWN)[:9]
            Region.objects.filter(code__startswith=prefix).update(is_demo=True)
    if not result.wrote():
        return
    # What tags change, `refresh_masks` tells to those who may see it.
    if result.wrote("household", "person"):
        bump(Household.layer, towns)
    for town in towns:
        record(
            acting_user=acting_user,
            action="households_loaded",
            subject_type="region",
            subject_id=town,
            area_code=town,
            detail={"demo": demo, "towns": len(towns), **result.as_json()},
        )
