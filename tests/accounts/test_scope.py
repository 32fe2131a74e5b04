"""Counties of a scope, by which the figures of incidents find their indexes."""

import pytest

from gis_grid.accounts.scope import Scope


@pytest.mark.parametrize(
    ("areas", "counties"),
    [
        (["431024000000"], ["431024"]),
        (["431024111200001", "431024102000", "431025101200"], ["431024", "431025"]),
        (["431000000000"], []),
        (["430000000000", "440101000000"], []),
        ([], []),
    ],
)
def test_the_counties_that_hold_a_scope(areas: list[str], counties: list[str]) -> None:
    assert Scope.of_areas(areas).counties == counties
