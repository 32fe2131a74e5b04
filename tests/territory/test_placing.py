"""Points placed beside the database: where the statement for many rows would put them."""

import random
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection

from gis_grid.territory.services.located import grid_at
from gis_grid.territory.services.placing import Placer
from gis_grid.territory.services.versions import bump
from tests.conftest import LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
A, B = QUANFENG + "001", QUANFENG + "002"


def corners(code: str) -> list[tuple[float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p.geom), ST_Y(p.geom) FROM territory_gridversion g"
            " JOIN territory_grid i ON i.id = g.grid_id, ST_DumpPoints(g.geom) p"
            " WHERE i.code = %s AND upper(g.validity) IS NULL",
            [code],
        )
        return [(x, y) for x, y in cursor.fetchall()]


def test_points_lie_where_the_database_finds_them(ground: object) -> None:
    rng = random.Random(3)
    known = corners(A) + corners(B)
    west, east = min(x for x, _ in known), max(x for x, _ in known)
    south, north = min(y for _, y in known), max(y for _, y in known)
    somewhere = [
        (rng.uniform(west - 0.002, east + 0.002), rng.uniform(south - 0.002, north + 0.002))
        for _ in range(200)
    ]
    # Corners lie on several grids: the lowest code has them.
    xy = np.array([*known, *somewhere]).round(7)
    right = [grid_at(*at) or (None, None) for at in xy.tolist()]
    assert {A, None} <= {code for _, code in right}
    # Whatever village is thought of, or none.
    for village in (QUANFENG, LIJIA, ""):
        ids, codes = Placer().place(xy, [village] * len(xy))
        assert list(zip(ids, codes, strict=True)) == right


def test_what_is_read_grows_with_what_is_asked(ground: object) -> None:
    placer = Placer()
    for code in (A, B, A):
        (x, y), *_ = [np.mean(corners(code), axis=0)]
        assert placer.place(np.array([[x, y]]), [QUANFENG])[1] == [code]
    assert placer.place(np.zeros((0, 2)), []) == ([], [])
    assert placer.place(np.array([[0.0, 0.0]]), [QUANFENG]) == ([None], [None])


def test_a_publish_that_comes_between_is_noticed(
    ground: object, cast: SimpleNamespace, household: Callable
) -> None:
    placer = Placer()
    assert placer.still_holds()
    bump("grids", [QUANFENG])
    assert not placer.still_holds()
