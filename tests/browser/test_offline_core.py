"""The field page's core in a real browser: its own database, key and locks, under the policy of
every page. What it does with a server that fails is tested in tests/js/.
"""

import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route
from setup_lib import vendor

from gis_grid.core.security import content_security_policy

STATIC = Path(__file__).resolve().parents[2] / "static"
OPEN = """async () => {
    const names = ["store", "vault", "device", "api", "outbox", "sender", "pack"];
    const modules = await Promise.all(names.map((name) => import(`/js/offline/${name}.js`)));
    const { openStore, Vault, Device, FieldApi, Outbox, Sender, Pack } =
        Object.assign({}, ...modules);
    const store = await openStore();
    const vault = await Vault.open(store);
    const device = new Device({ store, vault });
    const api = new FieldApi({ token: () => device.token() });
    const outbox = new Outbox({ store, vault });
    const sender = new Sender({ outbox, api });
    const pack = new Pack({ store, vault, api, outbox });
    globalThis.tab = { store, vault, device, api, outbox, sender, pack };
}"""

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and keeps no log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


class Server:
    """Answers the calls that these tests make, and remembers the operations."""

    def __init__(self) -> None:
        self.pushed: list[list[str]] = []
        self.photos: dict[str, bytes] = {}
        self.households = 0

    def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.split("/api/v1")[1].split("?")[0]
        if path == "/devices/enrol":
            me = {"device": "d1", "token": "gd_1", "person": "worker", "name": "平板"}
            route.fulfill(status=201, json=me | {"expires_at": "2027-01-01"})
        elif request.headers.get("authorization") != "Bearer gd_1":
            route.fulfill(status=401, json={"error": {"code": "token_ended"}})
        elif path == "/sync/push":
            operations = request.post_data_json["operations"]
            self.pushed.append([one["op_id"] for one in operations])
            route.fulfill(json={"receipts": [self.receipt(one) for one in operations]})
        elif path == "/sync/receipts":
            # As the server: of what never came it has no receipt.
            come = {one for batch in self.pushed for one in batch}
            ids = [one for one in request.post_data_json["op_ids"] if one in come]
            photos = [{"id": one, "state": "kept"} for one in self.photos]
            applied = [{"op_id": one, "outcome": "applied", "attachments": photos} for one in ids]
            route.fulfill(json={"receipts": applied})
        elif path == "/sync/pull":
            rows = [{"id": n, "rev": 1, "area": "431024111005001"} for n in range(self.households)]
            route.fulfill(json={"cursor": "1", "more": False, "changes": {"household": rows}})
        elif path == "/sync/reference":
            route.fulfill(json={"roads": [], "water": []})
        else:
            self.upload(route, path)

    def upload(self, route: Route, path: str) -> None:
        request = route.request
        if request.method == "POST":
            self.photos["photo"] = b""
            route.fulfill(status=201, headers={"Location": "/api/v1/uploads/photo"})
        elif request.method == "PATCH":
            self.photos["photo"] += request.post_data_buffer or b""
            route.fulfill(status=204, headers=self.offset())
        elif request.method == "OPTIONS":
            route.fulfill(status=204, headers={"Tus-Checksum-Algorithm": "sha1,sha256"})
        else:
            route.fulfill(status=200, headers=self.offset())

    def offset(self) -> dict[str, str]:
        return {"Upload-Offset": str(len(self.photos["photo"]))}

    @staticmethod
    def receipt(operation: dict[str, Any]) -> dict[str, Any]:
        wanted = [{"id": one["id"], "state": "wanted"} for one in operation["attachments"]]
        return {"op_id": operation["op_id"], "outcome": "applied", "attachments": wanted}


