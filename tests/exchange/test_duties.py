"""Duties and fixed points from a workbook."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_grid.core.crypto import decrypt
from gis_grid.duties.models import Duty, FixedPoint, Holder
from tests.conftest import QUANFENG
from tests.exchange.conftest import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
HEAD = ["姓名", "电话", "岗位", "包干方式", "区域代码", "起", "止", "登录名"]
FIXED = ["区域代码", "项目", "内容", "来源", "起", "止"]
GRIDS = f"{QUANFENG}001、{QUANFENG}002"


def row(**cells: Any) -> list[Any]:
    values = {
        "姓名": "谢晓菊",
        "电话": "13873500001",
        "岗位": "网格员",
        "包干方式": "包片",
        "区域代码": GRIDS,
        "起": "2026-01-01",
        "止": "",
        "登录名": "",
        **cells,
    }
    return [values[name] for name in HEAD]


def test_a_stretch_of_several_grids(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    fixed = [QUANFENG, "职责", "每月走访一次", "镇发〔2026〕1号", "2026-01-01", ""]
    path = workbook({"职责": [HEAD, row(登录名="worker")], "五定": [FIXED, fixed]})
    assert run("import_duties", path).refusal == ""
    assert set(Duty.objects.values_list("area_code", flat=True)) == set(GRIDS.split("、"))
    holder = Holder.objects.get()
    assert holder.user.username == "worker"
    assert decrypt(holder.phone_cipher, purpose="holder.phone") == "13873500001"
    assert FixedPoint.objects.get().kind == "duties"
    again = run("import_duties", path)
    assert "0 new, 0 changed, 2 as before" in again.out


def test_an_end_is_brought_up_to_date(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_duties", workbook({"职责": [HEAD, row()]}))
    said = run("import_duties", workbook({"职责": [HEAD, row(止="2026-06-01")]}))
    assert "2 changed" in said.out
    assert Holder.objects.count() == 1


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"姓名": ""}, "nothing is filled in"),
        ({"姓名": "<b>谢</b>"}, "begins with"),
        ({"电话": "1"}, "no telephone number"),
        ({"电话": "19900001234"}, "kept for demonstrations"),
        ({"岗位": "村长"}, "no post “村长”"),
        ({"包干方式": "包户"}, "包户"),
        ({"区域代码": "431024111299"}, "no village or grid"),
        ({"起": "去年"}, "is no date"),
        ({"止": "2025-01-01"}, "not later"),
        ({"登录名": "ghost"}, "no login “ghost”"),
    ],
)
def test_a_fault_is_told_and_nothing_is_written(
    run: Callable[..., Said], workbook: Callable[..., Path], cells: dict[str, str], expected: str
) -> None:
    said = run("import_duties", workbook({"职责": [HEAD, row(), row(**cells)]}))
    assert expected in said.err
    assert "Nothing was written" in said.refusal
    assert not Duty.objects.exists()
