"""Workbooks, streamed: neither the sheet nor the table of strings is held in memory.

Written for files of strangers: the declared dimension is never believed, nothing is made
for cells that are not there, document types and entities are refused, sizes are capped
before anything is unpacked. Formulas are not computed: what Excel last saw is read.
"""

import datetime as dt
import mmap
import re
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.parsers import expat

from gis_grid.exchange.parsers import Refused, zips

MAX_COLUMNS = 200
MAX_ROWS = 1_048_576
MAX_CELL = 40_000
CHUNK = 2**18
# Above 15 digits Excel itself has put zeros for what was typed.
EXACT_DIGITS = 15
CUT = "≈"
BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
DATE_LETTERS = re.compile(r"[ymdhs年月日]", re.I)
QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def rows(path: Path) -> Iterator[tuple[str, int, list[str]]]:
    """(sheet, row number, texts) of every row with text, sheets in the book's order."""
    with zips.opened(path) as book:
        if "xl/workbook.xml" not in book.namelist():
            raise Refused("not_a_workbook")
        sheets, epoch = sheets_of(book)
        styles = date_styles(book)
        with Strings(book) as strings:
            for name, member in sheets:
                yield from Sheet(name, strings, styles, epoch).read(book, member)


def _parse(book: zipfile.ZipFile, member: str, **handlers: Any) -> Iterator[None]:
    """Feed a member to expat; yields after each chunk, so that rows can be handed on."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        with book.open(member) as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
            yield
    except expat.ExpatError as error:
        raise Refused("bad_xml", member=member, line=error.lineno) from None
    except zips.BROKEN:
        raise Refused("broken_zip") from None


def _no_doctype(*_: Any) -> None:
    raise Refused("entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _elements(book: zipfile.ZipFile, member: str) -> list[tuple[str, dict[str, str]]]:
    """(name, attributes) of every element of a small member; nothing where it is missing."""
    if member not in book.namelist():
        return []
    if book.getinfo(member).file_size > 20 * 2**20:
        raise Refused("zip_bomb")
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

    for _ in _parse(book, member, StartElementHandler=start):
        pass
    return found


def sheets_of(book: zipfile.ZipFile) -> tuple[list[tuple[str, str]], dt.datetime]:
    """[(name, member)], and the day that the book counts dates from."""
    targets = {
        attributes["Id"]: attributes["Target"]
        for name, attributes in _elements(book, "xl/_rels/workbook.xml.rels")
        if name == "Relationship" and attributes.get("TargetMode") != "External"
    }
    known = set(book.namelist())
    sheets, epoch = [], dt.datetime(1899, 12, 30)  # noqa: DTZ001 - dates of a sheet have no zone
    for name, attributes in _elements(book, "xl/workbook.xml"):
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
        if name == "sheet":
            target = targets.get(attributes.get("id", ""), "")
            member = target.lstrip("/") if target[:1] == "/" else str(PurePosixPath("xl", target))
            if member in known:
                sheets.append((attributes.get("name", ""), member))
    if not sheets:
        raise Refused("not_a_workbook")
    return sheets, epoch


def date_styles(book: zipfile.ZipFile) -> frozenset[int]:
    """Numbers of the cell styles that show a number as a date."""
    dates, inside, found, index = set(BUILT_IN_DATES), False, set(), 0
    for name, attributes in _elements(book, "xl/styles.xml"):
        if name == "numFmt" and DATE_LETTERS.search(
            QUOTED.sub("", attributes.get("formatCode", ""))
        ):
            dates.add(int(attributes.get("numFmtId", "0")))
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
            inside, index = name == "cellXfs", 0
        elif name == "xf" and inside:
            if int(attributes.get("numFmtId", "0")) in dates:
                found.add(index)
            index += 1
    return frozenset(found)


class Strings:
    """The book's shared strings, on disk; `strings[i]`."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._ends = array("Q", [0])
        self._text: list[str] = []
        self._depth_rph, self._in_t = 0, False
        member = "xl/sharedStrings.xml"
        if member in book.namelist():
            for _ in _parse(
                book,
                member,
                StartElementHandler=self._start,
                EndElementHandler=self._end,
                CharacterDataHandler=self._data,
            ):
                pass
        self._file.flush()
        self._map = mmap.mmap(self._file.fileno(), 0) if self._ends[-1] else b""

    def __enter__(self) -> "Strings":
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._file.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "rPh":
            self._depth_rph += 1
        self._in_t = name == "t" and not self._depth_rph

    def _end(self, name: str) -> None:
        name = _local(name)
        self._in_t = False
        if name == "rPh":
            self._depth_rph -= 1
        elif name == "si":
            data = "".join(self._text)[:MAX_CELL].encode()
            self._file.write(data)
            self._ends.append(self._ends[-1] + len(data))
            self._text.clear()

    def _data(self, text: str) -> None:
        if self._in_t:
            self._text.append(text)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            return ""
        return self._map[self._ends[index] : self._ends[index + 1]].decode()


