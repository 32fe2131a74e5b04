"""Duplicates, filters, the board, the circular and the counts of a map."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis_grid.accounts.models import Assignment, User
from gis_grid.core.errors import MissingError, NotAllowedError, StateError
from gis_grid.exchange.out.rows import count_of, query_of
from gis_grid.incidents.filters import IncidentFilter
from gis_grid.incidents.models import Incident, IncidentSide
from gis_grid.incidents.reports import FIGURES, board, circular
from gis_grid.incidents.selectors import open_counts, reporters_of, statistics
from gis_grid.incidents.services.merging import duplicates_of, merge
from gis_grid.territory.datasets import dataset_for
from gis_grid.territory.registries import statistics_of
from tests.caller import Caller
from tests.conftest import JINPING, LIJIA, OTHER_VILLAGE, QUANFENG
from tests.incidents.conftest import Make, lead, middle

pytestmark = pytest.mark.django_db
GRID, BORDER = QUANFENG + "001", QUANFENG + "003"


def ids(user: Any, **asked: Any) -> set[int]:
    return set(IncidentFilter(**asked).of(user).values_list("pk", flat=True))


def test_the_same_thing_told_twice(make: Make, cast: SimpleNamespace) -> None:
    x, y = middle(GRID)
    first = make(GRID, reporter_name="王小明", reporter_phone="19900000001")
    second = make(GRID, place=(x + 0.0005, y), reporter_name="李四", reporter_phone="19900000002")
    make(GRID, place=(x + 0.002, y))
    make(GRID, category="lamp")
    assert [one.pk for one, _metres in duplicates_of(cast.worker, second)] == [first.pk]
    with pytest.raises(NotAllowedError):
        merge(acting_user=cast.police, incident_id=second.pk, into_id=first.pk, revision=1)
    with pytest.raises(MissingError):
        merge(acting_user=cast.outsider, incident_id=second.pk, into_id=first.pk, revision=1)
    kept = merge(acting_user=cast.worker, incident_id=second.pk, into_id=first.pk, revision=1)
    assert [r["name"] for r in reporters_of(kept)] == ["王*明", "李*"]
    second.refresh_from_db()
    assert (second.state, second.merged_into_id, second.due_at) == ("merged", first.pk, None)
    assert kept.steps.last().reason == second.register_no
    with pytest.raises(StateError):
        merge(acting_user=cast.worker, incident_id=first.pk, into_id=second.pk, revision=2)


def test_a_merge_opens_nothing_to_whom_it_complains_of(make: Make, cast: SimpleNamespace) -> None:
    plain, about, other = make(GRID), make(GRID, complained_of="leader"), make(GRID)
    merge(acting_user=cast.worker, incident_id=about.pk, into_id=plain.pk, revision=1)
    assert ids(cast.leader) == {other.pk}
    another = make(GRID, complained_of="informant")
    with pytest.raises(StateError):
        merge(acting_user=cast.worker, incident_id=another.pk, into_id=plain.pk, revision=1)


def test_a_file_without_a_state_has_all_the_page_leads_to_what_it_shows(
    make: Make, cast: SimpleNamespace, client: Client
) -> None:
    lead(make(GRID, user=cast.worker), cast.worker, "accept", "settle", "answer")
    lead(Incident.objects.get(), cast.leader, "close")
    make(GRID)
    assert count_in_file(cast.office, {}) == 2
    assert count_in_file(cast.office, {"state": "open"}) == 1
    client.force_login(cast.office)
    page = client.get("/incidents/")
    assert page.context["out_query"] == "state=open"
    page = client.get("/incidents/?state=&overdue=on")
    assert page.context["out_query"] == "state=&overdue=on"


def count_in_file(user: User, query: dict[str, str]) -> int:
    dataset = dataset_for(user, "incidents")
    return count_of(dataset, query_of(user, dataset, query)[0])


def test_both_sides_of_a_border(make: Make, cast: SimpleNamespace) -> None:
    east_edge = middle(BORDER)[0] + 0.005
    near = make(BORDER, place=(east_edge - 0.0001, 25.605))
    far = make(BORDER, place=(east_edge - 0.0002, 25.605))
    assert [side.area_code for side in near.sides.all()] == [LIJIA + "001"]
    assert list(far.sides.all()) == []
    neighbour = cast.outsider
    neighbour.assignments.update(area_code=LIJIA)
    neighbour.__dict__.pop("current_assignments", None)
    neighbour.__dict__.pop("_scopes", None)
    assert ids(neighbour) == {near.pk}
    assert ids(neighbour, own=True) == set()


def test_outside_every_grid_it_is_taken_and_flagged(make: Make, cast: SimpleNamespace) -> None:
    lost = make(GRID, place=(112.35, 25.60), user=cast.worker)
    assert (lost.is_outside, lost.grid_id, lost.area_code) == (True, None, QUANFENG)
    assert ids(cast.worker, outside=True) == {lost.pk}
    with pytest.raises(MissingError):
        make(LIJIA + "001", user=cast.worker)


def test_filters(make: Make, cast: SimpleNamespace) -> None:
    drain = make(GRID, what="下水道堵了 100% 的水")
    debt = make(LIJIA + "001", category="debts", reporter_phone="199 0000 0001")
    everything = {drain.pk, debt.pk}
    assert ids(cast.office) == everything
    assert ids(cast.office, area=QUANFENG) == {drain.pk}
    assert ids(cast.office, categories=("disputes",)) == {debt.pk}
    assert ids(cast.office, kind="mediation", states=("reported",)) == {debt.pk}
    assert ids(cast.office, search="100%") == ids(cast.office, search="下水道") == {drain.pk}
    assert ids(cast.office, search=drain.register_no) == {drain.pk}
    assert ids(cast.office, search="19900000001") == {debt.pk}
    assert ids(cast.surveyor, search="19900000001") == set()
    today = timezone.localdate()
    assert ids(cast.office, since=today, until=today) == everything
    assert ids(cast.office, until=today - dt.timedelta(days=1)) == set()
    Incident.objects.filter(pk=drain.pk).update(due_at=timezone.now() - dt.timedelta(1))
    assert ids(cast.office, overdue=True) == {drain.pk}
    assert ids(cast.office, bbox=(112.40, 25.60, 112.41, 25.61)) == {drain.pk}
    for user in (cast.outsider, cast.nobody, cast.auditor):
        assert ids(user) == set()


def test_each_figure_opens_its_list(make: Make, cast: SimpleNamespace) -> None:
    rows = [make(grid) for grid in (GRID, GRID, BORDER, LIJIA + "001")]
    done = lead(lead(rows[0], cast.worker, "accept", "answer"), cast.leader, "close")
    lead(lead(rows[1], cast.worker, "accept", "answer"), cast.worker, "reopen")
    lead(lead(rows[2], cast.worker, "accept"), cast.office, "assign")
    Incident.objects.filter(pk=rows[2].pk).update(due_at=timezone.now() - dt.timedelta(hours=1))
    today = timezone.localdate()
    told = circular(cast.office, today - dt.timedelta(days=1), today)
    assert {f: told["all"][f] for f in FIGURES} == {
        "received": 4, "answered": 1, "closed": 1, "on_time": 1, "overdue": 1, "reopened": 1,
    }  # fmt: skip
    assert [row["area"] for row in told["villages"]] == [QUANFENG, LIJIA]
    assert {row["office"] for row in told["offices"]} == {"none", "police"}
    assert told["all"]["median_hours"] == 0.0
    assert done.closed_at
    for row in (told["all"], *told["villages"], *told["offices"]):
        for figure in FIGURES:
            asked = row["filters"] | {"moment": figure}
            days = {k: dt.date.fromisoformat(asked.pop(k)) for k in ("since", "until")}
            asked["own"] = asked["own"] == "true"
            assert len(ids(cast.office, **asked, **days)) == row[figure], (row, figure)


def test_the_circular_has_every_village_that_one_holds(make: Make, cast: SimpleNamespace) -> None:
    make(LIJIA + "001")
    today = timezone.localdate()
    told = circular(cast.county, today, today)
    assert [(row["area"], row["name"], row["received"]) for row in told["villages"]] == [
        (OTHER_VILLAGE, "清水村", 0), (QUANFENG, "泉凤村", 0), (LIJIA, "李家村", 1),
    ]  # fmt: skip
    empty = told["villages"][0]
    assert {empty[figure] for figure in FIGURES} == {0}
    assert empty["median_hours"] is None
    assert empty["filters"]["area"] == OTHER_VILLAGE
    assert [row["office"] for row in told["offices"]] == ["none"]
    assert [row["area"] for row in circular(cast.office, today, today)["villages"]] == [
        QUANFENG, LIJIA,
    ]  # fmt: skip
    assert [row["area"] for row in circular(cast.outsider, today, today)["villages"]] == [
        OTHER_VILLAGE
    ]
    assert circular(cast.nobody, today, today)["villages"] == []


def test_of_a_village_held_in_part_only_what_was_counted(make: Make, cast: SimpleNamespace) -> None:
    today = timezone.localdate()
    assert circular(cast.informant, today, today)["villages"] == []
    make(GRID)
    make(BORDER)
    (row,) = circular(cast.informant, today, today)["villages"]
    assert (row["area"], row["name"], row["received"]) == (QUANFENG, "泉凤村", 1)


def test_a_town_whose_incidents_lie_in_no_village_has_a_row(
    make: Make, cast: SimpleNamespace
) -> None:
    Incident.objects.filter(pk=make(GRID).pk).update(grid=None, area_code=JINPING)
    today = timezone.localdate()
    told = circular(cast.town, today, today)["villages"]
    assert [(row["area"], row["name"], row["received"]) for row in told] == [
        (JINPING, "晋屏镇", 1), (QUANFENG, "泉凤村", 0), (LIJIA, "李家村", 0),
    ]  # fmt: skip


def test_counts_for_board_map_and_plans(make: Make, cast: SimpleNamespace) -> None:
    for _number in range(4):
        make(GRID)
    make(BORDER, complained_of="office")
    counted = {row["state"]: row["count"] for row in board(cast.town, IncidentFilter())}
    assert counted["reported"] == 5
    assert sum(row["count"] for row in board(cast.office, IncidentFilter())) == 4
    assert statistics(user=cast.worker, codes=[GRID, LIJIA]) == {GRID: {"open_incidents": 4}}
    assert statistics_of(user=cast.town, codes=[QUANFENG])[QUANFENG]["open_incidents"] == 5
    assert open_counts(cast.town, [GRID, BORDER]) == {GRID: 4, BORDER: 1}
    # The auditor sees the map and no incident: small counts are not told.
    assert open_counts(cast.auditor, [GRID, QUANFENG, JINPING]) == {
        GRID: None, QUANFENG: 5, JINPING: 5,
    }  # fmt: skip
    assert open_counts(cast.outsider, [GRID]) == {}


def test_what_is_counted_in_parts_is_what_is_listed(make: Make, cast: SimpleNamespace) -> None:
    """Once each: in the scope, just beyond a border of it and of its county, and in no area."""
    abroad = "431025101200"
    rows = [make(GRID), make(BORDER), make(LIJIA + "001"), make(LIJIA + "001", category="debts")]
    for one in rows:
        IncidentSide.objects.create(incident=one, area_code=GRID, distance_m=1)
    lead(lead(rows[2], cast.office, "accept", "answer"), cast.office, "close")
    Incident.objects.filter(pk__in=[rows[2].pk, rows[3].pk]).update(area_code=abroad)
    every = IncidentFilter()
    for user, count in ((cast.worker, 4), (cast.town, 4), (cast.county, 4), (cast.informant, 4)):
        parts = [set(part.values_list("pk", flat=True)) for part in every.parts_of(user)]
        assert sorted(pk for part in parts for pk in part) == sorted(ids(user))
        counted = {row["state"]: row["count"] for row in board(user, every)}
        assert (sum(counted.values()), counted["closed"]) == (count, 1)
        assert sum(row["count"] for row in board(user, IncidentFilter(open=True))) == count - 1
    Assignment.objects.filter(user=cast.county).update(area_code="430000000000")
    everywhere = User.objects.get(pk=cast.county.pk)
    assert sum(row["count"] for row in board(everywhere, every)) == 4
    assert circular(everywhere, timezone.localdate(), timezone.localdate())["all"]["received"] == 4
    assert board(cast.nobody, every)[0]["count"] == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_beyond_every_calendar_are_open_ends(
    day: str, make: Make, cast: SimpleNamespace
) -> None:
    make(GRID)
    caller = Caller(cast.town)
    for name in ("since", "until"):
        assert caller(f"incidents?{name}={day}")[0] == 200
        assert caller(f"incidents/board?{name}={day}&moment=overdue")[0] == 200
        client = Client()
        client.force_login(cast.town)
        assert client.get(f"/incidents/?{name}={day}").status_code == 200


def test_an_empty_state_asks_for_all(make: Make, cast: SimpleNamespace) -> None:
    make(GRID)
    assert len(Caller(cast.town)("incidents?state=")[1]["incidents"]) == 1


def test_merged_into_a_complaint_it_is_hidden_from_whom_that_complains_of(
    make: Make, cast: SimpleNamespace
) -> None:
    told, complaint = make(GRID, user=cast.worker), make(GRID, complained_of="worker")
    merge(acting_user=cast.town, incident_id=told.pk, into_id=complaint.pk, revision=1)
    worker, town = Caller(cast.worker), Caller(cast.town)
    assert [worker(f"incidents/{one.pk}")[0] for one in (told, complaint)] == [404, 404]
    assert town(f"incidents/{complaint.pk}")[1]["complained_of"] == "worker"
