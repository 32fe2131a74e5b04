"""Field sync at the demo town: operations taken in for half a minute, and a whole town pulled.

The reference for taking in is a number that is known, not a program that runs beside: ODK
Central's published soak test of 50 submissions a second for 30 s. Taken in is what was answered
with a receipt and is found in the tables afterwards; a receipt may say "received": kept, and judged
by the worker.
"""

import gzip
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from gis_grid.accounts.api_auth import digest_of
from tests.bench.figures import Figure, absolute, at_least
from tests.browser import site

NEEDS_COUNTY = False
SECONDS, CLIENTS, BATCH = 30.0, 12, 100
ODK = 50
TARGET = 10 * ODK
PULLS = 5
PULL_S, PULL_BYTES = 2.0, 1.5e6
# The worker begins with each minute.
WATCHED_S = 150.0
TOWN = "431024111000"


@dataclass
class Taken:
    """What the clients were told."""

    receipts: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


def run() -> Iterator[Figure]:
    owner = settings.DATABASES["owner"]
    url = (
        f"postgres://{owner['USER']}:{owner['PASSWORD']}@{owner['HOST']}:{owner['PORT']}"
        f"/{owner['NAME']}"
    )
    with site.running(url) as address:
        port = urlsplit(address).port or 0
        with psycopg.connect(site.in_database(url, site.DATABASE), autocommit=True) as db:
            tokens = _enrol(db)
            yield from _pulls(port, tokens[0])
            with _worker(site.environment(url)):
                yield from _pushes(port, db, tokens)


def _enrol(db: "psycopg.Connection[Any]") -> list[str]:
    """A tablet for each client, by turns of the people who work in the town."""
    people = db.execute(
        "SELECT DISTINCT ON (u.id) u.id FROM accounts_user u JOIN accounts_assignment a"
        " ON a.user_id = u.id WHERE a.role IN ('surveyor', 'office') AND u.is_active"
        " AND NOT u.must_change_password AND a.area_code = %s AND a.ends_on IS NULL",
        [TOWN],
    ).fetchall()
    tokens = []
    for n in range(CLIENTS):
        tokens.append(f"gd_bench-{n}-{uuid.uuid4()}")
        db.execute(
            "INSERT INTO fieldsync_device (id, user_id, name, token_digest, enrolled_at,"
            " expires_at, queue_length, reason) VALUES (%s, %s, 'bench', %s, now(),"
            " now() + interval '1 day', 0, '')",
            [uuid.uuid4(), people[n % len(people)][0], digest_of(tokens[-1])],
        )
    return tokens


def _pulls(port: int, token: str) -> Iterator[Figure]:
    """The whole town, page by page as a tablet asks, from the first to the last."""
    times, sizes, rows = [], [], Counter[str]()
    for number in range(PULLS + 1):
        began, size, cursor, more = time.perf_counter(), 0, "", True
        rows.clear()
        while more:
            path = f"/api/v1/sync/pull?areas={TOWN}&cursor={cursor}"
            body, length = _get(port, path, token)
            size += length
            rows.update({kind: len(found) for kind, found in body["changes"].items()})
            cursor, more = body["cursor"], body["more"]
        if number:
            times.append(time.perf_counter() - began)
            sizes.append(size)
    name = f"pull of a town of {rows['household']} households"
    yield absolute(name, times, unit="s", at_most=PULL_S)
    yield absolute(f"{name}, gzip", sizes, unit="B", at_most=PULL_BYTES)


def _get(port: int, path: str, token: str) -> tuple[Any, int]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request(
        "GET", path, headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
    )
    answer = line.getresponse()
    content = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{answer.status} {content[:300]!r}")
    is_zipped = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(content) if is_zipped else content), len(content)


def _pushes(port: int, db: "psycopg.Connection[Any]", tokens: list[str]) -> Iterator[Figure]:
    homes = [row[0] for row in db.execute("SELECT id FROM households_household ORDER BY id")]
    places = db.execute(
        "SELECT ST_X(geom), ST_Y(geom) FROM households_household WHERE geom IS NOT NULL"
    ).fetchall()
    taken, stop = Taken(), time.monotonic() + SECONDS
    began = time.monotonic()
    clients = [
        threading.Thread(target=_client, args=(port, token, n, homes, places, taken, stop))
        for n, token in enumerate(tokens)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    taken.seconds = time.monotonic() - began
    if taken.refused:
        raise RuntimeError(f"refused: {dict(taken.refused)}")
    judged = _judged(db, taken)
    kept = {row[0] for row in db.execute("SELECT op_id::text FROM fieldsync_operation")}
    yield at_least(
        "operations taken in for 30 s", [len(taken.accepted) / taken.seconds], target=TARGET
    )
    yield absolute("of these lost", [len(taken.accepted - kept)], unit="", at_most=0)
    yield absolute("of these judged in the time", [judged / taken.seconds], unit="1/s")
    yield from _afterwards(db)


def _afterwards(db: "psycopg.Connection[Any]") -> Iterator[Figure]:
    """How fast the worker judges what is left, and by that how long until the last."""
    began, left = time.monotonic(), _left(db)
    while (still := _left(db)) and time.monotonic() - began < WATCHED_S:
        time.sleep(1)
    speed = (left - still) / (time.monotonic() - began)
    yield absolute("judged by the worker afterwards", [speed], unit="1/s")
    if speed:
        yield absolute("by that until the last is judged", [left / speed], unit="s")


def _client(
    port: int,
    token: str,
    number: int,
    homes: list[int],
    places: list[tuple[float, float]],
    taken: Taken,
    stop: float,
) -> None:
    rng, line = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    while time.monotonic() < stop:
        sent = [_operation(rng, homes, places) for _ in range(BATCH)]
        body = json.dumps({"queue": len(sent), "operations": sent})
        line.request("POST", "/api/v1/sync/push", body, headers)
        answer = line.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            taken.refused[answer.status] += 1
            return
        receipts = json.loads(content)["receipts"]
        taken.receipts.update(receipt["outcome"] for receipt in receipts)
        taken.accepted.update(receipt["op_id"] for receipt in receipts)


def _operation(
    rng: random.Random, homes: list[int], places: list[tuple[float, float]]
) -> dict[str, Any]:
    """Four reports, three visits, three corrections out of ten."""
    drawn = rng.random()
    values: dict[str, Any] = {"text": "在家"}
    given = {"entity": "household", "action": "visit", "server_id": rng.choice(homes)}
    if drawn < 0.4:
        values = {"category": "drain", "what": "村口水沟堵了", "place": list(rng.choice(places))}
        given = {"entity": "incident", "action": "create", "server_id": None}
    elif drawn < 0.7:
        # Of a field that nobody has filled in: with every other one there would be conflicts.
        values = {"tag:deputy": True}
        given["action"] = "change"
    return given | {
        "op_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "seq": 1,
        "record": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "form_version": 1,
        "made_at": "2026-11-25T09:12:00+08:00",
        "changes": {name: [None, value] for name, value in values.items()},
        "fix": {"lon": 112.41, "lat": 25.6, "accuracy_m": 6.5, "age_s": 2, "samples": []},
        "attachments": [],
    }


def _judged(db: "psycopg.Connection[Any]", taken: Taken) -> int:
    return len(taken.accepted) - _left(db)


def _left(db: "psycopg.Connection[Any]") -> int:
    row = db.execute(
        "SELECT count(*) FROM fieldsync_operation WHERE outcome = 'received'"
    ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _worker(env: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker"],
        cwd=site.ROOT,
        env={**os.environ, **env},
        stdout=quiet,
        stderr=quiet,
    ) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)
