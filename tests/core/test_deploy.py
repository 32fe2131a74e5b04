"""The settings of a real deployment: checked clean, and every one documented."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "gis_grid/config/settings.py").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', SETTINGS)))


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def check(**changes: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py check --deploy` with the settings of a county's server, changed."""
    url = "postgres://{}:secret@db.example:5432/gis_grid"
    production = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": key(),
        "LOOKUP_HASH_KEY": key(),
        "DATABASE_URL": url.format("gis_grid_web"),
        "DATABASE_OWNER_URL": url.format("gis_grid_owner"),
        "ALLOWED_HOSTS": "grid.example",
        "HTTPS": "1",
        "DEMO": "0",
        "PROXY_COUNT": "1",
    }
    outside = {name: value for name, value in os.environ.items() if name not in NAMES}
    env = outside | {"GIS_GRID_ENV_FILE": os.devnull} | production | changes
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_are_clean() -> None:
    result = check()
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"DEMO": "1"}, "gis_grid.E003"),
        ({"DATABASE_OWNER_URL": "postgres://gis_grid_web:secret@db.example:5432/gis_grid",
          "DATABASE_URL": "postgres://gis_grid_web:secret@db.example:5432/gis_grid"},
         "gis_grid.W001"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "gis_grid.E001"),
        ({"LOOKUP_HASH_KEY": "c2hvcnQ="}, "gis_grid.E002"),
        ({"HTTPS": "0"}, "security.W012"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"DEBUG": "1"}, "security.W018"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(changes: dict[str, str], found: str) -> None:
    result = check(**changes)
    assert result.returncode != 0
    assert found in result.stderr


def test_every_setting_is_documented() -> None:
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8"), re.M)
    )
    assert len(NAMES) > 20
    assert documented == set(NAMES)
