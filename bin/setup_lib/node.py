"""The npm packages of `package-lock.json` in `node_modules/`."""

from pathlib import Path

from setup_lib.layout import Layout
from setup_lib.shell import run_logged
from setup_lib.stamps import fingerprint, is_done, mark_done


def ensure_node_modules(layout: Layout, *, dev: bool) -> None:
    """Install just what the lock says; biome (optional: a program a platform) and what only tests
    need if `dev` or if biome is there already.
    """
    stamp = layout.stamps / "node"
    locked = (layout.root / "package-lock.json", layout.root / "package.json")
    with_dev, without_dev = fingerprint(locked, "dev"), fingerprint(locked)
    modules = layout.root / "node_modules"
    if modules.is_dir() and (is_done(stamp, with_dev) or (not dev and is_done(stamp, without_dev))):
        return
    keeps_dev = dev or (modules / "@biomejs").exists()
    # No package may run code of its own while it is installed.
    command = [
        "npm",
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        *(["--include=dev"] if keeps_dev else ["--omit=optional", "--omit=dev"]),
    ]
    run_logged(
        layout,
        "Installing the npm packages of package-lock.json",
        command,
        way_out=(
            "Is the npm registry within reach? For a mirror set npm_config_registry; behind a "
            "proxy HTTPS_PROXY."
        ),
    )
    mark_done(stamp, with_dev if keeps_dev else without_dev)


def biome(layout: Layout) -> Path | None:
    """The program of biome for this machine. Its npm package of that name is a mere chooser among
    these.
    """
    return next((layout.root / "node_modules/@biomejs").glob("cli-*/biome"), None)