@pytest.fixture(scope="module")
def static_url() -> Iterator[str]:
    """Where `static/` is served, with nothing else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(STATIC)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def field(context: BrowserContext, static_url: str) -> Server:
    """The server behind `static_url`, with a page that has the import map and the policy."""
    server = Server()
    imports = {name: f"/vendor/{path}" for name, path in vendor.MODULES.items()}
    body = f'<script type="importmap" nonce="n">{json.dumps({"imports": imports})}</script>'
    headers = {"Content-Security-Policy": content_security_policy("n")}
    context.route(
        f"{static_url}/page",
        lambda route: route.fulfill(content_type="text/html", body=body, headers=headers),
    )
    context.route("**/api/v1/**", server.answer)
    return server


def tab(context: BrowserContext, static_url: str) -> Page:
    """Another tab with the core opened as `tab`."""
    page = context.new_page()
    page.goto(f"{static_url}/page")
    page.evaluate(OPEN)
    return page


def test_what_was_typed_and_photographed_outlives_the_tab(
    context: BrowserContext, static_url: str, field: Server
) -> None:
    first = tab(context, static_url)
    key = first.evaluate(
        """async () => {
            const { key } = await tab.store.keys.get("vault");
            return crypto.subtle.exportKey("raw", key).then(() => "open", ({ name }) => name);
        }"""
    )
    assert key == "InvalidAccessError"
    draft = first.evaluate(
        """async () => {
            await tab.device.enrol(tab.api, "CODE", "平板");
            const id = await tab.outbox.draft("household", "visit", { serverId: 1 });
            const photo = new Blob([new Uint8Array(300000).fill(7)]);
            await tab.outbox.addPhoto(id, photo, { name: "p" });
            await tab.outbox.save(id, { text: "在家" });
            return id;
        }"""
    )
    first.close()
    second = tab(context, static_url)
    row = second.evaluate(
        """async (id) => {
            await tab.outbox.seal(id);
            const { phase } = await tab.sender.run();
            const { state, values, attachments } = await tab.outbox.get(id);
            return { phase, state, values, photo: attachments[0].state };
        }""",
        draft,
    )
    # The server here knows the photo by an id of its own, so that its word is none of ours.
    assert row == {
        "phase": "waiting",
        "state": "applied",
        "values": {"text": "在家"},
        "photo": "wanted",
    }
    assert field.pushed == [[draft]]
    assert field.photos["photo"] == b"\x07" * 300_000


def test_two_tabs_hear_each_other_and_one_sends(
    context: BrowserContext, static_url: str, field: Server
) -> None:
    one, two = tab(context, static_url), tab(context, static_url)
    one.evaluate("() => tab.device.enrol(tab.api, 'CODE', '平板')")
    two.evaluate(
        """() => {
            globalThis.heard = 0;
            tab.outbox.addEventListener("change", () => heard++);
            tab.sender.start();
        }"""
    )
    sealed = one.evaluate(
        """async () => {
            tab.sender.start();
            const id = await tab.outbox.draft("household", "visit", { serverId: 1 });
            await tab.outbox.seal(id);
            return id;
        }"""
    )
    for page in (one, two):
        # Not `wait_for_function`, which takes the promise of an answer for the answer.
        while page.evaluate("async (id) => (await tab.outbox.get(id)).state", sealed) != "applied":
            page.wait_for_timeout(50)
    assert two.evaluate("heard") > 1
    assert field.pushed == [[sealed]]


def test_a_rescue_file_comes_back_into_an_emptied_browser(
    context: BrowserContext, static_url: str, field: Server
) -> None:
    page = tab(context, static_url)
    result = page.evaluate(
        """async () => {
            const { rescue, restore } = await import("/js/offline/rescue.js");
            await tab.device.enrol(tab.api, "CODE", "平板");
            const id = await tab.outbox.draft("incident", "create", { values: { what: "路灯" } });
            await tab.outbox.addPhoto(id, new Uint8Array(1000).fill(9), { name: "p" });
            const file = await rescue(tab.outbox).blob();
            const refused = await tab.device.wipe().catch(({ code }) => code);
            await tab.device.wipe({ offered: true });
            const { Vault } = await import("/js/offline/vault.js");
            const { Outbox } = await import("/js/offline/outbox.js");
            const vault = await Vault.open(tab.store);
            const outbox = new Outbox({ store: tab.store, vault });
            const before = (await outbox.rows()).length;
            const { records, photos } = await restore(file, outbox);
            return { refused, before, records, photos, values: (await outbox.get(id)).values };
        }"""
    )
    assert result == {
        "refused": "work_unsent",
        "before": 0,
        "records": 1,
        "photos": 1,
        "values": {"what": "路灯"},
    }


def test_8200_households_open_in_well_under_a_second(
    context: BrowserContext, static_url: str, field: Server
) -> None:
    field.households = 8200
    page = tab(context, static_url)
    page.evaluate(
        """async () => {
            await tab.device.enrol(tab.api, "CODE", "平板");
            await tab.pack.take(["431024111005"]);
        }"""
    )
    again = tab(context, static_url)
    count, took_ms = again.evaluate(
        """async () => {
            const begun = performance.now();
            const { length } = await tab.pack.records("household");
            return [length, performance.now() - begun];
        }"""
    )
    assert count == 8200
    assert took_ms < 1000
