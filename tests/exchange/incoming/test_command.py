"""`import_file`: the wizard's steps from the command line, and what it asks where it can't know."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely
from openpyxl import load_workbook

from gis_grid.audit.models import Entry
from gis_grid.exchange.models import Intake
from gis_grid.facilities.models import Camera, ServicePoint
from gis_grid.households.models import Household, Resident
from gis_grid.territory.models import PlanCell
from tests.conftest import QUANFENG, rectangle
from tests.exchange.conftest import Said, home, households, people, person
from tests.exchange.drafts import frame
from tests.exchange.incoming import files
from tests.plans.conftest import new_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground", "media")]
Run = Callable[..., Said]
Book = Callable[..., Path]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Path(settings.MEDIA_ROOT)


def one_home(workbook: Book, **cells: Any) -> Path:
    return workbook({"户": households(home(1, 经度="", 纬度="", **cells))})


def test_a_workbook_goes_in_and_out_again(run: Run, workbook: Book, media: Path) -> None:
    path = workbook({"户": households(home(1), home(2)), "人": people(person(1))})
    said = run("import_file", path, user="office", datum="wgs84")
    assert said.refusal == ""
    assert "户: 2 new, 0 changed, 0 as before" in said.out
    assert f"New: {QUANFENG}00001、{QUANFENG}00002" in said.out
    assert Household.objects.count() == 2
    assert Resident.objects.count() == 1
    intake = Intake.objects.get()
    assert f"--undo {intake.pk} --user office" in said.out
    assert Entry.objects.filter(actor="office", action="households_loaded").exists()
    listed = run("import_file", user="office", list=True).out
    assert "file.xlsx" in listed
    assert "can be undone until" in listed
    assert "taken back" in run("import_file", user="office", undo=intake.pk).out
    assert not Household.objects.exists()
    assert "undone" in run("import_file", user="office", list=True).out


def test_what_changes_is_told_and_a_dry_run_writes_nothing(
    run: Run, workbook: Book, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    run("import_file", one_home(workbook), user="office", datum="wgs84")
    changed = one_home(workbook, 地址="新村路1号")
    with django_capture_on_commit_callbacks(execute=True):
        said = run("import_file", changed, user="office", datum="wgs84", dry_run=True)
    assert said.refusal == ""
    assert f"Changed: {QUANFENG}00001: Address 泉凤村1号 → 新村路1号" in said.out
    assert "Dry run" in said.out
    assert Household.objects.get().address == "泉凤村1号"
    # The file of a dry run is not kept.
    assert len(list((media / "intakes").iterdir())) == Intake.objects.count() == 1


def test_wrong_rows_are_refused_and_written_down(run: Run, workbook: Book, tmp_path: Path) -> None:
    path = workbook({"户": households(home(1), home(2, 村代码="43"))})
    report = tmp_path / "errors.xlsx"
    said = run("import_file", path, user="office", datum="wgs84", errors=report)
    assert "1 rows have to be mended. Nothing was written." in said.refusal
    assert "村代码" in said.err
    assert load_workbook(report)["户"].max_row == 3
    assert not Household.objects.exists()
    assert not Intake.objects.exists()
    said = run("import_file", path, user="office", datum="wgs84", errors=report, keep_good=True)
    assert "1 rows were left out; the others are loaded." in said.refusal
    assert load_workbook(report)["户"].max_row == 2
    assert Household.objects.count() == 1


def test_a_datum_that_is_not_certain_is_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "点.kml"
    path.write_bytes(files.kml(program="OvitalMap", place=(112.4151, 25.6052)))
    said = run("import_file", path, user="office", target="service_points")
    assert "--datum" in said.refusal
    assert "\n  gcj02  GCJ-02" in said.refusal
    assert "\n  bd09  " in said.refusal
    assert not Intake.objects.exists()
    said = run(
        "import_file", path, user="office", target="service_points", datum="gcj02", keep_good=True
    )
    assert ServicePoint.objects.get().geom.x == pytest.approx(112.41, abs=0.002)
    assert "no datum" not in said.all
    assert (
        "--datum"
        in run("import_file", path, user="office", target="service_points", datum="mars").refusal
    )


def test_what_a_map_holds_is_asked_for(run: Run, tmp_path: Path) -> None:
    path = files.gpkg(tmp_path / "a.gpkg", files.sites(4547, 类别=["便民服务点"] * 3))
    said = run("import_file", path, user="office")
    assert "--target" in said.refusal
    assert "\n  cameras  Cameras" in said.refusal
    said = run("import_file", path, user="office", target="service_points")
    # Metres of a zone that lie in the own area leave no question.
    assert said.refusal == ""
    assert "CGCS2000 3° · 114°E" in said.out
    assert ServicePoint.objects.count() == 3
    assert "no target" in run("import_file", path, user="office", target="nonsense").refusal


def test_layers_and_what_boundaries_ask(run: Run, tmp_path: Path, cast: SimpleNamespace) -> None:
    path = files.gpkg(tmp_path / "a.gpkg", frame(rectangle(0), rectangle(1), rectangle(2)), "网格")
    files.sites(4490).to_file(path, layer="点", driver="GPKG", engine="pyogrio")
    common: dict[str, Any] = {"user": "town", "target": "boundaries", "datum": "cgcs2000"}
    assert "--layer" in (said := run("import_file", path, **common).refusal)
    assert "\n  网格  3" in said
    plan = new_draft(cast.town)
    new_draft(cast.town)
    common |= {"layer": "网格"}
    assert "--option plan=…" in (said := run("import_file", path, **common).refusal)
    assert f"\n  {plan.pk}  " in said
    common["option"] = [("plan", str(plan.pk)), ("village", QUANFENG)]
    assert run("import_file", path, **common).refusal == ""
    assert PlanCell.objects.filter(plan=plan).exists()
    fewer = frame(shapely.box(112.40, 25.60, 112.42, 25.61), rectangle(2), name=["大", "三"])
    fewer["code"] = [f"{QUANFENG}001", f"{QUANFENG}003"]
    told = run("import_file", files.gpkg(tmp_path / "b.gpkg", fewer), **{**common, "layer": ""})
    assert told.refusal == ""
    assert f"1 are not in the file, and end: {QUANFENG}002" in told.out
    common["option"].append(("flavour", "x"))
    assert "flavour" in run("import_file", path, **common).refusal


def test_sheets_and_columns_by_their_names(run: Run, workbook: Book) -> None:
    row = ["东口", 112.4051, 25.6052, "甲厂"]
    path = workbook({"说明": [["无"]], "一": [["点", "东经", "北纬", "厂家"], row]})
    common: dict[str, Any] = {"user": "office", "target": "cameras", "datum": "cgcs2000"}
    said = run("import_file", path, **common)
    assert "--sheet" in said.refusal
    assert "\n  一  点、东经、北纬、厂家" in said.refusal
    common["sheet"] = [("摄像头", "一")]
    assert "点位名称" in run("import_file", path, **common).refusal
    common["column"] = [("点位名称", "点"), ("经度", "东经"), ("lat", "北纬")]
    said = run("import_file", path, **common)
    assert said.refusal == ""
    assert "点位名称=点、经度=东经、纬度=北纬" in said.out
    assert Camera.objects.get().name == "东口"
    wrong = {**common, "column": [("点位名称", "地点")]}
    assert "Headings of the file: 点、东经、北纬、厂家" in run("import_file", path, **wrong).refusal
    assert "一" in run("import_file", path, **{**common, "sheet": [("", "二")]}).refusal


def test_a_heading_may_be_left_out(run: Run, workbook: Book) -> None:
    path = one_home(workbook, 备注="旧")
    run("import_file", path, user="office", datum="wgs84", column=[("备注", "")])
    assert Household.objects.get().note == ""


def test_it_belongs_to_a_person_with_the_right(run: Run, workbook: Book) -> None:
    path = one_home(workbook)
    assert "--user" in run("import_file", path).refusal
    assert "loads no files" in run("import_file", path, user="auditor").refusal
    assert run("import_file", path, user="leader", target="cameras").refusal != ""
    assert "Name the file" in run("import_file", user="office").refusal
    run("import_file", path, user="office", datum="wgs84")
    number = Intake.objects.get().pk
    assert run("import_file", user="county", undo=number).refusal != ""
    assert Household.objects.exists()
    assert run("import_file", user="county", list=True).out == ""


def test_nothing_new_is_not_loaded_again(run: Run, workbook: Book) -> None:
    path = one_home(workbook)
    run("import_file", path, user="office", datum="wgs84")
    said = run("import_file", path, user="office", datum="wgs84")
    assert (said.refusal, "Nothing of it is new" in said.out) == ("", True)
    assert Intake.objects.count() == 1
