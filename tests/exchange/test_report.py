"""The report: rows to be mended beside what is wrong, harmless, and fit to be loaded again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gis_grid.households.models import Household, Resident
from tests.conftest import QUANFENG
from tests.exchange.conftest import Said, home, households, identity, people, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def test_the_report_marks_the_cell_and_says_how_to_mend_it(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path
) -> None:
    path = workbook({"户": [["登记表"], *households(home(1), home(2, 联系电话="1"))]})
    report = tmp_path / "errors.xlsx"
    said = run("import_households", path, errors=report)
    assert str(report) in said.out
    rows = list(load_workbook(report)["户"].iter_rows())
    assert [cell.value for cell in rows[0]][-2:] == ["问题", "改法"]
    assert len(rows) == 3
    phone = rows[2][4]
    assert phone.fill.fgColor.rgb.endswith("FFC7CE")
    assert rows[2][-2].value == "Row 4, 联系电话: this is no telephone number"
    assert "11 digits" in rows[2][-1].value
    assert rows[1][-2].value is None


def test_the_mended_report_loads(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "errors.xlsx"
    path = workbook(
        {
            "户": households(home(1), home(2, 联系电话="1")),
            "人": people(person(1), person(2)),
        }
    )
    run("import_households", path, errors=report)
    book = load_workbook(report)
    book["户"]["E3"] = "13873500002"
    book.save(report)
    said = run("import_households", report)
    assert said.refusal == ""
    assert "问题" not in said.out
    assert (Household.objects.count(), Resident.objects.count()) == (2, 2)


def test_kept_good_rows_leave_only_the_others_in_the_report(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "errors.xlsx"
    path = workbook(
        {
            "户": households(home(1), home(2, 联系电话="1"), home(3)),
            "人": people(person(1), person(2), person(3, 身份证号=identity(3, wrong=True))),
        }
    )
    said = run("import_households", path, keep_good=True, errors=report)
    # The bad household, its person who goes with it, and the person with the wrong number.
    assert "3 rows were left out" in said.refusal
    assert set(Household.objects.values_list("code", flat=True)) == {
        f"{QUANFENG}00001",
        f"{QUANFENG}00003",
    }
    assert Resident.objects.count() == 1
    book = load_workbook(report)
    assert (book["户"].max_row, book["人"].max_row) == (2, 3)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"])
def test_text_like_a_formula_stays_text(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "households.csv"
    row = home(1, 备注=text, 联系电话="1")
    lines = [",".join(f'"{cell}"' for cell in each) for each in households(row)]
    path.write_text("\n".join(lines))
    report = tmp_path / "errors.xlsx"
    run("import_households", path, errors=report)
    cell = load_workbook(report).worksheets[0]["J2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_long_table_of_faults_is_cut_on_the_screen_only(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "errors.xlsx"
    path = workbook({"户": households(*(home(i, 联系电话="1") for i in range(1, 71)))})
    said = run("import_households", path, errors=report)
    assert "and 20 more" in said.err
    assert load_workbook(report)["户"].max_row == 71


def test_a_report_that_cannot_be_written_is_refused_before_the_work(
    run: Callable[..., Said], workbook: Callable[..., Path], tmp_path: Path
) -> None:
    path = workbook({"户": households(home(1))})
    assert ".xlsx" in run("import_households", path, errors=tmp_path / "errors.txt").refusal
    assert "no folder" in run("import_households", path, errors=tmp_path / "x" / "e.xlsx").refusal
    assert not Household.objects.exists()
