"""Departments' own forms: from a sample or by hand, filled, run again, and hostile ones."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.exchange.models import Layout, TakenOut
from gis_grid.exchange.out import layouts
from gis_grid.exchange.out.making import Order
from gis_grid.exchange.out.reports import drop_report, run_report, save_report
from gis_grid.households.models import Household
from gis_grid.territory.datasets import dataset_for
from tests.conftest import COUNTY, QUANFENG, Role, make_user

pytestmark = pytest.mark.django_db
Take = Callable[..., TakenOut]
GRID = QUANFENG + "001"
PURPOSE = "民政季度报表"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A department's form: a title over all, a heading over two columns, one merged downwards."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["{year}年农户情况统计表"])
    sheet.append(["序号", "户主姓名", "住址", None, "人口数", "签字"])
    sheet.append([None, None, "所在村", "详细地址", None, None])
    for merged in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3"):
        sheet.merge_cells(merged)
    sheet.append([1, "张三", "某村", "1号", 3, None])
    sheet.column_dimensions["D"].width = 33
    path = tmp_path / "sample.xlsx"
    book.save(path)
    return path


@pytest.fixture
def layout(cast: SimpleNamespace, sample: Path) -> Layout:
    dataset = dataset_for(cast.civil, "households")
    with translation.override("zh-hans"):
        drawn = layouts.from_sample(cast.civil, dataset, sample)
    return layouts.save_layout(
        acting_user=cast.civil, name="民政表一", dataset="households", drawn=drawn
    )


def filled(kept: TakenOut) -> Any:
    return openpyxl.load_workbook(io.BytesIO(kept.path.read_bytes())).active


def test_a_sample_is_understood(layout: Layout) -> None:
    assert layout.columns == ["#", "head", "village_name", "address", "people", ""]
    assert len(layout.header) == 3
    assert [0, 0, 0, 5] in layout.merges
    assert [1, 2, 1, 3] in layout.merges
    assert layout.widths[3] == 33
    assert layout.area_code == COUNTY
    cells = layouts.preview(layout)
    assert [(cell["text"], cell["down"], cell["across"]) for cell in cells[1]][2] == ("住址", 1, 2)


def test_it_fills_itself(
    cast: SimpleNamespace, household: Callable[..., Household], layout: Layout, take: Take
) -> None:
    household(GRID, address="=1+1", people=3)
    household(QUANFENG + "002", address="2号")
    sheet = filled(take(cast.office, "households", "xlsx", layout=layout))
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].endswith("年农户情况统计表")
    assert "{year}" not in rows[0][0]
    assert rows[2][2:4] == ("所在村", "详细地址")
    assert rows[3] == (1, "李*德", "泉凤村", "'=1+1", 3, None)
    assert rows[4][:4] == (2, "李*德", "泉凤村", "2号")
    assert "office" in rows[-1][0]
    assert {"A1:F1", "C2:D2", "E2:E3"} <= {str(one) for one in sheet.merged_cells.ranges}


def test_by_hand_in_another_order(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take
) -> None:
    household(GRID)
    dataset = dataset_for(cast.town, "households")
    columns = [("people", "人数"), ("#", ""), ("address", "=cmd|calc"), ("", "备注")]
    drawn = layouts.by_hand(cast.town, dataset, ["标题 {date}", "", "@二"], columns)
    made = layouts.save_layout(
        acting_user=cast.town, name="表二", dataset="households", drawn=drawn
    )
    rows = list(filled(take(cast.town, "households", "xlsx", layout=made)).iter_rows())
    texts = [[cell.value for cell in row] for row in rows]
    assert texts[1][0] == "'@二"
    assert texts[2][0] == "人数"
    assert texts[2][2:] == ["'=cmd|calc", "备注"]
    assert texts[3] == [4, 1, "1号", None]
    assert not any(cell.data_type == "f" for row in rows for cell in row)


def test_whose_forms_they_are(cast: SimpleNamespace, layout: Layout, take: Take) -> None:
    stranger = make_user("far", Role.OFFICE, "431025111000")
    assert not Layout.objects.visible_to(stranger).exists()
    assert Layout.objects.visible_to(cast.leader).get() == layout
    with pytest.raises(MissingError):
        take(stranger, "households", "xlsx", layout=layout)
    with pytest.raises(MissingError):
        take(cast.town, "incidents", "xlsx", layout=layout)
    for user, error in (
        (stranger, MissingError),
        (cast.leader, NotAllowedError),
        (cast.worker, NotAllowedError),
    ):
        with pytest.raises(error):
            layouts.drop_layout(acting_user=user, layout_id=layout.pk)
    layouts.drop_layout(acting_user=cast.county, layout_id=layout.pk)
    assert not Layout.objects.exists()


def test_a_column_that_is_none_is_refused(cast: SimpleNamespace, layout: Layout) -> None:
    for columns in (["head_name"], ["phone_cipher"], [""], []):
        drawn = layouts.Drawn([["x"]], [], columns, [10], is_sampled=True)
        with pytest.raises(InputError):
            layouts.save_layout(
                acting_user=cast.civil, name="坏表", dataset="households", drawn=drawn
            )
    with pytest.raises(InputError):
        layouts.save_layout(
            acting_user=cast.office,
            name="民政表一",
            dataset="households",
            drawn=layouts.Drawn([["x"]], [], ["head"], [10], is_sampled=True),
        )


def hostile(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"{kind}.xlsx"
    if kind == "text":
        path.write_text("序号,户主姓名")
    elif kind == "no_zip":
        path.write_bytes(b"PK\x03\x04broken")
    elif kind == "no_names":
        book = openpyxl.Workbook()
        book.active.append(["甲", "乙"])
        book.save(path)
    elif kind == "far":
        book = openpyxl.Workbook()
        book.active["A1"] = "户主姓名"
        book.active["XFD1048576"] = "x"
        book.save(path)
    elif kind == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("xl/workbook.xml", b"0" * (60 * 2**20))
    elif kind == "entities":
        with zipfile.ZipFile(path, "w") as out:
            lol = '<!DOCTYPE x [<!ENTITY a "lol">]><workbook><sheets/></workbook>'
            out.writestr("xl/workbook.xml", lol)
    return path


@pytest.mark.parametrize("kind", ["text", "no_zip", "no_names", "far", "bomb", "entities"])
def test_a_hostile_sample_is_refused(cast: SimpleNamespace, tmp_path: Path, kind: str) -> None:
    dataset = dataset_for(cast.civil, "households")
    with pytest.raises(InputError) as refused:
        layouts.from_sample(cast.civil, dataset, hostile(tmp_path, kind))
    assert str(refused.value)


def test_merges_that_make_no_sense_are_left_out(cast: SimpleNamespace, sample: Path) -> None:
    with zipfile.ZipFile(sample) as book:
        members = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    worse = b'<mergeCell ref="Z9:A1"/><mergeCell ref="A1:XFD1048576"/><mergeCell ref="x"/>'
    members[sheet] = members[sheet].replace(b"</mergeCells>", worse + b"</mergeCells>")
    with zipfile.ZipFile(sample, "w") as book:
        for name, content in members.items():
            book.writestr(name, content)
    drawn = layouts.from_sample(cast.civil, dataset_for(cast.civil, "households"), sample)
    assert len(drawn.merges) == 6


def test_a_report_is_run_again(
    cast: SimpleNamespace, household: Callable[..., Household], layout: Layout
) -> None:
    household(GRID, tags=("low_income",))
    order = Order("households", "xlsx", PURPOSE, query={"tags": "low_income"}, layout=layout)
    kept = save_report(acting_user=cast.civil, name="低保季报", order=order)
    assert run_report(acting_user=cast.civil, report_id=kept.pk).rows == 1
    household(QUANFENG + "002", tags=("low_income",))
    again = run_report(acting_user=cast.civil, report_id=kept.pk)
    assert (again.rows, again.purpose) == (2, PURPOSE)
    with pytest.raises(MissingError):
        run_report(acting_user=cast.town, report_id=kept.pk)
    with pytest.raises(InputError):
        layouts.drop_layout(acting_user=cast.civil, layout_id=layout.pk)
    drop_report(acting_user=cast.civil, report_id=kept.pk)
    layouts.drop_layout(acting_user=cast.civil, layout_id=layout.pk)


def test_the_pages(
    cast: SimpleNamespace, household: Callable[..., Household], sample: Path
) -> None:
    household(GRID, tags=("deputy",))
    household(QUANFENG + "002")
    page = Client()
    page.force_login(cast.town, backend="gis_grid.accounts.backends.AccountBackend")
    shown = page.get("/data/out/?what=households&tags=deputy").content.decode()
    assert "tags=deputy" in shown
    with sample.open("rb") as file:
        told = {"name": "表三", "what": "households", "sample": file}
        made = page.post("/data/layouts/", told)
    layout = Layout.objects.get()
    assert made["Location"] == f"/data/layouts/{layout.pk}/"
    assert "住址" in page.get(made["Location"]).content.decode()
    columns = ["#", "head", "village_name", "code", "people", ""]
    page.post(made["Location"], {"name": "表四", "column": columns})
    layout.refresh_from_db()
    assert (layout.name, layout.columns[3]) == ("表四", "code")
    order = {
        "what": "households",
        "query": "tags=deputy",
        "layout": str(layout.pk),
        "purpose": PURPOSE,
        "report": "月报",
    }
    file_of = page.post("/data/out/", order)
    answer = page.get(file_of["Location"])
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.getvalue()[:2] == b"PK"
    assert TakenOut.objects.get().rows == 1
    assert "月报" in page.get("/data/out/").content.decode()
    empty = page.post("/data/out/", order | {"purpose": ""})
    assert empty["Location"].startswith("/data/out/?what=households")
    assert page.get("/data/gis/").status_code == 200
    assert "OAPIF" in page.get("/data/gis/").content.decode()


def test_the_pages_are_closed(cast: SimpleNamespace, layout: Layout) -> None:
    page = Client()
    page.force_login(cast.worker, backend="gis_grid.accounts.backends.AccountBackend")
    for path in ("/data/out/", "/data/layouts/", f"/data/layouts/{layout.pk}/"):
        assert page.get(path).status_code == 403
    assert page.post("/data/out/", {"what": "households"}).status_code == 403
    assert page.get("/data/gis/").status_code == 200
