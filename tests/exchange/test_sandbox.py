"""The parser's process: limited, killed when it hangs, with no secret and no other format."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gis_grid.core.errors import InputError
from gis_grid.exchange import sandbox

LIMITS = sandbox.Limits(memory_mb=256, cpu_s=2, silence_s=1.0, written_mb=1)
MODULE = "gis_grid.exchange.parsers"


def child(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the test's own code
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=sandbox._environment(),
        start_new_session=True,
    )


def messages(code: str) -> Iterator[dict[str, Any]]:
    with child(code) as process:
        try:
            yield from sandbox._messages(process, b"{}", LIMITS)
        finally:
            process.kill()


def limited(code: str) -> str:
    """A child that limits itself as the parsers do, and then runs `code`."""
    return (
        "import resource\n"
        f"for what, most in ((resource.RLIMIT_AS, {LIMITS.memory_mb << 20}),"
        f" (resource.RLIMIT_CPU, {LIMITS.cpu_s}), (resource.RLIMIT_CORE, 0)):\n"
        "    resource.setrlimit(what, (most, most))\n" + code
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time; time.sleep(30)", "longer than is allowed"),
        (limited("while True: pass"), "longer than is allowed"),
        ("import os; os.abort()", "break off"),
        ("import os; os._exit(0)", "break off"),
        (limited("x = 'a' * 2**30"), "break off"),
    ],
    ids=["hangs", "spins", "aborts", "leaves", "eats memory"],
)
def test_a_parser_that_goes_wrong_gives_a_sentence(code: str, expected: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match=_translated(expected)):
        list(messages(code))
    assert time.monotonic() - began < 10


def _translated(text: str) -> str:
    from gis_grid.exchange.refusals import refusal

    by_words = {"longer than is allowed": "too_much_work", "break off": "parser_died"}
    return str(refusal(by_words[text]))[:12]


def test_a_reader_who_leaves_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 50_000)
    rows = sandbox.parse("table", path, {}, sandbox.TABLES)
    next(rows)
    rows.close()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    running = [Path(f"/proc/{pid}/cmdline").read_text() for pid in children]
    assert not any(MODULE in line for line in running)


def test_the_child_knows_no_secret() -> None:
    environment = sandbox._environment()
    assert not any(
        word in name
        for name in environment
        for word in ("KEY", "SECRET", "DATABASE", "PASSWORD", "TOKEN")
    )


def test_only_three_formats_are_left_to_gdal() -> None:
    code = "import json, pyogrio; print(json.dumps(sorted(pyogrio.list_drivers())))"
    done = subprocess.run(  # noqa: S603 - the test's own code
        [sys.executable, "-c", code],
        env=sandbox._environment(),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == ["ESRI Shapefile", "GPKG", "GeoJSON"]


def test_the_limits_hold_in_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    # The map libraries alone need more than this.
    with pytest.raises(InputError):
        list(sandbox.parse("vector", path, {}, sandbox.Limits(memory_mb=64)))
