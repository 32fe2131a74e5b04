"""Each fault of a row is named with its cell, all of them at once, and nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_grid.households.models import Household, HouseholdTag, Resident
from tests.conftest import LIJIA, QUANFENG
from tests.exchange.conftest import Said, home, households, identity, people, person, tags

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"户编号": ""}, "户编号", "nothing is filled in"),
        ({"户主姓名": "<i>李</i>"}, "户主姓名", "begins with"),
        ({"户编号": "4310 24"}, "户编号", "letters, digits and dashes"),
        ({"户编号": 43102411120000001}, "户编号", "cut the number"),
        ({"村代码": "4310241112"}, "村代码", "12 digits"),
        ({"村代码": "431024111299"}, "村代码", "no village of your area"),
        ({"地址": ""}, "地址", "nothing is filled in"),
        ({"地址": "长" * 201}, "地址", "201 characters, at most 200"),
        ({"地址": "a" * 32_767}, "地址", "at most 200"),
        ({"地址": "泉凤村\u202e1号"}, "地址", "U+202E"),
        ({"地址": "#N/A"}, "地址", "#N/A"),
        ({"户主姓名": ""}, "户主姓名", "nothing is filled in"),
        ({"联系电话": "12345"}, "联系电话", "no telephone number"),
        ({"联系电话": "19900001234"}, "联系电话", "kept for demonstrations"),
        ({"户籍类型": "港澳"}, "户籍类型", "港澳"),
        ({"经度": "东经112度"}, "经度", "no number of degrees"),
        ({"纬度": "nan"}, "纬度", "no number of degrees"),
        ({"纬度": ""}, "纬度", "only one"),
        ({"经度": 25.605, "纬度": 112.405}, "经度", "swapped"),
        ({"经度": 38440000, "纬度": 2830000}, "经度", "metres"),
        ({"经度": -73.9, "纬度": 40.7}, "经度", "outside China"),
        ({"经度": 112.39}, "经度", "m from the nearest"),
        ({"经度": 112.435}, "经度", f"grid {LIJIA}001, which belongs to another village"),
        ({"标签": "低保户、贫困户"}, "标签", "no tag “贫困户”"),
    ],
)
def test_a_fault_of_a_household(
    run: Callable[..., Said],
    workbook: Callable[..., Path],
    cells: dict[str, Any],
    column: str,
    expected: str,
) -> None:
    said = run("import_households", workbook({"户": households(home(1), home(2, **cells))}))
    fault = next(line for line in said.err.splitlines() if line.startswith("户"))
    assert fault.split()[:3] == ["户", "3", column]
    assert expected in fault
    assert "1 rows have to be mended. Nothing was written." in said.refusal
    assert not Household.objects.exists()


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"户编号": "43102411120099999"}, "户编号", "no household of your area"),
        ({"姓名": "@李明德"}, "姓名", "begins with"),
        ({"姓名": ""}, "姓名", "nothing is filled in"),
        ({"与户主关系": ""}, "与户主关系", "relation to the head"),
        ({"与户主关系": "户主"}, "与户主关系", "second head"),
        ({"性别": "未知"}, "性别", "未知"),
        ({"性别": "男"}, "性别", "that of a 女 person"),
        ({"身份证号": "431024198001"}, "身份证号", "18 characters"),
        ({"身份证号": "431024198013010028"}, "身份证号", "no possible date of birth"),
        ({"身份证号": identity(7, sex="f", wrong=True)}, "身份证号", "check character"),
        ({"身份证号": 431024198001010021}, "身份证号", "cut the number"),
        ({"身份证号": identity(1), "性别": "男"}, "身份证号", "stands in row 2"),
        ({"手机号": "abc"}, "手机号", "no telephone number"),
        ({"是否党员": "也许"}, "是否党员", "neither yes nor no"),
    ],
)
def test_a_fault_of_a_person(
    run: Callable[..., Said],
    workbook: Callable[..., Path],
    cells: dict[str, Any],
    column: str,
    expected: str,
) -> None:
    wife = {"姓名": "王芳", "与户主关系": "配偶", "性别": "女", "身份证号": identity(7, sex="f")}
    rows = people(person(1), person(1, **{**wife, **cells}))
    said = run("import_households", workbook({"户": households(home(1)), "人": rows}))
    fault = next(
        line for line in said.err.splitlines() if line.startswith("人") and expected in line
    )
    assert fault.split()[1:3] == ["3", column]
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["43102411120099999", "低保户", "2026-01-01", "", ""], "no household"),
        ([f"{QUANFENG}00001", "特困户", "2026-01-01", "", ""], "no tag “特困户”"),
        ([f"{QUANFENG}00001", "低保户", "", "", ""], "nothing is filled in"),
        ([f"{QUANFENG}00001", "低保户", "去年", "", ""], "is no date"),
        ([f"{QUANFENG}00001", "低保户", "2026-02-30", "", ""], "is no date"),
        ([f"{QUANFENG}00001", "低保户", "2026-02-01", "2026-02-01", ""], "not later"),
    ],
)
def test_a_fault_of_a_tag(
    run: Callable[..., Said], workbook: Callable[..., Path], row: list[str], expected: str
) -> None:
    said = run("import_households", workbook({"户": households(home(1)), "标签": tags(row)}))
    assert expected in said.err
    assert not HouseholdTag.objects.exists()


def test_the_same_code_twice_names_both_rows(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    said = run("import_households", workbook({"户": households(home(1), home(2), home(1))}))
    assert "stands in row 2" in said.err
    assert not Household.objects.exists()


def test_nobody_is_the_head(run: Callable[..., Said], workbook: Callable[..., Path]) -> None:
    rows = people(person(1, 与户主关系="子"))
    said = run("import_households", workbook({"户": households(home(1)), "人": rows}))
    assert "none of the people" in said.err


def test_the_two_tables_name_different_heads(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    rows = people(person(1, 姓名="张三"))
    said = run("import_households", workbook({"户": households(home(1)), "人": rows}))
    assert "another person than in the table of households (row 2)" in said.err


def test_a_person_of_another_household(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", workbook({"户": households(home(1)), "人": people(person(1))}))
    again = workbook({"户": households(home(2)), "人": people(person(2, 身份证号=identity(1)))})
    said = run("import_households", again)
    assert "registered in another household" in said.err
    assert identity(1) not in said.all


def test_all_faults_are_told_at_once(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    path = workbook(
        {
            "户": households(home(1, 地址="", 联系电话="1"), home(2, 经度=112.435)),
            "人": people(person(1, 身份证号="1"), person(2, 性别="女")),
            "标签": tags([f"{QUANFENG}00001", "无", "2026-01-01", "", ""]),
        }
    )
    said = run("import_households", path)
    faults = [line for line in said.err.splitlines() if line[:1] in "户人标" and line[:1]]
    assert len(faults) == 6
    assert "5 rows" in said.refusal


def test_demonstration_data_is_recognised_as_a_whole(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    hint = "This looks like demonstration data"
    invented = {"联系电话": "19900001234"}
    rows = [home(number, **invented) for number in range(1, 4)]
    wrong = people(*(person(n, 身份证号=identity(n, wrong=True)) for n in range(1, 4)))
    said = run("import_households", workbook({"户": households(*rows), "人": wrong}))
    assert said.err.startswith(hint)
    mixed = households(home(1, **invented), home(2, 地址=""), home(3, 户主姓名=""))
    assert hint not in run("import_households", workbook({"户": mixed})).err
    assert not Household.objects.exists()
