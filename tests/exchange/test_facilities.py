"""Cameras and service points from workbooks, and the register of cameras taken out again."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from gis_grid.exchange.forms import CAMERAS
from gis_grid.exchange.out.making import Order, take_out
from gis_grid.facilities.models import Camera, ServicePoint
from tests.conftest import LIJIA, QUANFENG
from tests.exchange.conftest import Said
from tests.incidents.test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
HEAD = [names[0] for names in CAMERAS.columns.values()]
POINT_HEAD = ["名称", "类别", "地址", "开放时间", "电话", "村代码", "经度", "纬度"]
Run, Book = Callable[..., Said], Callable[..., Path]


def row(number: int, **cells: Any) -> list[Any]:
    values = {
        "点位名称": f"路口{number}", "类型": "公共摄像头", "同意日期": "", "安装方式": "立杆",
        "高度": 5,
        "朝向": 90, "视场角": 60, "可视距离": 80, "国标编码": f"4310241100131000{number:04d}",
        "备案号": "", "提示标识": "是", "存储天数": 30, "接入平台": "", "状态": "正常",
        "村代码": QUANFENG, "经度": 112.405, "纬度": 25.605, **cells,
    }  # fmt: skip
    return [values[name] for name in HEAD]


def test_new_changed_and_as_before(run: Run, workbook: Book) -> None:
    home = row(2, 类型="家庭摄像头", 同意日期="2025-05-01", 国标编码="", 朝向=77)
    path = workbook({"摄像头": [HEAD, row(1), home]})
    assert "2 new" in run("import_cameras", path, "--dry-run").out
    assert Camera.objects.count() == 0
    assert run("import_cameras", path).refusal == ""
    assert Camera.objects.get(owner="home").bearing is None
    assert "2 as before" in run("import_cameras", path).out
    changed = workbook({"摄像头": [HEAD, row(1, 状态="故障", 高度=6), home]})
    assert "1 changed, 1 as before" in run("import_cameras", changed).out
    camera = Camera.objects.get(owner="public")
    assert (camera.state, camera.height_m) == ("broken", 6)
    assert [one.state for one in camera.history.all()] == ["working", "broken"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"国标编码": "12"}, "20 digits"),
        ({"朝向": ""}, "degrees from north"),
        ({"朝向": "东"}, "no number"),
        ({"高度": 1e9}, "no number"),
        ({"类型": "月球"}, "none of the choices"),
        ({"类型": "家庭摄像头"}, "by consent"),
        ({"类型": "家庭摄像头", "同意日期": "昨天"}, "no date"),
        ({"经度": 9}, "degrees such as"),
        ({"经度": 112.2, "村代码": "1"}, "No grid holds"),
        ({"点位名称": ""}, "can't be taken"),
        ({"国标编码": "43102411001310000001"}, "the same stands in row 2"),
    ],
)
def test_one_bad_row_is_named(
    run: Run, workbook: Book, cells: dict[str, Any], expected: str
) -> None:
    path = workbook({"摄像头": [HEAD, row(1), row(3, **cells)]})
    said = run("import_cameras", path)
    assert expected in said.err
    assert Camera.objects.count() == 0
    run("import_cameras", path, "--keep-good")
    assert Camera.objects.count() == 1


def test_only_into_ones_own_area(run: Run, workbook: Book) -> None:
    path = workbook({"摄像头": [HEAD, row(1)]})
    assert "Keep the register" in run("import_cameras", path, "--user", "worker").refusal
    assert Camera.objects.count() == 0


def test_what_is_taken_out_can_be_loaded(
    run: Run, workbook: Book, cast: SimpleNamespace, tmp_path: Path, settings: Any
) -> None:
    home = row(2, 类型="家庭摄像头", 同意日期="2025-05-01", 国标编码="", 点位名称="+1路口")
    run("import_cameras", workbook({"摄像头": [HEAD, row(1), home]}))
    settings.MEDIA_ROOT = tmp_path / "media"
    order = Order("cameras", "xlsx", "核对摄像头台账")
    content = take_out(acting_user=cast.town, order=order).path.read_bytes()
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert "核对摄像头台账" in rows[0][0]
    assert {one[0] for one in rows[2:]} == {"路口1", "'+1路口"}
    path = tmp_path / "cameras.xlsx"
    path.write_bytes(content)
    # Also the name that was escaped against formulas.
    assert "2 as before" in run("import_cameras", path).out
    page = signed_in(cast.town).get("/cameras/").content.decode()
    assert "/data/out/?what=cameras" in page


def test_service_points(run: Run, workbook: Book) -> None:
    good = ["便民站", "便民服务点", "村口", "8:30—17:30", "", QUANFENG, 112.405, 25.605]
    bad = ["卫生室", "飞机场", "", "", "", LIJIA, 112.435, 25.605]
    said = run("import_service_points", workbook({"服务点": [POINT_HEAD, good, bad]}))
    assert "飞机场" in said.err
    assert ServicePoint.objects.count() == 0
    path = workbook({"服务点": [POINT_HEAD, good]})
    assert "1 new" in run("import_service_points", path).out
    assert "1 as before" in run("import_service_points", path).out
    assert ServicePoint.objects.get().area_code == QUANFENG + "001"
