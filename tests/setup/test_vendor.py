"""What the browser gets of others: all there, self-sufficient, from nowhere else."""

import json
import re
from pathlib import Path

import pytest
from setup_lib import vendor
from setup_lib.layout import Layout
from setup_lib.messages import SetupError

VENDOR = Path(__file__).resolve().parents[2] / "static/vendor"
IMPORT = re.compile(r'(?:^|[;}\s])(?:import|export)\b[^;"\'()]*?from\s*["\']([^"\']+)["\']', re.M)


@pytest.mark.parametrize("name", [*vendor.FILES, vendor.SPRITE, vendor.MODULE_LIST])
def test_every_file_of_the_tables_is_there(name: str) -> None:
    assert (VENDOR / name).stat().st_size > 0


def test_the_list_for_the_import_map_names_files_that_are_there() -> None:
    listed = json.loads((VENDOR / vendor.MODULE_LIST).read_text())
    assert listed == vendor.MODULES
    assert all((VENDOR / path).is_file() for path in listed.values())


@pytest.mark.parametrize(("name", "path"), vendor.MODULES.items())
def test_modules_import_only_what_the_import_map_has(name: str, path: str) -> None:
    source = (VENDOR / path).read_text()
    imported = set(IMPORT.findall(source))
    assert imported <= set(vendor.MODULES), f"{name} wants more"


def test_no_file_points_to_a_source_map() -> None:
    linked = [
        path
        for path in VENDOR.rglob("*.*s")
        if re.search(rb"[#@] sourceMappingURL=\S+\.map", path.read_bytes())
    ]
    assert linked == []


def test_styles_load_nothing_from_outside() -> None:
    for path in VENDOR.rglob("*.css"):
        style = path.read_text()
        assert not re.search(r"""(url\(|@import)\s*["']?(https?:)?//""", style), path


def test_the_sprite_has_every_icon_once() -> None:
    sprite = (VENDOR / vendor.SPRITE).read_text()
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == vendor.icon_names()
    assert len(set(vendor.icon_names())) == len(vendor.icon_names())


def test_a_missing_package_file_is_named(layout: Layout) -> None:
    with pytest.raises(SetupError, match=r"hold no .*leaflet|hold no .*"):
        vendor.fill(layout.root / "node_modules", layout.vendor)
    assert not layout.vendor.exists()
