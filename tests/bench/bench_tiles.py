"""Tiles with login and scope, against tipg without either, on the same data.

Both under two processes as they are started in earnest, random tiles over the county,
nothing cached on either side: each answer is a query. A `grids` tile of ours holds also
the labels with counts. tipg draws all households of a tile where ours (to zoom 15)
draws clusters, since that is what either can give a map.
"""

import os
import random
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test import Client

from gis_grid.accounts.models import User
from tests.bench import county
from tests.bench.figures import Figure, interleaved, more
from tests.bench.servers import burst, ours, served, tipg
from tests.navmap.places import tile_at

ROUNDS, SECONDS = 7, 3.0
TARGETS = {12: 2.0, 14: 5.0, 16: 8.0}
LAYERS = {12: ("grids",), 14: ("grids", "households"), 16: ("grids", "households")}
_VIEWS = """
DROP VIEW IF EXISTS bench_grids, bench_households;
CREATE VIEW bench_grids AS
    SELECT g.id, i.code, i.level, g.kind, g.name, g.{geom} AS geom
    FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
    WHERE upper(g.validity) IS NULL;
CREATE VIEW bench_households AS
    SELECT id, tag_mask AS mask, {geom} AS geom FROM households_household;
"""


def run() -> Iterator[Figure]:
    _make_views("geom")
    header = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={_session('county')}"}
    our_command, our_port = ours({})
    tipg_command, tipg_port = tipg()
    env = {"TILE_CACHE_BYTES": "0"}
    tipg_env = {"DATABASE_URL": os.environ["DATABASE_URL"].replace("postgres:", "postgresql:")}
    with (
        served(our_command, our_port, env, "/tiles/grids/0/0/0.mvt"),
        served(tipg_command, tipg_port, tipg_env, "/healthz"),
    ):
        for z, target in TARGETS.items():
            tiles = _tiles(z)
            mine = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer in LAYERS[z] for x, y in tiles]
            theirs = [
                f"/collections/public.bench_{layer}/tiles/WebMercatorQuad/{z}/{x}/{y}"
                for layer in LAYERS[z]
                for x, y in tiles
            ]
            rates = interleaved(
                ROUNDS,
                {
                    "ours": lambda mine=mine: _rate(our_port, mine, header),
                    "tipg": lambda theirs=theirs: _rate(tipg_port, theirs, {}),
                },
                warm_up=1,
            )
            yield more(
                f"tiles z{z} against tipg",
                rates["ours"],
                rates["tipg"],
                at_least=target,
                unit="tiles/s",
            )


def _rate(port: int, paths: list[str], headers: dict[str, str]) -> float:
    load = burst(port, paths, seconds=SECONDS, headers=headers)
    if load.statuses - {200, 204}:
        raise RuntimeError(f"tiles answered {sorted(load.statuses)}")
    return load.per_second


def _tiles(z: int, count: int = 400) -> list[tuple[int, int]]:
    """Random tiles inside the county, from a fixed seed."""
    rng = random.Random(z)
    span = county.SIDE - 1
    return [
        tile_at(
            county.WEST + rng.uniform(1, span) * county.WIDTH,
            county.SOUTH + rng.uniform(1, span) * county.HEIGHT,
            z,
        )
        for _ in range(count)
    ]


def _make_views(geom: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS.format(geom=geom))


def _session(username: str) -> str:
    """A session as signing in makes it."""
    client = Client()
    client.force_login(User.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[-1])
    return client.cookies[settings.SESSION_COOKIE_NAME].value