class Sheet:
    """State of the one sheet that is being read."""

    def __init__(
        self, name: str, strings: Strings, dates: frozenset[int], epoch: dt.datetime
    ) -> None:
        self.name, self.strings, self.dates, self.epoch = name, strings, dates, epoch
        self.done: list[tuple[str, int, list[str]]] = []
        self.columns: dict[str, int] = {}
        self.row, self.seen = 0, 0
        self.texts: list[str] = []
        self.position = 0
        self.type, self.style = "n", "0"
        self.value: list[str] = []
        self.reading = False

    def read(self, book: zipfile.ZipFile, member: str) -> Iterator[tuple[str, int, list[str]]]:
        for _ in _parse(
            book,
            member,
            StartElementHandler=self.start,
            EndElementHandler=self.end,
            CharacterDataHandler=self.data,
        ):
            yield from self.done
            self.done = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = _local(name)
        if name == "c":
            self.position = self._column(attributes.get("r"))
            self.type, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.value = []
        elif name in ("v", "t"):
            self.reading = True
        elif name == "rPh":
            self.reading = False
        elif name == "row":
            self.row = self._row(attributes.get("r"))
            self.texts = []

    def data(self, text: str) -> None:
        if self.reading:
            self.value.append(text)

    def end(self, name: str) -> None:
        if ":" in name:
            name = _local(name)
        if name in ("v", "t"):
            self.reading = False
        elif name == "c":
            text = self._text("".join(self.value)) if self.value else ""
            if len(self.texts) < self.position:
                self.texts.extend([""] * (self.position - len(self.texts)))
            self.texts.append(text)
        elif name == "row" and any(self.texts):
            self.seen += 1
            if self.seen > MAX_ROWS:
                raise Refused("too_many_rows", most=MAX_ROWS)
            self.done.append((self.name, self.row, self.texts))

    def _row(self, number: str | None) -> int:
        """Number of a row: its own where it says one, which must rise and exist in Excel."""
        if number is None:
            number = str(self.row + 1)
        is_number = number.isascii() and number.isdigit() and len(number) < 9
        if not is_number or not self.row < int(number) <= MAX_ROWS:
            raise Refused("bad_row", sheet=self.name[:40], row=number[:12], after=self.row)
        return int(number)

    def _column(self, reference: str | None) -> int:
        """Position of a cell, from 0; its reference where it has one."""
        if reference is None:
            index = len(self.texts)
        else:
            letters = reference.rstrip("0123456789")
            known = self.columns.get(letters)
            index = self._index(letters) if known is None else known
        if index >= MAX_COLUMNS or index < len(self.texts):
            raise Refused("far_cell", cell=f"{self.name}!{reference}", most=MAX_COLUMNS)
        return index

    def _index(self, letters: str) -> int:
        index = 0
        for letter in letters[:4]:
            index = index * 26 + ord(letter.upper()) - 64
        self.columns[letters] = index - 1
        return index - 1

    def _text(self, value: str) -> str:
        kind = self.type
        if kind == "s":
            return self.strings[int(value)] if value.isdigit() else ""
        if kind == "n":
            return self._number(value)
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return value[:MAX_CELL]

    def _number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value[:MAX_CELL]
        if self.style != "0" and self.style.isdigit() and int(self.style) in self.dates:
            return self._date(number)
        if number != number or abs(number) == float("inf"):
            return value[:40]
        if number.is_integer():
            text = str(int(number))
            return CUT + text if len(text.lstrip("-")) > EXACT_DIGITS else text
        return repr(number)

    def _date(self, number: float) -> str:
        try:
            moment = self.epoch + dt.timedelta(days=number)
        except OverflowError:
            return str(number)
        return moment.date().isoformat() if number.is_integer() else moment.isoformat(" ")[:19]
