"""Large prints: progress, a worker that dies, days for which they are kept, whose they are."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from gis_grid.accounts.models import Assignment
from gis_grid.core.errors import InputError
from gis_grid.printing import content
from gis_grid.printing.models import PrintJob
from gis_grid.printing.services.printing import SILENT, ask, path_of, print_map, run, tend
from tests.conftest import JINPING, QUANFENG
from tests.printing.conftest import choice, read, text_of


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of jobs that the worker was told of."""
    from gis_grid.printing import tasks

    told: list[str] = []

    def noted(*, key: str) -> None:
        told.append(key)

    monkeypatch.setattr(tasks.print_job, "defer", noted)
    return told


def test_a_small_print_is_ready_at_once(
    ground: object, cast: SimpleNamespace, deferred: list[str]
) -> None:
    job = print_map(acting_user=cast.leader, choice=choice(size="A4"))
    assert job.state == PrintJob.State.DONE
    assert deferred == []
    assert len(read(path_of(job.key).read_bytes()).pages) == job.pages == 1


def test_an_atlas_is_made_by_the_worker(
    ground: object, cast: SimpleNamespace, deferred: list[str]
) -> None:
    job = print_map(acting_user=cast.town, choice=choice(JINPING, form="atlas"))
    assert (job.state, deferred) == (PrintJob.State.WAITING, [str(job.key)])
    run(str(job.key))
    job.refresh_from_db()
    assert (job.state, job.done, job.whole, job.pages) == (PrintJob.State.DONE, 5, 5, 6)


def test_what_a_dead_worker_left_is_begun_anew(
    ground: object, cast: SimpleNamespace, deferred: list[str]
) -> None:
    job = ask(acting_user=cast.town, choice=choice(size="A0"))
    deferred.clear()
    died = PrintJob.objects.filter(pk=job.pk)
    died.update(state=PrintJob.State.RUNNING, attempts=1, alive_at=timezone.now())
    run(str(job.key))
    job.refresh_from_db()
    assert job.attempts == 1, "a second worker leaves alone what another is at"
    past = timezone.now() - SILENT - dt.timedelta(minutes=1)
    died.update(alive_at=past, asked_at=past)
    tend()
    assert deferred == [str(job.key)]
    run(str(job.key))
    job.refresh_from_db()
    assert (job.state, job.attempts) == (PrintJob.State.DONE, 2)


def test_after_three_attempts_it_has_failed(
    ground: object, cast: SimpleNamespace, deferred: list[str]
) -> None:
    job = ask(acting_user=cast.town, choice=choice(size="A0"))
    past = timezone.now() - SILENT * 2
    PrintJob.objects.update(alive_at=past, asked_at=past, attempts=3, state="running")
    tend()
    job.refresh_from_db()
    assert job.state == PrintJob.State.FAILED
    assert job.trouble


def test_prints_are_dropped_after_some_days(
    ground: object, cast: SimpleNamespace, settings: Any
) -> None:
    job = print_map(acting_user=cast.leader, choice=choice(size="A4"))
    settings.PRINT_DAYS = 3
    tend(timezone.now() + dt.timedelta(days=2))
    assert path_of(job.key).exists()
    tend(timezone.now() + dt.timedelta(days=3, minutes=1))
    assert not path_of(job.key).exists()
    assert not PrintJob.objects.exists()


def test_nobody_waits_for_more_than_three(
    ground: object, cast: SimpleNamespace, deferred: list[str]
) -> None:
    for _ in range(3):
        ask(acting_user=cast.town, choice=choice(size="A0"))
    with pytest.raises(InputError):
        ask(acting_user=cast.town, choice=choice(size="A0"))


def test_a_print_is_for_whoever_asked(ground: object, cast: SimpleNamespace) -> None:
    job = print_map(acting_user=cast.leader, choice=choice(size="A4"))
    client = Client()
    for user, status in ((cast.leader, 200), (cast.town, 404), (cast.outsider, 404)):
        client.force_login(user, "gis_grid.accounts.backends.AccountBackend")
        for tail in ("/", ".pdf"):
            assert client.get(f"/print/{job.key}{tail}").status_code == status
    Assignment.objects.filter(user=cast.leader).update(ends_on=timezone.localdate())
    client.force_login(cast.leader, "gis_grid.accounts.backends.AccountBackend")
    assert client.get(f"/print/{job.key}.pdf").status_code in (403, 404)


def test_a_layer_that_fails_is_said_on_sheet_and_page(
    ground: object, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setitem(content.READERS, "roads", broken)
    client = Client()
    client.force_login(cast.leader, "gis_grid.accounts.backends.AccountBackend")
    answer = client.post(
        "/print/", {"area": QUANFENG, "size": "A4", "layers": ["roads", "water"]}, follow=True
    )
    assert "图层“道路”未能绘出" in answer.content.decode()
    job = PrintJob.objects.get()
    assert "图层“道路”未能绘出" in text_of(path_of(job.key).read_bytes())
