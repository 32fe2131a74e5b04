"""Real files for the import commands, and a way to run these and see what they say."""

import io
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import translation
from openpyxl import Workbook

from gis_grid.accounts.models import User
from gis_grid.core.personal import id_checksum
from gis_grid.territory.models import Plan
from tests.conftest import QUANFENG
from tests.exchange.drafts import Send
from tests.plans.conftest import new_draft

HOUSEHOLD_HEAD = [
    "户编号", "村代码", "地址", "户主姓名", "联系电话", "户籍类型", "经度", "纬度", "标签", "备注",
]  # fmt: skip
PEOPLE_HEAD = ["户编号", "姓名", "与户主关系", "性别", "身份证号", "手机号", "是否党员"]
TAG_HEAD = ["户编号", "标签", "起", "止", "来源"]
Rows = Sequence[Sequence[Any]]


@dataclass
class Said:
    """What a command wrote, and the sentence that it ended with where it failed."""

    out: str
    err: str
    refusal: str

    @property
    def all(self) -> str:
        return f"{self.out}\n{self.err}\n{self.refusal}"


@pytest.fixture
def run() -> Callable[..., Said]:
    def command(name: str, *args: Any, **options: Any) -> Said:
        out, err = io.StringIO(), io.StringIO()
        refusal = ""
        with translation.override("en"):
            try:
                call_command(name, *map(str, args), stdout=out, stderr=err, **options)
            except CommandError as error:
                refusal = str(error)
        return Said(out.getvalue(), err.getvalue(), refusal)

    return command


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """`workbook({sheet: rows}, name="x.xlsx")`: rows as given, the first the header."""

    def make(sheets: dict[str, Rows], name: str = "file.xlsx") -> Path:
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return make


def identity(
    serial: int = 1, *, sex: str = "m", born: str = "19800101", wrong: bool = False
) -> str:
    """An invented identity number, its check character right or `wrong`."""
    number = serial * 2 + (1 if sex == "m" else 0)
    first = f"431024{born}{number:03d}"
    check = id_checksum(first)
    if wrong:
        check = "0" if check != "0" else "1"
    return first + check


def home(number: int = 1, **cells: Any) -> list[Any]:
    """A row of the table 户 that is right: in the middle of the first grid of 泉凤村."""
    values = {
        "户编号": f"{QUANFENG}{number:05d}",
        "村代码": QUANFENG,
        "地址": f"泉凤村{number}号",
        "户主姓名": "李明德",
        "联系电话": f"1387350{number:04d}",
        "户籍类型": "本地",
        "经度": 112.405 + number * 1e-5,
        "纬度": 25.605,
        "标签": "",
        "备注": "",
        **cells,
    }
    return [values[name] for name in HOUSEHOLD_HEAD]


def person(number: int = 1, **cells: Any) -> list[Any]:
    """A row of the table 人 that is right: the head of household `number`."""
    values = {
        "户编号": f"{QUANFENG}{number:05d}",
        "姓名": "李明德",
        "与户主关系": "户主",
        "性别": "男",
        "身份证号": identity(number),
        "手机号": "",
        "是否党员": "否",
        **cells,
    }
    return [values[name] for name in PEOPLE_HEAD]


def households(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [HOUSEHOLD_HEAD, *rows]


def people(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [PEOPLE_HEAD, *rows]


def tags(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [TAG_HEAD, *rows]


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    return new_draft(cast.town)


@pytest.fixture
def send(plan: Plan, cast: SimpleNamespace, tmp_path: Path) -> Send:
    """`send(frame or bytes, field=…)` as the plan's author or `user`."""

    def post(content: gpd.GeoDataFrame | bytes, user: User | None = None, **fields: Any) -> Any:
        if not isinstance(content, bytes):
            path = tmp_path / f"{uuid.uuid4()}.gpkg"
            content.to_file(path, engine="pyogrio")
            content = path.read_bytes()
        client = Client()
        client.cookies["django_language"] = "en"
        client.force_login(user or cast.town)
        plan.refresh_from_db()
        sent = {
            "village": QUANFENG,
            "base_revision": plan.revision,
            "client_op_id": str(uuid.uuid4()),
            "file": SimpleUploadedFile("own.gpkg", content),
            **fields,
        }
        return client.post(f"/api/v1/plans/{plan.pk}/import", sent)

    return post
