"""The modules of others load in a browser by their bare names, through an import map alone."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page
from setup_lib import vendor

VENDOR = Path(__file__).resolve().parents[2] / "static/vendor"

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and keeps no log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture(scope="module")
def vendor_url() -> Iterator[str]:
    """Where `static/vendor/` is served, with nothing else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(VENDOR)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_modules_load_by_bare_name_and_work(page: Page, vendor_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{vendor_url}/icons.svg")
    imports = {name: f"{vendor_url}/{path}" for name, path in vendor.MODULES.items()}
    page.route(
        f"{vendor_url}/page",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<script type="importmap">{json.dumps({"imports": imports})}</script>',
        ),
    )
    page.goto(f"{vendor_url}/page")
    exports = page.evaluate(
        "async (names) => Promise.all(names.map(async (name) => Object.keys(await import(name))))",
        list(vendor.MODULES),
    )
    assert all(exports), "every module exports something"
    clusters = page.evaluate(
        """async () => {
            const { default: Supercluster } = await import("supercluster");
            const point = (x) => ({ type: "Feature", properties: {},
                geometry: { type: "Point", coordinates: [x, 25.6] } });
            const index = new Supercluster().load([point(112.40), point(112.4001), point(113)]);
            const found = index.getClusters([110, 20, 115, 30], 8);
            return found.map((cluster) => cluster.properties.point_count || 1);
        }"""
    )
    assert sorted(clusters) == [1, 2]
    assert all(url.startswith(vendor_url) for url in asked)


def test_leaflet_and_the_pmtiles_layer_need_nothing_else(page: Page, vendor_url: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{vendor_url}/icons.svg")
    page.route(
        f"{vendor_url}/page",
        lambda route: route.fulfill(
            content_type="text/html",
            body='<script src="/leaflet/dist/leaflet.js"></script>'
            '<script src="/protomaps-leaflet/dist/protomaps-leaflet.js"></script>'
            '<script src="/@tabler/core/dist/js/tabler.min.js"></script>',
        ),
    )
    page.goto(f"{vendor_url}/page")
    assert page.evaluate("typeof L.map + ' ' + typeof protomapsL.leafletLayer") == (
        "function function"
    )
    assert errors == []
