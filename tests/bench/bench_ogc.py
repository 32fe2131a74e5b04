"""OGC API – Features of 300,000 households, page by page, against tipg on the same data.

Both serve GeoJSON under two processes as they are started in earnest, in pages as large as either
gives; a client follows `next` to the end, as GDAL does.
Ours answers with login, scope, masking and tags; tipg has neither.
"""

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import partial

from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.accounts.services.tokens import token_create
from gis_grid.audit.services import SYSTEM
from tests.bench import county
from tests.bench.bench_tiles import url_of_tipg
from tests.bench.figures import Figure, absolute, faster, interleaved
from tests.bench.servers import LOOPBACK, ours, served, tipg

ROUNDS = 2
TARGET = 5
PAGE = 10_000
# The same columns as ours but the tags, which tipg could only show as a number.
_VIEW = """
DROP VIEW IF EXISTS bench_items;
CREATE VIEW bench_items AS
    SELECT id, code, address, head_name AS head, people, origin, tag_mask AS tags,
        area_code AS grid, left(area_code, 12) AS village, registered_on, visited_on, revision,
        geom
    FROM households_household;
"""


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


def _walk(port: int, path: str, headers: dict[str, str]) -> float:
    """Seconds for all pages; SystemExit where they do not come to all households.

    Features are counted in the bytes as they come, and only the link to the next page is read: to
    parse the rest costs a client the same on both sides. A connection a page: both servers close
    those that rest for some seconds, as they do on a busy machine.
    """
    began = time.perf_counter()
    found = 0
    while path:
        client = http.client.HTTPConnection(LOOPBACK, port, timeout=300)
        client.request("GET", path, headers=headers)
        answer = client.getresponse()
        body = answer.read()
        client.close()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        found += body.count(b'"type":"Feature"')
        path = _next(body)
    if found != county.HOUSEHOLDS:
        raise SystemExit(f"{found} households came, not {county.HOUSEHOLDS}")
    return time.perf_counter() - began


def _next(body: bytes) -> str:
    at = re.search(rb'"rel":\s*"next"', body)
    if at is None:
        return ""
    link = body[body.rindex(b"{", 0, at.start()) : body.index(b"}", at.end()) + 1]
    href = str(json.loads(link)["href"])
    return href[href.index("/", 8) :]


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
