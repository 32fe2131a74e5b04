"""OGC API – Features of 300,000 households, page by page, against tipg on the same data.

Both serve GeoJSON under two processes as they are started in earnest, over a kept-alive
connection, in pages as large as either gives; a client follows `next` to the end, as GDAL does.
Ours answers with login, scope, masking and tags; tipg has neither. And files out: all of it in
each format, with the memory of the process that writes.
"""

import http.client
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.accounts.services.tokens import token_create
from gis_grid.audit.services import SYSTEM
from tests.bench import county
from tests.bench.bench_tiles import url_of_tipg
from tests.bench.figures import Figure, absolute, faster, interleaved
from tests.bench.servers import LOOPBACK, ours, served, tipg

ROUNDS = 3
TARGET = 5
PAGE = 10_000
MEMORY_MB = 200
# The same columns as ours but the tags, which tipg could only show as a number.
_VIEW = """
DROP VIEW IF EXISTS bench_items;
CREATE VIEW bench_items AS
    SELECT id, code, address, head_name AS head, people, origin, tag_mask AS tags,
        area_code AS grid, left(area_code, 12) AS village, registered_on, visited_on, revision,
        geom
    FROM households_household;
"""
FORMS = ("csv", "geojson", "kml", "gpkg", "shp", "xlsx")


def run() -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(_VIEW)
    user = User.objects.get(username="county")
    token = token_create(acting_user=SYSTEM, user=user, label="bench", days=1)[1]
    login = {"Authorization": f"Bearer {token}"}
    our_command, our_port = ours()
    tipg_command, tipg_port = tipg()
    first = f"/ogc/collections/households/items?limit={PAGE}"
    theirs = f"/collections/public.bench_items/items?limit={PAGE}"
    with (
        served(our_command, our_port, {}, "/healthz"),
        served(tipg_command, tipg_port, {"DATABASE_URL": url_of_tipg()}, "/healthz"),
    ):
        times = interleaved(
            ROUNDS,
            {
                "ours": partial(_walk, our_port, first, login),
                "tipg": partial(_walk, tipg_port, theirs, {}),
            },
        )
        yield faster("ogc_items_against_tipg", times["ours"], times["tipg"], at_least=TARGET)
        if shutil.which("ogr2ogr"):
            yield absolute("ogc_by_ogr2ogr", [_ogr2ogr(our_port, token)], unit="s")
    for form in FORMS:
        seconds, memory_mb = _taken_out(form)
        yield absolute(f"out_{form}", [seconds], unit="s")
        yield absolute(f"out_{form}_memory", [memory_mb], unit="MB", at_most=MEMORY_MB)


def _walk(port: int, path: str, headers: dict[str, str]) -> float:
    """Seconds for all pages; SystemExit where they do not come to all households.

    What is counted is the features' bytes as they come; only the links are read as JSON.
    """
    began = time.perf_counter()
    client = http.client.HTTPConnection(LOOPBACK, port, timeout=300)
    found = 0
    while path:
        client.request("GET", path, headers=headers)
        answer = client.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        found += body.count(b'"type":"Feature"')
        path = _next(body)
    client.close()
    if found != county.HOUSEHOLDS:
        raise SystemExit(f"{found} households came, not {county.HOUSEHOLDS}")
    return time.perf_counter() - began


def _next(body: bytes) -> str:
    links = json.loads(body)["links"]
    href = next((link["href"] for link in links if link["rel"] == "next"), "")
    return href[href.index("/", 8) :] if href else ""


def _ogr2ogr(port: int, token: str) -> float:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *("ogr2ogr", "-f", "GPKG", f"{folder}/out.gpkg"),
                *(f"OAPIF:http://{LOOPBACK}:{port}/ogc/", "households"),
            ],
            check=True,
            env={"PATH": "/usr/bin:/bin", "GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}"},
            capture_output=True,
        )
    return time.perf_counter() - began


def _taken_out(form: str) -> tuple[float, float]:
    """Seconds, and the most memory beyond what the process had at its start, in MB."""
    script = f"import tests.bench.bench_ogc as b; b.write_one({form!r})"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, memory_mb = said.split()[-2:]
    return float(seconds), float(memory_mb)


def write_one(form: str) -> None:
    """One file in a process of its own: prints its seconds and megabytes."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_grid.config.settings")
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from gis_grid.exchange.models import TakenOut
    from gis_grid.exchange.out.making import make

    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = Path(folder)
        kept = TakenOut.objects.create(
            user=User.objects.get(username="county"),
            dataset="households",
            form=form,
            options={"query": {}, "columns": [], "datum": "wgs84"},
            purpose="速度测量",
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
