"""One frame for the country: what lies outside it is a slip, wherever it is entered."""

import math

import pytest

from gis_grid.core.crs import in_country
from gis_grid.core.errors import InputError
from gis_grid.fieldsync.reading import Changes


@pytest.mark.parametrize("place", [(73, 3), (136, 54), (112.4, 25.6)])
def test_what_lies_in_it(place: tuple[float, float]) -> None:
    assert in_country(*place)
    assert Changes({"place": (None, list(place))}).place() == place


@pytest.mark.parametrize("place", [(0, 0), (25.6, 112.4), (72.9, 40), (136.1, 40), (110, 2.9)])
def test_what_does_not(place: tuple[float, float]) -> None:
    assert not in_country(*place)
    with pytest.raises(InputError, match="不在中国境内"):
        Changes({"place": (None, list(place))}).place()


def test_no_number_is_no_place() -> None:
    assert not in_country(math.nan, 25.6)
    assert not in_country(112.4, math.nan)
