"""The Python environment `.venv/`, made from `uv.lock` by a pinned uv."""

import os
import shutil
import sys

from setup_lib.layout import Layout
from setup_lib.shell import run_logged
from setup_lib.stamps import fingerprint, is_done, mark_done

UV_VERSION = "0.13.9"


def ensure_venv(layout: Layout, *, dev: bool) -> None:
    """Bring `.venv/` to what `uv.lock` says; with the development group if `dev` or if it already
    has it.
    """
    stamp = layout.stamps / "venv"
    locked = (layout.root / "uv.lock", layout.root / "pyproject.toml")
    with_dev = fingerprint(locked, sys.version, "compiled", "dev")
    without_dev = fingerprint(locked, sys.version, "compiled")
    if layout.python.exists() and (
        is_done(stamp, with_dev) or (not dev and is_done(stamp, without_dev))
    ):
        return
    has_dev = (layout.venv / "bin" / "pytest").exists()
    uv = ensure_uv(layout)
    command = [
        uv,
        "sync",
        "--frozen",
        "--python",
        sys.executable,
        *([] if dev or has_dev else ["--no-dev"]),
    ]
    run_logged(
        layout,
        "Installing the Python packages of uv.lock",
        command,
        # The machine's Python, whatever environment the caller stands in; uv must not fetch
        # another.
        # Compiled at once: it halves the time that each of the many starts of Python takes later.
        env={
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PROJECT_ENVIRONMENT": str(layout.venv),
            "UV_COMPILE_BYTECODE": "1",
        },
    )
    mark_done(stamp, with_dev if dev or has_dev else without_dev)


def ensure_uv(layout: Layout) -> str:
    """Path of the pinned uv, installed into an environment of its own under `var/tools`."""
    tools = layout.var / "tools"
    uv = tools / "bin" / "uv"
    stamp = layout.stamps / "uv"
    wanted = fingerprint((), UV_VERSION, sys.version)
    if not (os.access(uv, os.X_OK) and is_done(stamp, wanted)):
        if tools.exists():
            shutil.rmtree(tools)
        run_logged(
            layout, "Making a place for the installer", [sys.executable, "-m", "venv", tools]
        )
        run_logged(
            layout,
            f"Fetching the installer uv {UV_VERSION}",
            [tools / "bin" / "python", "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"],
            way_out=(
                "Is the package index within reach? Behind a proxy set HTTPS_PROXY; for a "
                "mirror set PIP_INDEX_URL."
            ),
        )
        mark_done(stamp, wanted)
    return str(uv)
