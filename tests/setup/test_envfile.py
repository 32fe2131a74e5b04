"""Secrets are written once, stay private, and survive a change of port."""

import base64
import stat
from pathlib import Path

from setup_lib import database, envfile
from setup_lib.cluster import passwords
from setup_lib.layout import Layout


def test_secrets_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "var" / "env"
    first = database.ensure_secrets(path)
    assert database.ensure_secrets(path) == first
    assert envfile.read(path) == first


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "env"
    database.ensure_secrets(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_are_32_random_bytes(tmp_path: Path) -> None:
    made = envfile.fresh_secrets()
    for name in ("FIELD_ENCRYPTION_KEYS", "LOOKUP_HASH_KEY"):
        assert len(base64.b64decode(made[name], validate=True)) == 32
    assert made["SECRET_KEY"] != envfile.fresh_secrets()["SECRET_KEY"]


def test_what_a_person_changed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("# mine\nDEMO=0\n\nFIELD_ENCRYPTION_KEYS=abc=\n")
    values = database.ensure_secrets(path)
    assert values["DEMO"] == "0"
    assert values["FIELD_ENCRYPTION_KEYS"] == "abc="
    assert values["SECRET_KEY"]


def test_a_new_port_changes_addresses_and_nothing_else(layout: Layout) -> None:
    ours = database.for_run(layout)
    keys = passwords()
    database.write_addresses(ours, keys, 5001)
    before = envfile.read(ours.env_file)
    database.write_addresses(ours, keys, 5002)
    after = envfile.read(ours.env_file)

    assert {key for key in after if after[key] != before[key]} == {
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
    }
    assert after["DATABASE_URL"].startswith("postgres://gis_grid_web:")
    assert after["DATABASE_OWNER_URL"].startswith("postgres://gis_grid_owner:")
    assert database.port_of(after) == 5002
    assert database.known_passwords(ours, after) == keys
