"""An empty checkout to set up, and small programs to run in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from setup_lib.layout import Layout


@contextmanager
def an_empty_checkout() -> Iterator[Layout]:
    """A folder that the database server's user can enter; pytest's own temporary one is private."""
    root = Path(tempfile.mkdtemp(prefix="gis-grid-setup-"))
    root.chmod(0o755)
    try:
        yield Layout(root)
    finally:
        shutil.rmtree(root)


@pytest.fixture
def layout() -> Iterator[Layout]:
    """An empty checkout for one test."""
    with an_empty_checkout() as made:
        yield made


@pytest.fixture
def quiet_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that nobody answers at, as on machines that reach the world through one."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
