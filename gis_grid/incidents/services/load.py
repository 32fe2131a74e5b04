"""Loading incidents that a county brings along: the rows of its tables, checked, then written."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from gis_grid.accounts.acting import ActingUser
from gis_grid.accounts.policies import Permission
from gis_grid.audit.services import record
from gis_grid.core.codes import AreaLevel, code_at, common_area
from gis_grid.core.problems import Batch, Counts, LoadResult, ProblemLog
from gis_grid.incidents.models import Incident, Kind, State, Step
from gis_grid.incidents.services.histories import Key
from gis_grid.incidents.services.load_rows import Reader
from gis_grid.incidents.services.register import number_text, take_numbers, town_name
from gis_grid.territory.services.versions import bump

WRITTEN_AT_ONCE = 1_000
_REGISTERED = ("register_no", "town_code", "pk")


def load_incidents(
    *,
    acting_user: ActingUser,
    batches: Iterable[Batch],
    problems: ProblemLog,
    keep_good: bool = False,
    dry_run: bool = False,
    ending: dt.date | None = None,
) -> LoadResult:
    """Add the incidents of a table; one that is there, by its number, stays as it is.

    With a table of steps each stands as these left it. `ending` moves all times by whole days,
    so that the last ones fall on that day.

    Nothing is written where a row has a problem, unless `keep_good`. NotAllowedError where
    the user loads incidents nowhere.
    """
    acting_user.require(Permission.INCIDENT_IMPORT)
    reader = Reader(acting_user, timezone.now())
    for batch in batches:
        reader.take(batch)
    if ending is not None:
        reader.end_on(ending)
    found = reader.incidents()
    steps = reader.histories.lead(found)
    with transaction.atomic():
        problems.add([*reader.problems, *reader.histories.problems])
        result = LoadResult(bad_rows=problems.bad_rows())
        if result.bad_rows and not keep_good:
            return result
        fresh = _fresh(found)
        result.counts["incident"] = Counts(new=len(fresh), unchanged=len(found) - len(fresh))
        result.written = not dry_run
        if not dry_run and fresh:
            areas = {one.area_code for one in fresh.values()}
            _write(fresh, steps, acting_user)
            bump(Incident.layer, areas)
            record(
                acting_user=acting_user,
                action="incidents_loaded",
                subject_type="incident",
                subject_id="",
                area_code=common_area(areas),
                detail={"new": len(fresh)},
            )
    return result


def _fresh(found: dict[Key, Incident]) -> dict[Key, Incident]:
    """Those that are new; the others get the row that they have.

    Known is what was loaded before, and what the town's register has under that number.
    """
    ids = [one.client_id for one in found.values()]
    loaded = Incident.objects.filter(channel=Incident.Channel.IMPORT, client_id__in=ids)
    known = dict(loaded.values_list("client_id", "pk"))
    towns = {key: code_at(key[0], AreaLevel.TOWN) for key in found}
    numbers = Incident.objects.filter(
        town_code__in=set(towns.values()), register_no__in={ref for _village, ref in found}
    )
    registered = {(no, town): pk for no, town, pk in numbers.values_list(*_REGISTERED)}
    for key, one in found.items():
        one.pk = known.get(one.client_id) or registered.get((key[1], towns[key]))
    return {key: one for key, one in found.items() if one.pk is None}


def _write(incidents: dict[Key, Incident], steps: dict[Key, list[Step]], actor: ActingUser) -> None:
    """Numbered in the order in which they were reported, each with the steps that are known."""
    ordered = dict(sorted(incidents.items(), key=lambda pair: pair[1].reported_at))
    _number(list(ordered.values()))
    # A list walks down the ids: they grow with the time of reporting, also of what was merged.
    for one, pk in zip(ordered.values(), _next_ids(len(ordered)), strict=True):
        one.pk = pk
    # What was merged points at what goes on, which has its row first.
    for is_merged in (False, True):
        rows = [one for one in ordered.values() if (one.state == State.MERGED) == is_merged]
        Incident.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)
    every = [
        step
        for key, one in ordered.items()
        for step in (*_own_steps(one, actor, told=bool(steps[key])), *steps[key])
    ]
    Step.objects.bulk_create(every, batch_size=WRITTEN_AT_ONCE)


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('incidents_incident', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _number(ordered: list[Incident]) -> None:
    for incident in ordered:
        incident.town_code = code_at(incident.area_code, AreaLevel.TOWN)
        incident.year = timezone.localdate(incident.reported_at).year
    # Registers in one order, so that two loads at once don't wait for each other.
    for town, year in sorted({(one.town_code, one.year) for one in ordered}):
        rows = [one for one in ordered if (one.town_code, one.year) == (town, year)]
        name = town_name(town)
        for row, serial in zip(rows, take_numbers(town, year, len(rows)), strict=True):
            row.serial, row.register_no = serial, number_text(name, year, serial)


def _own_steps(incident: Incident, actor: ActingUser, *, told: bool) -> Iterator[Step]:
    """Its report, and its end where the row itself tells that."""
    common = {
        "incident": incident,
        "actor_id": actor.pk,
        "actor_name": actor.get_username(),
    }
    is_alert = incident.category.kind == Kind.EMERGENCY
    begins = State.ALERT if is_alert else State.REPORTED
    yield Step(number=1, at=incident.reported_at, step="report", to_state=begins, **common)
    if incident.closed_at is not None and not told:
        yield Step(
            number=2,
            at=incident.closed_at,
            step="close",
            from_state=begins,
            to_state=State.CLOSED,
            **common,
        )
