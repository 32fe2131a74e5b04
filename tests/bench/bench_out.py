"""All 300,000 households of a county as a file in each format, and the memory that it takes.

Each is written in a process of its own, as the worker does it, with scope, masking, the names
of places and of those who answer; the memory is what the process takes beyond its start.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

from tests.bench.figures import Figure, absolute

FORMS = ("csv", "geojson", "kml", "gpkg", "shp", "xlsx")
MEMORY_MB = 200


def run() -> Iterator[Figure]:
    for form in FORMS:
        seconds, memory_mb = _taken_out(form)
        yield absolute(f"out_{form}", [seconds], unit="s")
        yield absolute(f"out_{form}_memory", [memory_mb], unit="MB", at_most=MEMORY_MB)


def _taken_out(form: str) -> tuple[float, float]:
    """Seconds, and the most memory beyond what the process had at its start, in MB."""
    script = f"import tests.bench.bench_out as b; b.write_one({form!r})"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, memory_mb = said.split()[-2:]
    return float(seconds), float(memory_mb)


def write_one(form: str) -> None:
    """One file in a process of its own: prints its seconds and megabytes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from gis_grid.accounts.models import User
    from gis_grid.exchange.models import TakenOut
    from gis_grid.exchange.out.making import make

    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = Path(folder)
        kept = TakenOut.objects.create(
            user=User.objects.get(username="county"),
            dataset="households",
            form=form,
            options={"query": {}, "columns": [], "datum": "wgs84"},
            purpose="导出速度测量",
            language="zh-hans",
            name=form,
            asked_at=timezone.now(),
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        make(kept)
        seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        kept.delete()
    print(seconds, memory / 1024)
