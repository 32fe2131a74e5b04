"""Tiles as a browser would get them, decoded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import connection
from django.test import Client

from gis_grid.accounts.models import User
from gis_grid.navmap.tiles import pool, serve, shortcut
from tests.navmap.places import tile_of

Layers = dict[str, list[dict[str, Any]]]


def decoded(body: bytes) -> Layers:
    """Features by MVT layer; each the attributes with `geometry` in tile units, y downwards."""
    found = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return {
        name: [
            {**feature["properties"], "geometry": feature["geometry"]}
            for feature in layer["features"]
        ]
        for name, layer in found.items()
    }


@pytest.fixture(autouse=True)
def fresh_tiles() -> Iterator[None]:
    """Neither logins nor tiles of another test."""
    serve.cache.clear()
    shortcut.memory.forget()
    yield
    serve.cache.clear()
    shortcut.memory.forget()


@pytest.fixture
def own_pool(settings: Any) -> Iterator[Any]:
    settings.TILE_POOL_SIZE, settings.TILE_POOL_WAIT_S = 2, 0.3
    pool.close()
    pool.pool().wait()
    yield settings
    pool.close()


@pytest.fixture
def tiles_in_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles read over Django's connection, so that they see what the test has not committed."""

    @contextmanager
    def borrow() -> Iterator[Any]:
        connection.ensure_connection()
        yield connection.connection

    monkeypatch.setattr(pool, "borrow", borrow)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def tile_xy(
    tiles_in_transaction: None, signed_in: Callable[[User], Client]
) -> Callable[..., Layers]:
    """`tile_xy(user, "grids", z, x, y, **query)`: the layers of one tile."""

    def get(user: User, layer: str, z: int, x: int, y: int, **query: str) -> Layers:
        response = signed_in(user).get(f"/tiles/{layer}/{z}/{x}/{y}.mvt", query)
        assert response.status_code == 200, response.content
        return decoded(response.content)

    return get


@pytest.fixture
def tile(tile_xy: Callable[..., Layers]) -> Callable[..., Layers]:
    """`tile(user, "grids", 14, code, **query)`: the layers of the tile over a grid's middle."""

    def get(user: User, layer: str, z: int, place: str, **query: str) -> Layers:
        return tile_xy(user, layer, z, *tile_of(place, z), **query)

    return get
