"""The map page's own promises: its words, its modules, who may open which piece."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from setup_lib import vendor

from gis_grid.accounts.models import User
from gis_grid.navmap.drawing.texts import TEXTS as DRAWING_TEXTS
from gis_grid.navmap.drawing.texts import catalogue
from gis_grid.navmap.page import IMPORTS
from gis_grid.navmap.texts import TEXTS
from tests.conftest import JINPING, QUANFENG

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"


def test_every_word_that_the_scripts_say_is_there_and_every_word_is_said() -> None:
    # The page for the field has its own words, and a test of its own (test_field_page.py).
    paths = [path for path in SCRIPTS.rglob("*.js") if "field" not in (*path.parts, path.stem)]
    code = "\n".join(path.read_text("utf-8") for path in paths)
    texts = set(TEXTS) | set(DRAWING_TEXTS)
    said = set(re.findall(r'"([a-z]+\.[a-z_]+)"', code)) & texts
    called = set(re.findall(r'\bt\("([^"]+)"', code))
    assert called <= texts
    # Units, sheet heights, operations, steps and the like are put together from their parts.
    parts = ("unit.", "sheet.", "op.", "step.", "balance.", "compare.", "why.")
    built = {key for key in texts if key.startswith(parts)}
    assert texts - said - called - built == set()


def test_the_drawing_page_has_every_word_that_its_scripts_say() -> None:
    folders = ("draw", "map", "net", "geo")
    paths = [path for folder in folders for path in (SCRIPTS / folder).rglob("*.js")]
    shared = ("dom", "isodate", "notices", "reading", "texts")
    paths += [SCRIPTS / "ui" / f"{name}.js" for name in shared] + [SCRIPTS / "pages" / "plan.js"]
    code = "\n".join(path.read_text("utf-8") for path in paths)
    called = set(re.findall(r'\bt\("([^"]+)"', code))
    only_on_the_map = {key for key in called if key.startswith(("measure.", "locate.", "label.f"))}
    assert called - only_on_the_map <= set(catalogue())


def test_the_import_map_names_files_of_the_vendor_table() -> None:
    files = {name: f"vendor/{path}" for name, path in vendor.MODULES.items()}
    assert set(IMPORTS.items()) <= set(files.items())


@pytest.mark.django_db
def test_the_page_opens_in_the_own_area(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(cast.leader).get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "泉凤村" in text
    assert "李家村" not in text
    assert "style=" not in text
    assert "onclick" not in text


@pytest.mark.django_db
def test_a_stranger_is_taken_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "/sign-in/" in answer.headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["431024111200001", "nonsense", "9" * 15, "000000000000"])
def test_a_place_that_is_not_there_or_not_ours_looks_the_same(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client], code: str
) -> None:
    assert signed_in(cast.outsider).get(f"/map/places/{code}/").status_code == 404


@pytest.mark.django_db
def test_a_household_beyond_every_number_is_no_household(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(cast.leader)
    assert client.get(f"/map/households/{10**30}/").status_code == 404
    answer = client.post(f"/map/households/{10**30}/reveal/", {"field": "phone", "reason": "test1"})
    assert answer.status_code == 404


@pytest.mark.django_db
def test_list_and_counts_agree_with_the_filter(
    household: Callable[..., object], cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    household(QUANFENG + "001", tags=("low_income",))
    household(QUANFENG + "001")
    client = signed_in(cast.leader)
    counts = client.get("/map/households.json?tags=low_income").json()
    assert counts["households"] == 1
    table = client.get("/map/households.html?tags=low_income&sort=-people").content.decode()
    assert table.count("data-id=") == 1
    hidden = signed_in(cast.surveyor)
    assert "low_income" not in hidden.get("/map/households.json").json()["tags"]
    assert hidden.get("/map/households.json?tags=low_income").status_code == 422


@pytest.mark.django_db
def test_the_region_card_leads_to_its_villages(
    ground: object, cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    card = signed_in(cast.town).get(f"/map/places/{JINPING}/").content.decode()
    assert f'data-select="g:{QUANFENG}"' in card


@pytest.mark.django_db
def test_only_those_who_may_take_the_list_out(
    household: Callable[..., object], cast: SimpleNamespace, signed_in: Callable[[User], Client]
) -> None:
    household(QUANFENG + "001")
    purpose = {"purpose": "季度低保核查"}
    assert signed_in(cast.worker).post("/map/households.xlsx", purpose).status_code == 403
    taken = signed_in(cast.leader).post("/map/households.xlsx", purpose)
    assert taken.status_code == 200
    assert b"".join(taken.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert signed_in(cast.leader).post("/map/households.xlsx", {}).status_code == 422


@pytest.mark.django_db
def test_the_drawer_of_vector_base_maps_comes_only_with_one(
    ground: object,
    cast: SimpleNamespace,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = signed_in(cast.leader)
    assert b"protomaps" not in client.get("/").content
    files = [{"id": f"own{i}", "label": "自备底图", "kind": "pmtiles"} for i in (1, 2)]
    monkeypatch.setattr("gis_grid.navmap.views.available", lambda: files)
    assert client.get("/").content.count(b"protomaps-leaflet.js") == 1
