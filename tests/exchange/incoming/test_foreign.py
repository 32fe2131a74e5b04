"""Files that come by mistake are named for what they are, with what to do instead."""

import io
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from gis_grid.core.errors import InputError
from gis_grid.exchange.incoming.detecting import survey
from gis_grid.exchange.parsers import dbf
from tests.exchange.incoming import files


def packed(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return target.getvalue()


FOREIGN = {
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(60), "Unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(60), "Unpack it"),
    "dwg": (b"AC1027" + bytes(60), "CAD program"),
    "dxf": (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "CAD program"),
    "tab": (b"!table\r\n!version 450\r\n", "Open it in QGIS"),
    "mif": (b'Version 300\r\nCharset "Neutral"\r\nDelimiter ","\r\n', "Open it in QGIS"),
    "fgb": (b"fgb\x03fgb\x00" + bytes(60), "Open it in QGIS"),
    "gdb": (packed("a.gdb/a00000001.gdbtable"), "Open it in QGIS"),
    "qgs": (b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis/>", "no data"),
    "qgz": (packed("a.qgs", "a.qgd"), "no data"),
    "pdf": (b"%PDF-1.7\n", "a picture or a PDF"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(60), "a picture or a PDF"),
    "ods": (packed("mimetype", "content.xml", "META-INF/manifest.xml"), "save the table as .xlsx"),
    "docx": (packed("word/document.xml"), "save the table as .xlsx"),
    "et": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".et"),
}


@pytest.mark.parametrize("kind", list(FOREIGN))
def test_it_is_said_what_it_is(tmp_path: Path, kind: str) -> None:
    content, said = FOREIGN[kind]
    path = tmp_path / "file"
    path.write_bytes(content)
    with translation.override("en"), pytest.raises(InputError) as refused:
        survey(path)
    assert said.lower() in str(refused.value).lower()


def test_texts_that_fill_their_column_end_with_a_whole_character(tmp_path: Path) -> None:
    """Two names become alike where both are cut; each is kept."""
    head = bytearray(32 + 2 * 32 + 1)
    names = ["网格编码".encode()[:10], "网格编号".encode()[:10]]
    for number, name in enumerate(names):
        at = 32 + 32 * number
        head[at : at + 10] = name
        head[at + 11 : at + 12], head[at + 16] = b"C", 8
    head[8:10], head[10:12] = len(head).to_bytes(2, "little"), (17).to_bytes(2, "little")
    head[-1] = 0x0D
    path = tmp_path / "a.dbf"
    path.write_bytes(bytes(head) + b" " + "泉凤村".encode()[:8] + b"1       ")
    assert dbf.is_all(path, "utf-8")
    assert dbf.mend(path, "utf-8") == ["网格编", "网格编2"]
    assert path.read_bytes()[len(head) :].decode() == " 泉凤  1       "


def test_broken_wkt_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('WKT,名称\n"POINT (112.4 25.6)",甲\n"POINT (112.4)",乙\n')
    with translation.override("en"), pytest.raises(InputError, match="Line 3"):
        survey(path)


def test_a_csv_without_shapes_stays_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称,说明\n甲,POINT 3 of the list\n")
    assert survey(path)["format"] == "csv"
    assert survey(files.gpkg(tmp_path / "b.gpkg", files.sites()))["format"] == "gpkg"
