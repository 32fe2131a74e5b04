"""Broken and hostile tables: one plain sentence each, quickly, and nothing is written."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError
from openpyxl import Workbook

from gis_grid.exchange.management.commands import import_households
from gis_grid.households.models import Household
from tests.exchange.conftest import HOUSEHOLD_HEAD, Said, home, households

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
SHEET = "xl/worksheets/sheet1.xml"
LEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def book(rows: list[object] | None = None) -> bytes:
    workbook, target = Workbook(), io.BytesIO()
    for row in rows or households(home(1)):
        workbook.active.append(row)
    workbook.save(target)
    return target.getvalue()


def replaced(member: str, content: bytes) -> bytes:
    """The workbook with one of its parts replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book())) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return target.getvalue()


def cells(row: int, first: str) -> str:
    letters = "ABCDEFGHIJ"
    inner = "".join(
        f'<c r="{letters[i]}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
        for i, text in enumerate(HOUSEHOLD_HEAD)
    )
    return f'<row r="{row}">{first}{inner}</row>'


def rows_numbered(second: str) -> bytes:
    """A header, and a row that bears the number `second`."""
    return f'{LEAD}{cells(1, "")}<row r="{second}"><c><v>1</v></c></row>{TAIL}'.encode()


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(8))
    + "]>"
)
HOSTILE = {
    "far cell": (
        lambda: replaced(SHEET, (LEAD + cells(1, "") + FAR + TAIL).encode()),
        "XFD1048576",
    ),
    "row far down": (lambda: replaced(SHEET, rows_numbered("99999999999")), "99999999999"),
    "row below Excel's": (lambda: replaced(SHEET, rows_numbered("1048577")), "1048577"),
    "rows that fall": (lambda: replaced(SHEET, rows_numbered("1")), "number 1 after row 1"),
    "bomb": (lambda: replaced(SHEET, LEAD.encode() + b" " * 60_000_000 + TAIL.encode()), "harmful"),
    "entity": (lambda: replaced(SHEET, (ENTITY + LEAD + TAIL).encode()), "entities"),
    "billion laughs": (lambda: replaced(SHEET, (LAUGHS + LEAD + TAIL).encode()), "entities"),
    "broken xml": (lambda: replaced(SHEET, (LEAD + "<row><c>").encode()), "damaged"),
    "cut off": (lambda: book()[:3000], "damaged"),
    "another zip": (lambda: _zip({"a.txt": b"x"}), "no .xlsx workbook"),
    "many members": (lambda: _zip({f"{i}": b"" for i in range(2100)}), "more than 2000 parts"),
    "password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 50,
        "password",
    ),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, ".xls"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "a picture"),
    "nul bytes": (lambda: b"\0" * 5000, "neither an .xlsx"),
    "nul in a cell": (lambda: "a,b\0c\n".encode("utf-16"), "neither an .xlsx"),
    "one huge csv cell": (lambda: b'a,b\n"' + b"x" * 1_000_000 + b'",1\n', "breaks off"),
    "nothing": (lambda: b"", "0 bytes"),
}


def _zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_gets_a_plain_answer(
    run: Callable[..., Said], tmp_path: Path, name: str
) -> None:
    content, expected = HOSTILE[name]
    path = tmp_path / "households.xlsx"
    path.write_bytes(content())
    began = time.monotonic()
    said = run("import_households", path)
    assert expected in said.refusal
    assert "Traceback" not in said.all
    assert time.monotonic() - began < 20
    assert not Household.objects.exists()


def test_a_declared_dimension_is_not_believed(run: Callable[..., Said], tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(book())) as old:
        sheet = old.read(SHEET).replace(b'ref="A1:J2"', b'ref="A1:XFD1048576"')
    assert b"XFD1048576" in sheet
    path = tmp_path / "households.xlsx"
    path.write_bytes(replaced(SHEET, sheet))
    assert run("import_households", path).refusal == ""
    assert Household.objects.count() == 1


def test_the_name_of_a_file_says_nothing(run: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "households.csv"
    path.write_bytes(book())
    assert run("import_households", path).refusal == ""


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: path.mkdir(), "folder or a device"),
        (lambda path: path.symlink_to("/etc/hostname"), "is a link"),
        (lambda path: None, "There is no file"),
    ],
)
def test_what_is_no_file(
    run: Callable[..., Said],
    tmp_path: Path,
    make: Callable[[Path], None],
    expected: str,
) -> None:
    path = tmp_path / "x.xlsx"
    make(path)
    assert expected in run("import_households", path).refusal


def test_markup_in_a_cell_is_only_text(run: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    text = "<script>alert(1)</script>"
    path.write_bytes(book(households(home(1, 备注=text))))
    assert run("import_households", path).refusal == ""
    assert Household.objects.get().note == text


@pytest.mark.parametrize("error", [DatabaseError("disk full\nDETAIL: x"), OSError("gone")])
def test_whatever_breaks_off_is_a_sentence(
    run: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(**_: object) -> None:
        raise error

    monkeypatch.setattr(import_households, "load_households", broken)
    path = tmp_path / "x.xlsx"
    path.write_bytes(book())
    said = run("import_households", path)
    assert "was broken off" in said.refusal
    assert "DETAIL" not in said.refusal


def test_a_file_that_is_no_table_is_not_quoted(run: Callable[..., Said]) -> None:
    said = run("import_households", "/etc/passwd")
    assert "户编号" in said.refusal
    assert "root" not in said.all
