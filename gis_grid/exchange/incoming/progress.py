"""How far a job has come, beside its file: a transaction's own rows are nobody else's to read."""

import json
import time
from pathlib import Path

EVERY_S = 0.5


class Progress:
    """Rows done of `total` (0: not known), written down twice a second."""

    def __init__(self, folder: Path, total: int) -> None:
        self.path, self.total, self._last = folder / "progress.json", total, 0.0

    def tell(self, done: int) -> None:
        now = time.monotonic()
        if now - self._last < EVERY_S:
            return
        self._last = now
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"done": done, "total": self.total}))
        fresh.replace(self.path)

    def end(self) -> None:
        self.path.unlink(missing_ok=True)


def progress_of(folder: Path) -> dict[str, int]:
    try:
        found = json.loads((folder / "progress.json").read_text())
        return {"done": int(found["done"]), "total": int(found["total"])}
    except (OSError, ValueError, KeyError):
        return {"done": 0, "total": 0}
