"""The table of `docs/reliability.md`: a row a run, the newest last."""

import datetime as dt
from pathlib import Path
from typing import Any

END = "<!-- /soak -->"


def write(figures: dict[str, Any], page: Path) -> None:
    """Add the run's row."""
    before, after = page.read_text(encoding="utf-8").split(END, 1)
    page.write_text(f"{before}{row(figures)}\n{END}{after}", encoding="utf-8")


def row(figures: dict[str, Any]) -> str:
    kills = ", ".join(f"{count} × {what}" for what, count in sorted(figures["killed"].items()))
    line = figures["line"]
    spoilt = sum(line.values()) - line.get("passed", 0)
    found = "; ".join(figures["faults"]) or "none"
    cells = [
        dt.datetime.now(dt.UTC).date().isoformat(),
        f"`{command(figures)}`",
        f"{figures['operations']:,}" + ("" if figures["complete"] else " (stopped early)"),
        f"{figures['kills']} ({kills})",
        f"{spoilt:,} of {sum(line.values()):,}",
        f"{figures['photos']:,}",
        f"{figures['conflicts']:,}",
        f"{figures['minutes']:g}",
        found,
    ]
    return f"| {' | '.join(cells)} |"


def command(figures: dict[str, Any]) -> str:
    return f"bin/soak {figures['command']}"
