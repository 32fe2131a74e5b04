"""The first rows and shapes of a file, beside it: for the preview, never in the database."""

import json
from pathlib import Path
from typing import Any


def keep_samples(folder: Path, found: dict[str, Any]) -> None:
    (folder / "samples.json").write_text(json.dumps(found, ensure_ascii=False))


def samples_of(folder: Path) -> dict[str, Any]:
    """What `survey` told, rows and all; empty where the file is gone."""
    try:
        found: dict[str, Any] = json.loads((folder / "samples.json").read_text())
    except (OSError, ValueError):
        return {}
    return found
