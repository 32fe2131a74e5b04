"""Regions from the national list: every fault is told, names follow, nothing half-written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gis_grid.audit.models import Entry
from gis_grid.territory.models import Region
from tests.conftest import COUNTY, JINPING
from tests.exchange.conftest import Said

pytestmark = pytest.mark.django_db
HEAD = "code,name,level,parent\n"
ROWS = (
    "431024000000,嘉禾县,county,431000000000\n"
    "431024111000,晋屏镇,town,431024000000\n"
    "431024111200,泉凤村委会,village,431024111000\n"
)


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "regions.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_list_is_read_in_any_encoding_an_office_saves(
    run: Callable[..., Said], tmp_path: Path, encoding: str
) -> None:
    run("import_regions", write(tmp_path, HEAD + ROWS, encoding))
    town = Region.objects.get(code=JINPING)
    assert (town.name, town.level, town.parent_id) == ("晋屏镇", "town", COUNTY)
    assert Region.objects.get(code=COUNTY).parent is None


def test_a_second_run_changes_only_names(run: Callable[..., Said], tmp_path: Path) -> None:
    run("import_regions", write(tmp_path, HEAD + ROWS))
    said = run("import_regions", write(tmp_path, HEAD + ROWS.replace("晋屏镇", "晋屏新镇")))
    assert "0 new, 1 changed, 2 as before" in said.out
    assert Region.objects.get(code=JINPING).name == "晋屏新镇"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("43102411120,短码村,village,", "12 digits"),
        ("431024111201,,village,", "name is missing"),
        ("431024111201,=1+1村,village,", "begins with"),
        ("431024111201,泉\u202e凤村,village,", "invisible"),
        ("431024111201,李家村,town,", "say village"),
        ("431024111201,李家村,hamlet,", "is no level"),
        ("431024111201,李家村,village,431024102000", "lies in 431024111000"),
        ("431024112201,远村,village,", "431024112000, is neither in the file nor loaded"),
        ("431024111200,泉凤村,village,", "stands in row 4"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_written(
    run: Callable[..., Said], tmp_path: Path, row: str, expected: str
) -> None:
    said = run("import_regions", write(tmp_path, HEAD + ROWS + row + "\n"))
    assert expected in said.err
    assert "Nothing was written" in said.refusal
    assert not Region.objects.exists()


def test_good_rows_are_kept_where_chosen(run: Callable[..., Said], tmp_path: Path) -> None:
    bad = "431024112000,无名镇,village,\n431024112201,远村,village,\n"
    said = run("import_regions", write(tmp_path, HEAD + ROWS + bad), keep_good=True)
    assert "left out" in said.refusal
    assert set(Region.objects.values_list("code", flat=True)) == {
        COUNTY,
        JINPING,
        "431024111200",
    }


def test_a_committee_with_a_villages_number_is_a_note_not_a_refusal(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    row = "431024111201,盘江居委会,village,\n"
    said = run("import_regions", write(tmp_path, HEAD + ROWS + row))
    assert "Note" in said.out
    assert "村委会" in said.out
    assert Region.objects.filter(code="431024111201").exists()


def test_who_may_load_regions(
    run: Callable[..., Said], tmp_path: Path, cast: object, regions: object
) -> None:
    new = HEAD + "431024111209,新村,village,\n"
    assert (
        "Your role does not include"
        in run("import_regions", write(tmp_path, new), user="worker").refusal
    )
    assert "Nobody signs in" in run("import_regions", write(tmp_path, new), user="ghost").refusal
    elsewhere = HEAD + "431025000000,临武县,county,\n"
    assert (
        "outside the area" in run("import_regions", write(tmp_path, elsewhere), user="county").err
    )
    run("import_regions", write(tmp_path, new), user="county")
    assert Entry.objects.filter(action="regions_loaded").get().actor == "county"


def test_without_a_user_the_log_says_operator(run: Callable[..., Said], tmp_path: Path) -> None:
    run("import_regions", write(tmp_path, HEAD + ROWS))
    entry = Entry.objects.get(action="regions_loaded")
    assert (entry.actor, entry.actor_id, entry.area_code) == ("operator", None, COUNTY)


def test_a_dry_run_writes_nothing(run: Callable[..., Said], tmp_path: Path) -> None:
    said = run("import_regions", write(tmp_path, HEAD + ROWS), dry_run=True)
    assert "3 new" in said.out
    assert not Region.objects.exists()
    assert not Entry.objects.exists()


def test_a_file_without_the_columns_says_which_are_needed(
    run: Callable[..., Said], tmp_path: Path
) -> None:
    said = run("import_regions", write(tmp_path, "甲,乙\n1,2\n"))
    assert "code、name" in said.refusal
    assert "甲、乙" in said.refusal
