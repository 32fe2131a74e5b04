"""The child process: limits itself, then parses the one file that it is asked to."""

import importlib
import json
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gis_grid.exchange.parsers import Refused

PARSERS = ("table", "vector", "gpx", "layout", "features", "survey")
MIB = 2**20
# pyogrio looks for these when it is imported, and no parser makes a frame: half of the time that
# a small map takes went into it.
NOT_NEEDED = ("geopandas", "pandas")


def limit(memory_mb: int, cpu_s: int, written_mb: int) -> None:
    """Lower the limits of this process for good; no core is written."""
    for what, value in (
        (resource.RLIMIT_AS, memory_mb * MIB),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, written_mb * MIB),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (value, value))


def say(message: dict[str, Any]) -> None:
    # `dump` would write each piece by itself, at twice the time.
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    request = json.load(sys.stdin)
    limits = request["limits"]
    limit(limits["memory_mb"], limits["cpu_s"], limits["written_mb"])
    if request["parser"] not in PARSERS:
        raise SystemExit(2)
    vars(sys)["modules"].update(dict.fromkeys(NOT_NEEDED))
    try:
        parser = importlib.import_module(f"gis_grid.exchange.parsers.{request['parser']}")
        messages: Iterable[dict[str, Any]] = parser.read(
            Path(request["path"]), **request["options"]
        )
        for message in messages:
            say(message)
    except Refused as refused:
        say({"refused": refused.code, "params": refused.params})
    except MemoryError:
        say({"refused": "too_much_memory"})
    except Exception as error:  # noqa: BLE001 - whatever breaks a parser is the file's doing
        say(
            {
                "refused": "unreadable",
                "params": {"reason": f"{type(error).__name__}: {error}"[:200]},
            }
        )
    say({"end": True})


main()
