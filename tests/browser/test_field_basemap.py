"""The county's own map file lies on the tablet, under the map, also without a connection."""

import json
from io import BytesIO

import mapbox_vector_tile
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from shapely.geometry import box

from tests.browser.conftest import OpenField
from tests.browser.field import place, ready
from tests.browser.line import Line
from tests.browser.pmtiles import PNG, VECTORS, map_file

pytestmark = pytest.mark.browser
FILE = "/field/basemap/own"
RED = (200, 30, 30)
# Colours in the middle of what is drawn of the file's tiles.
DRAWN = """async () => {
  const found = [];
  for (const tile of document.querySelectorAll(".leaflet-tile-pane .leaflet-tile")) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1, 1];
    const context = canvas.getContext("2d");
    const [wide, high] = [tile.naturalWidth ?? tile.width, tile.naturalHeight ?? tile.height];
    if (!wide) continue;
    context.drawImage(tile, wide / 2, high / 2, 1, 1, 0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    if (alpha > 0) found.push([red, green, blue]);
  }
  return found;
}"""


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (256, 256), RED).save(made, "PNG")
    return made.getvalue()


def vectors() -> bytes:
    land = {"geometry": box(0, 0, 4096, 4096), "properties": {"kind": "earth"}}
    tile: bytes = mapbox_vector_tile.encode([{"name": "earth", "features": [land]}])
    return tile


def offer(line: Line, content: bytes) -> None:
    about = {"id": "own", "label": "县测绘底图", "url": FILE, "bytes": len(content)}
    line.given["/field/basemaps.json"] = json.dumps({"files": [about]}).encode()
    line.given[FILE] = content


def take(page: Page) -> None:
    place(page, "more")
    page.locator("#to-take").click()
    page.locator("#base button", has_text="县测绘底图").click()
    expect(page.locator("#base")).to_contain_text("本机已有")
    page.evaluate("() => document.querySelector('#sheet-close')?.click()")


@pytest.mark.parametrize(
    ("kind", "tile"), [(PNG, picture()), (VECTORS, vectors())], ids=["png", "mvt"]
)
def test_it_is_taken_along_drawn_without_a_connection_switched_off_and_dropped(
    open_field: OpenField, line: Line, kind: int, tile: bytes
) -> None:
    offer(line, map_file(tile, kind))
    page = open_field()
    assert page.evaluate(DRAWN) == []
    take(page)
    page.wait_for_function(f"async () => (await ({DRAWN})()).length > 3")
    line.is_cut = True
    page.reload()
    ready(page)
    page.wait_for_function(f"async () => (await ({DRAWN})()).length > 3")
    if kind == PNG:
        assert {tuple(one) for one in page.evaluate(DRAWN)} == {RED}
    place(page, "more")
    page.locator("#to-layers").click()
    page.locator("#sheet label", has_text="县里的底图文件").click()
    page.wait_for_function(f"async () => (await ({DRAWN})()).length === 0")
    place(page, "more")
    page.locator("#to-take").click()
    page.locator("#base button").click()
    expect(page.locator("#base")).to_be_hidden()
    assert page.evaluate("async () => caches.has('gis-grid-field-base')") is False


def test_a_file_that_is_cut_off_leaves_nothing(open_field: OpenField, line: Line) -> None:
    offer(line, map_file(picture(), PNG))
    line.given[FILE] = b"no map at all"
    page = open_field()
    place(page, "more")
    page.locator("#to-take").click()
    page.locator("#base button", has_text="县测绘底图").click()
    expect(page.locator("#base .note.is-bad")).to_be_visible()
    # It is on offer as before.
    expect(page.locator("#base button")).to_be_visible()
    assert page.evaluate("async () => caches.has('gis-grid-field-base')") is False
