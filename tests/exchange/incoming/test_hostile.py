"""Hostile files: each refused with a sentence, soon, by a process that is not the web's."""

import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from django.utils import translation

from gis_grid.core.errors import InputError
from gis_grid.exchange.incoming.detecting import survey
from tests.exchange.incoming import files

# Of the parser's own time: what others do on the machine is not the file's doing.
REFUSED_WITHIN_S = 2.0

ENTITY = b"""<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<kml><Placemark><name>&x;</name><Point><coordinates>112,25</coordinates></Point></Placemark></kml>"""
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<gpx><wpt lat="25" lon="112"><name>&b;</name></wpt></gpx>"""
VRT = b"<OGRVRTDataSource><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTDataSource>"


def _zip(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def _nameless() -> bytes:
    """A zip whose directory calls names UTF-8 that are not."""
    return _zip({"é.shp": b"x"}).replace("é".encode(), b"\xc3\xff")


def _ten_million(tmp_path: Path, driver: str) -> bytes:
    angles = np.linspace(0, 2 * np.pi, 10_000_000)
    ring = np.column_stack([112.4 + 0.01 * np.cos(angles), 25.6 + 0.01 * np.sin(angles)])
    frame = gpd.GeoDataFrame({"名称": ["x"]}, geometry=[shapely.LineString(ring)], crs=4490)
    if driver == "gpkg":
        return files.gpkg(tmp_path / "big.gpkg", frame).read_bytes()
    return files.shapefile(tmp_path / "big.zip", frame).read_bytes()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an external entity": (lambda: ENTITY, "refused as harmful"),
    "the billion laughs": (lambda: LAUGHS, "refused as harmful"),
    "a VRT": (lambda: VRT, "no file of boundaries"),
    "zip slip": (lambda: _zip({"../../a.shp": b"x"}), "leads out of it"),
    "zip slip by a backslash": (lambda: _zip({"..\\a.shp": b"x"}), "leads out of it"),
    "a bomb of KMZ": (lambda: _zip({"doc.kml": b" " * 50_000_000}), "out of all proportion"),
    "a bomb of xlsx": (lambda: _zip({"xl/workbook.xml": b" " * 50_000_000}), "out of all"),
    "text for coordinates": (lambda: files.kml().replace(b"112.4051,", b"nan,"), "nan"),
    "a KML that breaks off": (lambda: files.kml()[:300], "breaks off"),
    "nesting": (lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested"),
    "deep elements": (lambda: b"<kml>" + b"<a>" * 200_000, "breaks off"),
    "WKT of blanks": (lambda: b"WKT\nPOINT" + b" " * 2_000_000 + b"x\n", "near line 2"),
    "WKT of blanks, further down": (
        lambda: b'WKT\n"POINT (1 2)"\n"POINT' + b" " * 2_000_000 + b'x"\n',
        "Line 3",
    ),
    "a zip with names of no encoding": (_nameless, "damaged"),
    "noise": (lambda: bytes(range(256)) * 40, "neither an .xlsx"),
    "nothing of a zip": (lambda: b"PK\x03\x04" + b"\0" * 100, "damaged"),
    "old Excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind"),
}


def refused(path: Path) -> tuple[str, float]:
    before = _children_s()
    with translation.override("en"), pytest.raises(InputError) as error:
        survey(path)
    return str(error.value), _children_s() - before


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("name", list(HOSTILE))
def test_is_refused(name: str, tmp_path: Path) -> None:
    make, said = HOSTILE[name]
    path = tmp_path / "file"
    path.write_bytes(make())
    sentence, seconds = refused(path)
    assert said in sentence
    assert seconds < REFUSED_WITHIN_S


@pytest.mark.parametrize("driver", ["gpkg", "shp"])
def test_ten_million_vertices_are_never_built(driver: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(_ten_million(tmp_path, driver))
    sentence, seconds = refused(path)
    assert "more than 100000 vertices" in sentence
    assert seconds < REFUSED_WITHIN_S
