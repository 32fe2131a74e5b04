"""The product as `bin/run` brings it up, on a database of its own with the demo town in it."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from setup_lib.application import ensure_static_files
from setup_lib.layout import Layout
from setup_lib.supervisor import web_arguments

from gis_grid.accounts.services.demo import DEMO_PASSWORD
from tests.bench.servers import free_port, served

ROOT = Path(__file__).resolve().parents[2]
# Of each of the processes that run browser tests side by side.
NAME = os.environ.get("PYTEST_XDIST_WORKER", "alone")
DATABASE = f"gis_grid_browser_test_{NAME}"
MEDIA = ROOT / "var" / "browser-media" / NAME
PASSWORD = DEMO_PASSWORD


def in_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def database(owner_url: str) -> Iterator[str]:
    """An empty database beside the tests' own; its address."""
    name = sql.Identifier(DATABASE)
    with psycopg.connect(in_database(owner_url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield in_database(owner_url, DATABASE)
    finally:
        with psycopg.connect(in_database(owner_url, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def environment(owner_url: str) -> dict[str, str]:
    """What the product's processes are to know: this site's database and files, nobody else's."""
    url = in_database(owner_url, DATABASE)
    return {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "DEMO": "1",
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_TEST_MEDIA": str(MEDIA),
        "PYTHONPATH": str(ROOT),
    }


def collect_static_files() -> None:
    """Once for all that run side by side: they share the folder."""
    layout = Layout.of_this_checkout()
    layout.var.mkdir(exist_ok=True)
    with (layout.var / "browser-static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ensure_static_files(layout)


@contextmanager
def running(owner_url: str) -> Iterator[str]:
    """The demo town under a web server; its address."""
    with database(owner_url):
        env = environment(owner_url)
        shutil.rmtree(MEDIA, ignore_errors=True)
        manage(env, "migrate", "--database=owner", "--verbosity=0")
        manage(env, "load_demo")
        collect_static_files()
        port = free_port()
        command = [str(Path(sys.executable).parent / "granian"), *web_arguments(port)]
        with served(command, port, env, "/healthz"):
            yield f"http://127.0.0.1:{port}"


def manage(env: dict[str, str], *words: str) -> None:
    """A management command; what it says is shown where it fails."""
    done = subprocess.run(  # noqa: S603 our own commands
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(words)}\n{done.stdout}\n{done.stderr}")
