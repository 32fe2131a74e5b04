"""The page for the field: the same bytes for everybody, and a list of all that it is made of."""

import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client

from gis_grid.navmap.field import files
from gis_grid.navmap.field.record_texts import TEXTS as RECORD_TEXTS
from gis_grid.navmap.field.texts import SHARED, TEXTS, catalogue

STATIC = Path(__file__).resolve().parents[2] / "static"
IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


def told(client: Client) -> dict[str, object]:
    """What the service worker is told of its version."""
    text = client.get("/field/sw.js").content.decode()
    found: dict[str, object] = json.loads(text.split(";\n", 1)[0].removeprefix("self.CODE = "))
    return found


def test_every_word_that_the_scripts_say_is_there_and_every_word_is_said() -> None:
    paths = [*(STATIC / "js" / "field").rglob("*.js"), STATIC / "js" / "pages" / "field.js"]
    code = "\n".join(path.read_text("utf-8") for path in paths)
    texts = set(TEXTS) | set(RECORD_TEXTS)
    said = set(re.findall(r'"([a-z]+\.[a-z_]+)"', code))
    assert set(re.findall(r'\bt\(\s*"([^"]+)"', code)) <= texts | set(SHARED)
    # Put together from their parts: states, kinds, fields, layers, points of a compass, moments.
    parts = ("state.", "kind.", "field.", "layer.", "nav.", "compass.", "camera.", "moment.")
    built = {key for key in texts if key.startswith(parts)}
    assert texts - said - built == set()


def test_both_languages_have_the_same_words() -> None:
    chinese, english = catalogue("zh-hans"), catalogue("en")
    assert set(chinese) == set(english)
    # Nothing is left in English but what has no words.
    assert not [key for key, text in chinese.items() if re.fullmatch(r"[A-Za-z ,.]{6,}", text)]


def test_the_frame_is_the_same_for_everybody_and_opens_its_one_script_by_its_hash(
    client: Client,
) -> None:
    answer = client.get("/field/")
    text = answer.content.decode()
    assert answer.content == client.get("/field/", headers={"accept-language": "en"}).content
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    policy = answer.headers["Content-Security-Policy"]
    digest = hashlib.sha256(IMPORT_MAP.findall(text)[0].encode()).digest()
    assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "nonce" not in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "style=" not in text
    assert not re.search(r"\son\w+=", text)


def test_only_this_page_may_use_microphone_and_wake_lock(client: Client) -> None:
    field = client.get("/field/").headers["Permissions-Policy"]
    assert "microphone=(self)" in field
    assert "screen-wake-lock=(self)" in field
    assert "camera=()" in field
    assert "microphone=()" in client.get("/field/sw.js").headers["Permissions-Policy"]


def test_the_worker_knows_every_file_by_what_is_in_it(client: Client) -> None:
    listed = told(client)["files"]
    assert isinstance(listed, dict)
    frame = client.get("/field/").content
    assert listed["/field/"] == hashlib.sha256(frame).hexdigest()
    for address, digest in listed.items():
        if address.startswith("/static/"):
            content = files.content(unquote(address).removeprefix("/static/"))
            assert hashlib.sha256(content).hexdigest() == digest
    # What the frame names is on the list, and every module that one of them imports.
    for address in re.findall(r'(?:href|src)="(/[^"]+)"', frame.decode()):
        assert address in listed
    assert "/static/js/field/photoworker.js" in listed
    assert "/static/js/offline/outbox.js" in listed
    assert any("dexie" in address for address in listed)


def test_a_changed_file_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = files._read()
    whole = files.content

    def changed(name: str) -> bytes:
        return whole(name) + (b"/**/" if name == "css/field.css" else b"")

    monkeypatch.setattr(files, "content", changed)
    after = files._read()
    assert after.frame.version != before.frame.version
    differing = {name for name in after.files if after.files[name] != before.files[name]}
    assert differing == {"/static/css/field.css", "/field/"}


def test_the_manifest_has_a_name_and_icons_that_are_there(client: Client) -> None:
    answer = client.get("/field/manifest.webmanifest")
    manifest = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"]) == ("/field/", "/field/")
    assert manifest["name"]
    for icon in manifest["icons"]:
        assert files.content(icon["src"].removeprefix("/static/")).startswith(b"\x89PNG")


@pytest.mark.django_db
def test_map_files_are_for_tablets_alone(client: Client) -> None:
    for path in ("/field/basemaps.json", "/field/basemaps/own"):
        assert client.get(path).status_code == 401
        wrong = client.get(path, headers={"authorization": "Bearer gd_wrong"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "token_ended")
