"""Files as QGIS, GDAL, Excel, WPS, 奥维 and devices write them; small, with known places."""

import io
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from openpyxl import Workbook

# Within the first grids of 泉凤村 of the tests' ground.
PLACES = [(112.4051, 25.6052), (112.4153, 25.6041), (112.4254, 25.6063)]
NAMES = ["村口", "小学", "桥头"]
BOX = (112.38, 25.58, 112.47, 25.63)


def sites(crs: Any = 4490, **columns: Any) -> gpd.GeoDataFrame:
    points = [shapely.Point(place) for place in PLACES]
    frame = gpd.GeoDataFrame({"名称": NAMES, **columns}, geometry=points, crs=4490)
    return frame.to_crs(crs)


def gpkg(path: Path, frame: gpd.GeoDataFrame, layer: str = "sites") -> Path:
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    return path


def shapefile(
    path: Path, frame: gpd.GeoDataFrame, *, encoding: str = "gb18030", cpg: bool = False
) -> Path:
    """A zip as offices send it: texts in GBK, mostly without a .cpg."""
    folder = path.parent / f"{path.stem}-parts"
    folder.mkdir()
    frame.to_file(folder / "点位.shp", engine="pyogrio", encoding=encoding)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            if part.suffix == ".cpg" and not cpg:
                continue
            content = part.read_bytes()
            if part.suffix == ".dbf" and not cpg:
                content = content[:29] + b"\0" + content[30:]
            archive.writestr(part.name, content)
    return path


def kml(*, program: str = "", name: str = "村口", place: tuple[float, float] = PLACES[0]) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{program}</name><Folder>
<Placemark><name>{name}</name><description><![CDATA[<b>便民</b>服务点]]></description>
<ExtendedData><Data name="类别"><value>便民服务点</value></Data></ExtendedData>
<Point><coordinates>{place[0]},{place[1]},0</coordinates></Point></Placemark>
<Placemark><name>路线</name><LineString><coordinates>
112.401,25.601 112.402,25.602 112.403,25.603</coordinates></LineString></Placemark>
</Folder></Document></kml>""".encode()


def kmz(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", content)
    return target.getvalue()


GPX = b"""<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="25.6052" lon="112.4051"><name>\xe6\x9d\x91\xe5\x8f\xa3</name></wpt>
<trk><name>\xe5\xa4\x9c\xe5\xb7\xa1</name><trkseg>
<trkpt lat="25.601" lon="112.401"/><trkpt lat="25.602" lon="112.402"/></trkseg></trk></gpx>"""


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
