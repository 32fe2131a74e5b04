"""Where things lie in a checkout."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

OURS_ALONE, OURS_ALONE_DIR = 0o600, 0o700


@dataclass(frozen=True)
class Layout:
    """The folders and files of one checkout; everything that set-up makes is git-ignored."""

    root: Path

    @classmethod
    def of_this_checkout(cls) -> "Layout":
        """The checkout that this file belongs to."""
        return cls(Path(__file__).resolve().parents[2])

    @property
    def var(self) -> Path:
        """Data, logs and tools of this checkout."""
        return self.root / "var"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.var / "log"

    @property
    def setup_log(self) -> Path:
        """What the set-up's own commands said."""
        return self.logs / "setup.log"

    def open_log(self, path: Path, *, anew: bool = False) -> BinaryIO:
        """A log to write to, at its end or from its start; nobody but its owner reads it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.logs.chmod(OURS_ALONE_DIR)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if anew else os.O_APPEND)
        number = os.open(path, flags, OURS_ALONE)
        os.fchmod(number, OURS_ALONE)
        return os.fdopen(number, "wb" if anew else "ab")

    @property
    def stamps(self) -> Path:
        """Fingerprints of the inputs of finished steps."""
        return self.var / "stamps"

    @property
    def venv(self) -> Path:
        """The project's Python environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The Python of the project's environment."""
        return self.venv / "bin" / "python"

    @property
    def vendor(self) -> Path:
        """What the browser loads and others wrote."""
        return self.root / "static" / "vendor"

    @property
    def run_state(self) -> Path:
        """Folder of the lock and the record of a running `bin/run`."""
        return self.var / "run"
