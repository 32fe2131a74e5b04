"""Demonstration data and real people never meet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gis_grid.households.models import Household
from gis_grid.territory.models import Region
from tests.conftest import JINPING, QUANFENG, TANGCUN
from tests.exchange.conftest import Said, home, households, identity, people, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def invented(workbook: Callable[..., Path], number: int = 1) -> Path:
    return workbook(
        {
            "户": households(home(number, 联系电话="19900001234")),
            "人": people(person(number, 身份证号=identity(number, wrong=True))),
        }
    )


def test_a_demo_load_marks_the_town(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    assert run("import_households", invented(workbook), demo=True).refusal == ""
    assert Region.objects.get(code=JINPING).is_demo
    assert Region.objects.get(code=QUANFENG).is_demo
    assert not Region.objects.get(code=TANGCUN).is_demo


def test_a_demo_may_hold_no_number_that_could_be_somebodys(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    path = workbook({"户": households(home(1)), "人": people(person(1))})
    said = run("import_households", path, demo=True)
    assert "a demonstration may only hold numbers" in said.err
    assert "right check character" in said.err
    assert not Household.objects.exists()


def test_real_people_do_not_enter_a_demo_town(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", invented(workbook), demo=True)
    said = run("import_households", workbook({"户": households(home(2))}))
    assert "holds demonstration data" in said.err
    assert Household.objects.count() == 1


def test_invented_people_do_not_enter_a_real_town(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", workbook({"户": households(home(1))}))
    said = run("import_households", invented(workbook, 2), demo=True)
    assert "holds real households" in said.err
    assert not Region.objects.get(code=JINPING).is_demo


def test_the_demo_loads_by_the_commands_of_a_county(
    run: Callable[..., Said], settings: object, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    from gis_grid.accounts.models import User
    from gis_grid.duties.models import Duty
    from gis_grid.exchange.management.commands import load_demo
    from gis_grid.territory.models import GridVersion

    Household.objects.all().delete()
    User.objects.all().delete()
    settings.DEMO = True  # type: ignore[attr-defined]
    monkeypatch.setattr(load_demo, "TOWNS", {"crossing": "431024108000"})
    assert "not loaded" in run("load_demo", if_empty=True).out
    said = run("load_demo")
    assert said.refusal == ""
    assert Household.objects.count() == 60
    assert GridVersion.objects.at().filter(parent__code="431024108218").exists()
    assert Duty.objects.exists()
    assert User.objects.filter(username="outsider").exists()


def test_the_demo_needs_its_setting(run: Callable[..., Said], settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    assert "DEMO=1" in run("load_demo").refusal
