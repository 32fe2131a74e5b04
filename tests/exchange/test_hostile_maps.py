"""Broken and hostile map files: one plain sentence each, quickly, and nothing is written."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gis_grid.territory.models import GridVersion
from tests.conftest import QUANFENG
from tests.exchange.conftest import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regions")]


def feature(coordinates: object) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"code": QUANFENG + "001", "name": "一组"},
                    "geometry": {"type": "Polygon", "coordinates": coordinates},
                }
            ],
        }
    )


RING = [[112.4, 25.6], [112.41, 25.6], [112.41, 25.61], [112.4, 25.6]]
VRT = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'  # noqa: E501


def _zip(members: dict[str, bytes], *, link: str | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if link:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def circle(count: int) -> list[list[float]]:
    return [[112.4 + i * 1e-7, 25.6] for i in range(count)]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "vrt in disguise": (VRT.encode, "no file of boundaries"),
    "deep nesting": (lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested"),
    "deep coordinates": (
        lambda: (
            feature(0).replace('"coordinates": 0', '"coordinates": ' + "[" * 99 + "]" * 99).encode()
        ),
        "nested",
    ),
    "nan": (lambda: feature([[[float("nan"), 1]]]).encode(), "NaN"),
    "infinity": (lambda: feature([[[float("inf"), 1]]]).encode(), "Infinity"),
    "text as coordinate": (lambda: feature([[["112", "25"]]]).encode(), "112"),
    "out of this world": (lambda: feature([[[1e300, 25]]]).encode(), "1e+300"),
    "too many vertices": (lambda: feature([circle(100_001)]).encode(), "more than 100000"),
    "too large": (lambda: b'{"x": "' + b"a" * (21 * 2**20) + b'"}', "larger than 20 MB"),
    "no collection": (lambda: b'{"type": "Point", "coordinates": [1, 2]}', "is a Point"),
    "no features": (lambda: b'{"type": "FeatureCollection"}', "no list of features"),
    "members that are none": (
        lambda: b'{"type": "FeatureCollection", "features": [1]}',
        "Member 1 of the GeoJSON is no feature",
    ),
    "cut off": (lambda: feature([RING]).encode()[:100], "breaks off at line 1"),
    "sqlite rubbish": (lambda: b"SQLite format 3\0" + b"\xff" * 5000, "no file of boundaries"),
    "bare shp": (lambda: b"\0\0\x27\x0a" + b"\0" * 200, "into one zip"),
    "zip without shp": (lambda: _zip({"a.txt": b"x"}), "no Shapefile"),
    "zip slip": (lambda: _zip({"../../a.shp": b"x"}), "leads out of it"),
    "zip with parts missing": (lambda: _zip({"a.shp": b"x"}), ".shx, .dbf"),
    "zip with a link": (
        lambda: _zip({"a.shx": b"x", "a.dbf": b"x" * 64}, link="a.shp"),
        "no file of boundaries",
    ),
    "zip bomb": (lambda: _zip({"a.shp": b"\0" * 60_000_000}), "harmful"),
    "rubbish in a zip": (
        lambda: _zip({f"a{suffix}": b"\x01" * 300 for suffix in (".shp", ".shx", ".dbf")}),
        "no file of boundaries",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_map_gets_a_plain_answer(
    run: Callable[..., Said], tmp_path: Path, name: str
) -> None:
    content, expected = HOSTILE[name]
    path = tmp_path / "own.geojson"
    path.write_bytes(content())
    began = time.monotonic()
    said = run("import_boundaries", path)
    assert expected in said.refusal
    assert time.monotonic() - began < 20
    assert not GridVersion.objects.exists()


@pytest.mark.parametrize("name", ["/vsicurl/x.gpkg", "/vsizip/a.zip/x.gpkg", "/vsistdin/"])
def test_gdals_own_names_are_not_taken(run: Callable[..., Said], name: str) -> None:
    assert "/vsi" in run("import_boundaries", name).refusal
