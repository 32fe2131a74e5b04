"""Incidents from a workbook: numbered, closed or open; a faulty row is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_grid.core.crypto import decrypt
from gis_grid.incidents.models import Incident
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG
from tests.exchange.conftest import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
HEAD = [
    "原编号", "分类", "事件经过", "村代码", "经度", "纬度", "地址", "上报人", "联系电话",
    "上报时间", "办结时间",
]  # fmt: skip
Run, Book = Callable[..., Said], Callable[..., Path]


def row(number: int, **cells: Any) -> list[Any]:
    values = {
        "原编号": f"A{number}", "分类": "沟渠下水堵塞", "事件经过": "水沟<b>堵了",
        "村代码": QUANFENG,
        "经度": "112.405", "纬度": "25.605", "地址": "村口", "上报人": "王小明",
        "联系电话": "13873500001", "上报时间": "2026-03-02 08:30", "办结时间": "", **cells,
    }  # fmt: skip
    return [values[name] for name in HEAD]


def test_open_and_closed_ones(run: Run, workbook: Book) -> None:
    closed = row(2, 上报时间="2026/03/01", 办结时间="2026-03-04", 分类="debts", 经度="", 纬度="")
    path = workbook({"事件": [HEAD, row(1), closed]})
    assert "2 new" in run("import_incidents", path, "--dry-run").out
    assert Incident.objects.count() == 0
    assert run("import_incidents", path).refusal == ""
    first, second = Incident.objects.order_by("serial")
    assert (first.state, first.register_no) == ("closed", "晋屏[2026]0001号")
    assert [step.number for step in first.steps.all()] == [1, 2]
    assert (second.area_code, second.what) == (QUANFENG + "001", "水沟<b>堵了")
    assert second.step_due_at
    phone = decrypt(second.reporter_phone_cipher, purpose="incident.reporter_phone")
    assert phone == "13873500001"
    assert "0 new, 0 changed, 2 as before" in run("import_incidents", path).out
    assert Incident.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"分类": "affairs"}, "category"),
        ({"村代码": OTHER_VILLAGE}, "no village or town"),
        ({"村代码": "1"}, "no village or town"),
        ({"经度": "9"}, "no place"),
        ({"上报时间": "gestern"}, "no time"),
        ({"上报时间": "2999-01-01"}, "no time"),
        ({"上报时间": ""}, "nothing is filled in"),
        ({"办结时间": "2026-01-01"}, "before it was reported"),
        ({"联系电话": "12"}, "no telephone number"),
        ({"事件经过": "x" * 4001}, "too long"),
        ({"原编号": "A0"}, "the same number stands in row 2"),
    ],
)
def test_one_bad_row(run: Run, workbook: Book, cells: dict[str, str], expected: str) -> None:
    rows = [row(number) for number in range(20)]
    path = workbook({"事件": [HEAD, *rows, row(99, **cells)]})
    said = run("import_incidents", path, "--user", "office")
    assert "1 rows have to be mended" in said.refusal
    assert expected in said.err
    assert " 22 " in said.err
    assert Incident.objects.count() == 0
    run("import_incidents", path, "--keep-good", "--user", "office")
    assert Incident.objects.count() == 20


def test_who_may(run: Run, workbook: Book) -> None:
    path = workbook({"事件": [HEAD, row(1, 村代码=LIJIA)]})
    assert "Load incidents" in run("import_incidents", path, "--user", "worker").refusal
    assert Incident.objects.count() == 0
