"""Histories that a county brings along: each step held to the machine, a wrong one named."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from gis_grid.incidents.models import Incident
from tests.conftest import QUANFENG
from tests.exchange.conftest import Said
from tests.exchange.test_incidents import HEAD, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
STEP_HEAD = ["原编号", "村代码", "步骤", "时间", "经办人", "办理情况", "原因", "交办给"]
Run, Book = Callable[..., Said], Callable[..., Path]


def step(number: int, name: str, day: str, by: str = "", **said: str) -> list[Any]:
    cells = {"办理情况": "", "原因": "", "交办给": "", **said}
    return [f"A{number}", QUANFENG, name, f"2026-03-{day}", by, *cells.values()]


def load(run: Run, workbook: Book, rows: list[Any], *steps: list[Any], **more: Any) -> Said:
    return run(
        "import_incidents",
        workbook({"事件": [HEAD, *rows], "办理经过": [STEP_HEAD, *steps]}),
        **more,
    )


def test_each_step_leads_on_as_it_would_live(
    run: Run, workbook: Book, cast: SimpleNamespace
) -> None:
    said = load(
        run, workbook, [row(1)],
        # The order of the rows does not matter, the times do.
        step(1, "答复反映人", "06 10:00", "police", 办理情况="已修好"),
        step(1, "受理", "02 09:00", "周老五"),
        step(1, "镇中心接办", "03 09:00", "office"),
        step(1, "assign", "03 10:00", "town", 交办给="police"),
    )  # fmt: skip
    assert said.refusal == ""
    incident = Incident.objects.get()
    assert (incident.state, incident.assignee_role, incident.revision) == ("answered", "police", 5)
    assert incident.answered_at
    assert f"{timezone.localtime(incident.answered_at):%m-%d %H}" == "03-06 10"
    assert incident.step_due_at
    steps = list(incident.steps.all())
    assert [one.number for one in steps] == [1, 2, 3, 4, 5]
    assert [(one.actor_name, one.actor) for one in steps[1:4]] == [
        ("周老五", None), ("office", cast.office), ("town", cast.town),
    ]  # fmt: skip
    assert steps[4].from_state == "assigned"


def test_two_that_were_one_are_merged(run: Run, workbook: Book) -> None:
    merge = step(2, "已并案", "03 09:00", 交办给="A1")
    assert load(run, workbook, [row(1), row(2)], merge).refusal == ""
    kept, gone = Incident.objects.order_by("pk")
    assert (gone.state, gone.merged_into, gone.step_due_at) == ("merged", kept, None)
    assert [one.step for one in kept.steps.all()] == ["report", "take_in"]
    assert "2 as before" in load(run, workbook, [row(1), row(2)], merge).out
    # One that comes later into one that is here.
    later = step(3, "已并案", "03 09:00", 交办给="A1")
    assert "1 new" in load(run, workbook, [row(1), row(2), row(3)], merge, later).out
    assert Incident.objects.filter(merged_into=kept).count() == 2


def test_ids_grow_with_the_time_of_reporting(run: Run, workbook: Book) -> None:
    days = {1: "2026-03-03", 2: "2026-03-02", 3: "2026-03-01"}
    rows = [row(number, 上报时间=day) for number, day in days.items()]
    merge = step(3, "已并案", "04 09:00", 交办给="A1")
    assert load(run, workbook, rows, merge).refusal == ""
    reported = list(Incident.objects.order_by("pk").values_list("reported_at", flat=True))
    assert reported == sorted(reported)
    assert Incident.objects.order_by("pk")[0].state == "merged"


def test_the_times_move_by_whole_days(run: Run, workbook: Book) -> None:
    day = dt.date(2026, 11, 1)
    load(run, workbook, [row(1)], step(1, "受理", "04 09:15"), ending=day)
    incident = Incident.objects.get()
    moments = [timezone.localtime(one.at) for one in incident.steps.all()]
    assert [f"{moment:%m-%d %H:%M}" for moment in moments] == ["10-30 08:30", "11-01 09:15"]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (step(1, "办结", "04"), "not possible in the state"),
        (step(1, "飞", "04"), "no step"),
        (step(1, "受理", "01"), "before the incident"),
        (step(1, "受理", "99"), "no time"),
        (step(7, "受理", "04"), "no incident of this number"),
        (step(1, "已并案", "04", 交办给="A1"), "no office, person or incident"),
        (step(1, "转为突发事件", "04"), "Say in a few words"),
    ],
)
def test_a_wrong_step_is_named_and_nothing_is_written(
    run: Run, workbook: Book, wrong: list[Any], expected: str
) -> None:
    said = load(run, workbook, [row(1), row(2)], wrong)
    assert expected in said.err
    assert "Nothing was written" in said.refusal
    assert Incident.objects.count() == 0


def test_it_is_not_assigned_to_nobody(run: Run, workbook: Book) -> None:
    steps = (step(1, "受理", "03"), step(1, "交办", "04", 交办给="火星办"))
    assert "“火星办”" in load(run, workbook, [row(1)], *steps).err
