"""The checks of `bin/test`, in order."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from setup_lib import node
from setup_lib.layout import Layout
from setup_lib.messages import SetupError

Command = list[str | Path]


@dataclass(frozen=True)
class Check:
    """A check: `command` gives what to run in the checkout, or None while the project has nothing
    of the kind.
    """

    title: str
    command: Callable[[Layout], Command | None]
    is_pytest: bool = False


def tool(*words: str) -> Callable[[Layout], Command]:
    """A program of the project's environment."""
    return lambda layout: [layout.venv / "bin" / words[0], *words[1:]]


def manage(*words: str) -> Callable[[Layout], Command]:
    """A management command."""
    return lambda layout: [layout.python, "manage.py", *words]


def biome(layout: Layout) -> Command:
    """The JavaScript and CSS checks."""
    program = node.biome(layout)
    if program is None:
        raise SetupError(
            "The npm packages hold no biome for this machine.",
            "Add the package @biomejs/cli-… of this platform to package.json: npm install "
            "--save-exact --save-optional.",
        )
    return [program, "check", "--no-errors-on-unmatched"]


def node_tests(layout: Layout) -> Command | None:
    """The JavaScript tests, file by file: Node versions differ in what a folder means to
    `--test`.
    """
    folder = layout.root / "tests/js"
    files = sorted(folder.rglob("*.test.js"))
    if not files and not any(folder.rglob("*.js")):
        return None
    # Modules but no test among them is a misnamed test: let Node fail on the folder rather than
    # pass it by.
    return ["node", "--test", *(files or [folder / "*.test.js"])]


def fast_tests(layout: Layout) -> Command:
    """All Python tests that need neither a browser nor a machine for themselves, side by side."""
    workers = max(2, min(4, os.cpu_count() or 2))
    return [layout.venv / "bin/pytest", "-m", "not browser and not soak", *side_by_side(workers)]


def side_by_side(workers: int) -> tuple[str, ...]:
    """For pytest: whoever is through takes some of what the other has left."""
    return ("-n", str(workers), "--dist", "worksteal")


def soak_test(layout: Layout) -> Command:
    """The short soak, by itself: it starts and kills servers of its own."""
    return [layout.venv / "bin/pytest", "tests/soak", "-m", "soak"]


def browser_tests(layout: Layout) -> Command | None:
    """The browser tests: two browsers, each with a server and a database of its own. One alone
    leaves half of two cores idle.
    """
    if not any((layout.root / "tests/browser").rglob("test_*.py")):
        return None
    return [layout.venv / "bin/pytest", "tests/browser", "-m", "browser", *side_by_side(2)]


CHECKS = (
    Check("ruff check", tool("ruff", "check", ".")),
    Check("ruff format", tool("ruff", "format", "--check", ".")),
    Check("mypy", tool("mypy")),
    Check("import-linter", tool("lint-imports")),
    Check("migrations are complete", manage("makemigrations", "--check", "--dry-run")),
    Check("manage.py check", manage("check")),
    Check("biome", biome),
    Check("JavaScript tests", node_tests),
    Check("browser tests", browser_tests, is_pytest=True),
    Check("Python tests", fast_tests, is_pytest=True),
    Check("short soak", soak_test, is_pytest=True),
)
