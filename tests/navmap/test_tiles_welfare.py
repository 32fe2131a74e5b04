"""Tiles and welfare tags: who may not see them keeps the copy, and learns nothing."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.households.services.tagging import add_tag
from tests.conftest import QUANFENG
from tests.navmap.places import tile_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiles_in_transaction")]
GRID = QUANFENG + "001"


@pytest.mark.parametrize(
    ("layer", "slug", "who", "status"),
    [
        ("households", "low_income", "civil", 200),
        ("households", "low_income", "worker", 200),
        ("households", "low_income", "county", 304),
        ("households", "deputy", "county", 200),
        # Names and counts know no welfare tag, for nobody.
        ("grids", "low_income", "civil", 304),
    ],
)
def test_a_tag_moves_the_tiles_of_those_who_see_it(
    signed_in: Callable,
    cast: SimpleNamespace,
    household: Callable,
    layer: str,
    slug: str,
    who: str,
    status: int,
) -> None:
    home = household(GRID)
    x, y = tile_of(GRID, 14)
    client, address = signed_in(getattr(cast, who)), f"/tiles/{layer}/14/{x}/{y}.mvt"
    first = client.get(address)
    add_tag(acting_user=cast.civil, household_id=home.pk, slug=slug, starts_on=dt.date(2024, 1, 1))
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == status
