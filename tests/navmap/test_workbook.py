"""The table as a workbook: what is in it, who may take it out, and that it is logged."""

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from gis_grid.accounts.models import Assignment
from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.core.crypto import encrypt
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.duties.models import Duty, Holder, Post
from gis_grid.households.filters import HouseholdFilter
from gis_grid.households.models import Household
from gis_grid.navmap.workbook import write_workbook
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
PURPOSE = "季度走访安排"


def book_of(user: Any, purpose: str = PURPOSE, **filters: Any) -> Any:
    out = io.BytesIO()
    write_workbook(out, acting_user=user, filter=HouseholdFilter(**filters), purpose=purpose)
    return openpyxl.load_workbook(out).active


def take(user: Any, purpose: str = PURPOSE, **filters: Any) -> list[tuple[Any, ...]]:
    return list(book_of(user, purpose, **filters).iter_rows(values_only=True))


def test_title_headings_and_rows(
    cast: SimpleNamespace, household: Callable[..., Household], settings: Any
) -> None:
    settings.DEMO = True
    home = household(GRID, tags=("deputy",), address="3组1号")
    with translation.override("en"):
        title, described, headings, row = take(cast.leader, area=QUANFENG, tags=("deputy",))
    assert "演示数据" in title[0]
    assert "leader" in title[0]
    assert "泉凤村" in described[0]
    assert "People's deputy" in described[0]
    assert headings[:3] == ("Household code", "Address", "Head")
    assert row[:5] == (home.code, "3组1号", "李*德", 4, "People's deputy")


def test_the_phones_of_those_who_answer(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    for slug, area, name, phone in (
        ("grid_worker", QUANFENG, "赵一", "19900000001"),
        ("informant", GRID, "钱二", "19900000002"),
        ("informant", GRID, "孙三", "19900000003"),
    ):
        Duty.objects.create(
            post=Post.objects.get(slug=slug),
            holder=Holder.objects.create(
                name=name, phone_cipher=encrypt(phone, purpose="holder.phone")
            ),
            mode=Duty.Mode.VILLAGE,
            area_code=area,
            starts_on=dt.date(2024, 1, 1),
        )
    assert take(cast.leader)[3][7:] == (
        "赵一",
        "19900000001",
        "孙三、钱二",
        "19900000003、19900000002",
    )


def test_headings_stay_in_sight_and_filter_the_rows(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    household(GRID)
    sheet = book_of(cast.leader)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A4", "A3:K5")


def test_without_demo_data_nothing_says_so(
    cast: SimpleNamespace, household: Callable[..., Household], settings: Any
) -> None:
    settings.DEMO = False
    household(GRID)
    assert "演示数据" not in take(cast.leader)[0][0]


@pytest.mark.parametrize("text", ["=1+1", "+861", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(
    cast: SimpleNamespace, household: Callable[..., Household], text: str
) -> None:
    household(GRID, address=text)
    assert take(cast.leader)[3][1] == f"'{text}"


def test_it_is_logged_with_its_purpose(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    take(cast.leader, area=GRID)
    entry = Entry.objects.get(action="households_exported")
    assert (entry.actor, entry.area_code) == ("leader", GRID)
    assert (entry.detail["purpose"], entry.detail["rows"]) == (PURPOSE, 1)


@pytest.mark.parametrize("purpose", ["", "    ", "备用"])
def test_a_purpose_must_be_given(
    cast: SimpleNamespace, household: Callable[..., Household], purpose: str
) -> None:
    with pytest.raises(InputError) as refusal:
        take(cast.leader, purpose)
    assert refusal.value.where == "purpose"


def test_who_may_not_take_lists_out(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID)
    for user in (cast.worker, cast.informant, cast.police, cast.surveyor):
        with pytest.raises(NotAllowedError):
            take(user)
        with pytest.raises(NotAllowedError):
            take(user, area=GRID)
    with pytest.raises(MissingError):
        take(cast.outsider, area=GRID)
    assert not Entry.objects.filter(action="households_exported").exists()


def test_only_the_areas_where_one_may_export(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    mine = household(GRID)
    household(LIJIA + "001")
    Assignment.objects.create(
        user=cast.leader, role=Role.SURVEYOR, area_code=LIJIA, starts_on="2020-01-01"
    )
    assert [row[0] for row in take(cast.leader)[3:]] == [mine.code]
    with pytest.raises(NotAllowedError):
        take(cast.leader, area=LIJIA)


def test_welfare_tags_are_not_in_the_file_of_those_who_may_not_see_them(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("low_income",))
    assert not take(cast.office)[3][4]
    assert take(cast.civil)[3][4]
