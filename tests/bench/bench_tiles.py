"""Tiles with login and scope, against tipg without either, on the same data.

Both under two processes as they are started in earnest, random tiles over the county,
nothing cached on either side: each answer is a query. A `grids` tile of ours holds also
the labels with counts. tipg draws all households of a tile where ours (to zoom 15)
draws clusters, since that is what either can give a map.
"""

import http.client
import itertools
import random
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db import connection
from django.test import Client

from gis_grid.accounts.models import User
from tests.bench import county
from tests.bench.figures import Figure, absolute, interleaved, more
from tests.bench.servers import LOOPBACK, burst, ours, served, tipg
from tests.navmap.places import tile_at

ROUNDS, SECONDS = 7, 3
# Four at once, and sixteen: what two or three browsers have under way while they move a map.
CLIENTS = (4, 16)
TARGETS = {12: 2.0, 14: 5.0, 16: 8.0}
LAYERS = {12: ("grids",), 14: ("grids", "households"), 16: ("grids", "households")}
_VIEWS = """
DROP VIEW IF EXISTS bench_grids, bench_households;
CREATE VIEW bench_grids AS
    SELECT g.id, i.code, i.level, g.kind, g.name, g.geom
    FROM territory_gridversion g JOIN territory_grid i ON i.id = g.grid_id
    WHERE upper(g.validity) IS NULL;
CREATE VIEW bench_households AS
    SELECT id, tag_mask AS mask, geom FROM households_household;
"""


def run() -> Iterator[Figure]:
    _make_views()
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={_session('county')}"}
    yield from _against_tipg(cookie)
    yield from _known(cookie)


def _against_tipg(cookie: dict[str, str]) -> Iterator[Figure]:
    our_command, our_port = ours()
    tipg_command, tipg_port = tipg()
    tipg_env = {"DATABASE_URL": url_of_tipg()}
    with (
        served(our_command, our_port, {"TILE_CACHE_BYTES": "0"}, "/tiles/grids/0/0/0.mvt"),
        served(tipg_command, tipg_port, tipg_env, "/healthz"),
    ):
        for z, clients in itertools.product(TARGETS, CLIENTS):
            mine = _paths(z)
            theirs = [
                f"/collections/public.bench_{layer}/tiles/WebMercatorQuad/{z}/{x}/{y}"
                for layer in LAYERS[z]
                for x, y in _tiles(z)
            ]
            rates = interleaved(
                ROUNDS,
                {
                    "ours": partial(_rate, our_port, mine, cookie, clients),
                    "tipg": partial(_rate, tipg_port, theirs, {}, clients),
                },
                warm_up=1,
            )
            yield more(
                f"tiles_z{z}_against_tipg_{clients}_clients",
                rates["ours"],
                rates["tipg"],
                at_least=TARGETS[z],
                unit="tiles/s",
            )


def _known(cookie: dict[str, str]) -> Iterator[Figure]:
    """The same tiles of z14 when the server has drawn them before, and when the browser has."""
    command, port = ours()
    with served(command, port, {}, "/tiles/grids/0/0/0.mvt"):
        paths = _paths(14)[:1]
        etag = _etag(port, paths[0], cookie)
        runs = {
            "drawn": partial(_rate, port, paths, cookie),
            "304": partial(_rate, port, paths, cookie | {"If-None-Match": etag}),
        }
        rates = interleaved(3, runs, warm_up=1)
        yield absolute("tiles_drawn_before", rates["drawn"], unit="tiles/s")
        yield absolute("tiles_not_modified", rates["304"], unit="tiles/s")


def _paths(z: int) -> list[str]:
    return [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for layer in LAYERS[z] for x, y in _tiles(z)]


def _etag(port: int, path: str, headers: dict[str, str]) -> str:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return str(answer.headers["ETag"])


def url_of_tipg() -> str:
    known = connection.settings_dict
    return (
        f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
        f"/{known['NAME']}"
    )


def _rate(port: int, paths: list[str], headers: dict[str, str], clients: int = 4) -> float:
    return burst(port, paths, seconds=SECONDS, clients=clients, headers=headers).per_second


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


def _make_views() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS)


def _session(username: str) -> str:
    """A session as signing in makes it."""
    client = Client()
    client.force_login(User.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[-1])
    return client.cookies[settings.SESSION_COOKIE_NAME].value
