"""Room on the disk, looked at before anything is begun."""

import shutil

from setup_lib.layout import Layout
from setup_lib.messages import SetupError

FIRST_TIME_MB = 2500
LATER_MB = 300


def ensure_room(layout: Layout) -> None:
    """Raise SetupError if there is too little space for what set-up or daily work needs."""
    need_mb = LATER_MB if layout.python.exists() else FIRST_TIME_MB
    folder = layout.var if layout.var.exists() else layout.root
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < need_mb:
        raise SetupError(
            f"Too little room on the disk of {folder}: {free_mb} MB are free, {need_mb} MB are "
            f"needed.",
            "Free some space (or move this folder to a larger disk) and run the command again.",
            zh=f"磁盘空间不足：剩余 {free_mb} MB，需要 {need_mb} MB。",
        )
