"""The private cluster: made whole or not at all, started, found again, stopped."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from setup_lib import cluster, database, envfile, server_user
from setup_lib.cluster_sql import EXTENSIONS, restoration
from setup_lib.database import Database
from setup_lib.layout import Layout
from setup_lib.messages import SetupError
from setup_lib.processes import LOOPBACK

from tests.setup.conftest import an_empty_checkout


@pytest.fixture
def ours(layout: Layout) -> Iterator[Database]:
    """The database of a `bin/run`, not yet made."""
    made = database.for_run(layout)
    yield made
    if made.cluster.exists():
        cluster.stop(made.cluster)


@pytest.fixture(scope="module")
def running() -> Iterator[Database]:
    """A database that was made and runs, for the tests that leave it as they find it."""
    with an_empty_checkout() as layout:
        made = database.for_run(layout)
        assert database.ensure_running(made)
        yield made
        cluster.stop(made.cluster)


def url(of: Database, key: str) -> str:
    return envfile.read(of.env_file)[key]


def as_owner(of: Database) -> "psycopg.Connection[Any]":
    return psycopg.connect(url(of, "DATABASE_OWNER_URL"), autocommit=True)


def as_web(of: Database) -> "psycopg.Connection[Any]":
    return psycopg.connect(url(of, "DATABASE_URL"), autocommit=True)


def setting(connection: "psycopg.Connection[Any]", name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_it_is_durable_and_on_loopback_only(running: Database) -> None:
    with as_owner(running) as owner:
        assert setting(owner, "data_checksums") == "on"
        assert setting(owner, "fsync") == "on"
        assert setting(owner, "listen_addresses") == LOOPBACK
        assert setting(owner, "server_encoding") == "UTF8"
    assert "unix_socket_directories = ''" in (running.cluster.data / "gis_grid.conf").read_text()


def test_a_wrong_password_is_refused(running: Database) -> None:
    wrong = url(running, "DATABASE_URL").replace("gis_grid_web:", "gis_grid_web:x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_running_one_is_found_and_not_ours_to_stop(running: Database) -> None:
    assert running.cluster.running_port() == urlsplit(url(running, "DATABASE_URL")).port
    assert not database.ensure_running(running)


def test_web_uses_what_the_owner_makes_and_owns_nothing(running: Database) -> None:
    with as_owner(running) as owner:
        owner.execute("CREATE TABLE grid (id int GENERATED ALWAYS AS IDENTITY, name text)")
    with as_web(running) as web:
        web.execute("INSERT INTO grid (name) VALUES ('一')")
        assert web.execute("SELECT name FROM grid").fetchall() == [("一",)]
        for forbidden in ("DROP TABLE grid", "CREATE TABLE mine ()", "CREATE DATABASE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(forbidden)


def test_the_owner_makes_test_databases_with_all_extensions(running: Database) -> None:
    with as_owner(running) as owner:
        owner.execute("CREATE DATABASE test_gis_grid")
    copy = url(running, "DATABASE_OWNER_URL").removesuffix("gis_grid") + "test_gis_grid"
    with psycopg.connect(copy) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    assert present >= set(EXTENSIONS)


def test_a_taken_port_is_no_obstacle_to_starting_again(running: Database) -> None:
    cluster.stop(running.cluster)
    assert running.cluster.running_port() is None
    before = urlsplit(url(running, "DATABASE_URL")).port
    assert before is not None
    with socket.create_server((LOOPBACK, before)):
        assert database.ensure_running(running)
        assert urlsplit(url(running, "DATABASE_URL")).port != before
        as_web(running).close()


def test_a_lost_key_file_is_not_replaced(running: Database) -> None:
    kept = running.env_file.rename(running.env_file.with_name("elsewhere"))
    try:
        with pytest.raises(SetupError, match="holds the keys to the data") as refusal:
            database.ensure_running(running)
        assert "Bring it back" in refusal.value.way_out
        assert not running.env_file.exists()
    finally:
        kept.rename(running.env_file)


def test_a_role_that_locked_itself_out_is_let_in_again(running: Database) -> None:
    with as_web(running) as web:
        web.execute("ALTER ROLE gis_grid_web SET search_path = pg_temp")
        web.execute("ALTER ROLE gis_grid_web IN DATABASE gis_grid SET statement_timeout = 1")
        web.execute("ALTER ROLE gis_grid_web PASSWORD NULL")
    with pytest.raises(psycopg.OperationalError):
        as_web(running)
    assert not database.ensure_running(running)
    with as_web(running) as web:
        assert setting(web, "search_path") == '"$user", public'
        assert setting(web, "statement_timeout") == "0"


def test_keys_of_another_database_are_told(running: Database) -> None:
    kept = running.env_file.read_text()
    envfile.update(running.env_file, {database.ADMIN_KEY: "other"})
    try:
        with pytest.raises(SetupError, match="does not take the logins") as refusal:
            database.ensure_running(running)
        assert "Bring that file back" in refusal.value.way_out
    finally:
        running.env_file.write_text(kept)


def test_a_half_made_cluster_is_cleared_away(ours: Database) -> None:
    rest = cluster.unfinished_place(ours.cluster)
    rest.mkdir(parents=True)
    (rest / "PG_VERSION").write_text("15\n")

    assert database.ensure_running(ours)

    assert not rest.exists()
    as_web(ours).close()


def test_a_stranger_in_its_place_is_left_alone(ours: Database) -> None:
    ours.cluster.place.mkdir(parents=True)
    (ours.cluster.place / "letter.txt").write_text("mine")
    with pytest.raises(SetupError, match="is not a database cluster"):
        database.ensure_running(ours)
    assert (ours.cluster.place / "letter.txt").read_text() == "mine"


def test_a_stale_pid_file_is_no_running_server(ours: Database) -> None:
    data = ours.cluster.place
    data.mkdir(parents=True)
    pid_file = data / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        pid_file.write_text(f"{other.pid}\n{data}\n0\n5432\n")
        assert ours.cluster.running_port() is None
        cluster.drop_stale_pid_file(ours.cluster)
        assert not pid_file.exists()
        assert other.poll() is None
        other.kill()


def test_a_version_that_is_gone_is_named(ours: Database) -> None:
    ours.cluster.place.mkdir(parents=True)
    (ours.cluster.place / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 9") as refusal:
        cluster.tools_for(ours.cluster)
    assert "postgresql-9-postgis-3" in refusal.value.way_out


def test_a_folder_that_the_server_cannot_enter(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_user, "ELSEWHERE", tmp_path)
    monkeypatch.setattr(server_user, "unprivileged_user", lambda: "postgres")
    refused = subprocess.CompletedProcess([""], 1, "", "")
    monkeypatch.setattr(server_user, "run", lambda _command: refused)
    home = server_user.home_for(layout.var / "pg")
    assert home.parent == tmp_path
    assert layout.var.is_dir()


def test_only_the_roles_of_the_key_file_get_their_passwords_back() -> None:
    ((_database, statements),) = restoration({"gis_grid_owner": "secret", "postgres": "other"})
    assert "gis_grid_owner" in statements
    assert "gis_grid_web" not in statements
