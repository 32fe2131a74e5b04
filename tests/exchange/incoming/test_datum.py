"""Coordinates of every system that offices send, on numbers that others have worked out."""

import numpy as np
import pytest
from pyproj import Transformer

from gis_grid.exchange.incoming import datum

# Jiahe lies around here: 112.37°E, 25.6°N.
PLACE = (112.3693, 25.5871)
TOWN = (112.3, 25.5, 112.5, 25.7)


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float64)


def metres(epsg: int) -> tuple[float, float]:
    turn = Transformer.from_crs(4490, epsg, always_xy=True)
    return turn.transform(*PLACE)


def near(found: np.ndarray, place: tuple[float, float] = PLACE, within: float = 2e-7) -> bool:
    return bool(np.abs(found - np.array([place])).max() <= within)


def test_the_two_that_agree_are_left_alone() -> None:
    for name in ("wgs84", "cgcs2000", "epsg:4326", "epsg:4490"):
        assert near(datum.to_cgcs2000(points(PLACE), name))


def test_tiananmen_as_the_web_maps_give_it() -> None:
    # 天安门 on 高德, on 百度, and by GPS.
    gps = (116.39127, 39.90749)
    for name, given in (("gcj02", (116.397512, 39.908891)), ("bd09", (116.403874, 39.915156))):
        found = datum.to_cgcs2000(points(given), name)
        assert near(found, gps, 2e-4)
        jump = datum.jump_m(points(given), found)
        assert jump is not None
        assert 500 < jump < 1_500 if name == "bd09" else 100 < jump < 700


@pytest.mark.parametrize("epsg", [*range(4513, 4534), *range(4534, 4555), *range(4491, 4513)])
def test_every_zone_there_and_back(epsg: int) -> None:
    zone = datum.zones()[f"epsg:{epsg}"]
    meridian = float(zone.split("°E")[0].rsplit(" ", 1)[1])
    place = (meridian + 0.4, 30.5)
    turn = Transformer.from_crs(4490, epsg, always_xy=True)
    east, north = turn.transform(*place)
    assert ("xxx" in zone) == (east > 1_000_000)
    assert near(datum.to_cgcs2000(points((east, north)), f"epsg:{epsg}"), place)
    assert near(datum.to_cgcs2000(points((north, east)), f"epsg:{epsg}:yx"), place)


def test_an_easting_that_names_its_zone_is_recognised() -> None:
    east, north = metres(4525)  # zone 37 of 3°, 111°E
    assert 37_600_000 < east < 37_700_000
    assert [one.datum for one in datum.candidates(points((east, north)), TOWN)] == ["epsg:4525"]
    assert [one.datum for one in datum.candidates(points((north, east)), TOWN)] == ["epsg:4525:yx"]


def test_an_easting_of_a_zone_of_six_degrees_too() -> None:
    east, north = metres(4497)  # zone 19, 111°E
    assert 19_600_000 < east < 19_700_000
    assert [one.datum for one in datum.candidates(points((east, north)), TOWN)] == ["epsg:4497"]


def test_without_a_zone_number_the_box_decides() -> None:
    east, north = metres(4547)  # 114°E
    found = datum.candidates(points((east, north)), TOWN)
    assert [one.datum for one in found] == ["epsg:4547"]
    assert [one.datum for one in datum.candidates(points((north, east)), TOWN)] == ["epsg:4547:yx"]


def test_degrees_in_the_town_leave_a_question() -> None:
    found = [one.datum for one in datum.candidates(points(PLACE), TOWN)]
    assert found == ["wgs84", "gcj02", "bd09"]


def test_degrees_at_the_edge_of_the_town_answer_it() -> None:
    # The town's eastern edge: as GPS they would lie outside, as 高德 gives them inside.
    edge = points(*((112.5015 + i * 1e-5, 25.6) for i in range(20)))
    assert datum.candidates(edge, TOWN)[0].datum in ("gcj02", "bd09")
    assert "wgs84" not in [one.datum for one in datum.candidates(edge, TOWN)]


def test_latitude_first_is_recognised() -> None:
    found = [one.datum for one in datum.candidates(points(PLACE[::-1]), TOWN)]
    assert found[0] == "wgs84:yx"


def test_web_mercator_is_recognised() -> None:
    assert [one.datum for one in datum.candidates(points(metres(3857)), TOWN)] == ["epsg:3857"]


def test_points_elsewhere_are_in_no_system() -> None:
    assert datum.candidates(points((10.0, 50.0)), TOWN) == []
    assert datum.candidates(points((float("nan"), 1.0)), TOWN) == []


@pytest.mark.parametrize(
    "name", ["", "epsg:", "epsg:1", "epsg:5773", "wgs84:xy", "GCJ02", "epsg:x"]
)
def test_what_is_no_datum_is_refused(name: str) -> None:
    assert not datum.is_datum(name)
    with pytest.raises(ValueError, match="no datum"):
        datum.to_cgcs2000(points(PLACE), name)


def test_metres_have_no_jump() -> None:
    assert datum.jump_m(points((500_000, 2_800_000)), points(PLACE)) is None
