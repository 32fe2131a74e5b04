"""Households too close for their numbers stand in a frame that leads to a larger map."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.gis.geos import Point
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.core.paper.sizes import Box
from gis_grid.households.models import Household
from gis_grid.printing.drawing.numbers import merged
from gis_grid.printing.making import make
from tests.conftest import QUANFENG
from tests.printing.conftest import choice, read

COUNT = 80
STEP_DEG = 1.3e-4


@pytest.fixture
def hamlet(household: Callable[..., Household]) -> list[Household]:
    """Eight rows of ten households some 13 m apart, and one far off."""
    places = [(112.403 + n % 10 * STEP_DEG, 25.604 + n // 10 * STEP_DEG) for n in range(COUNT)]
    return [household(QUANFENG + "001", geom=Point(*at, srid=4490)) for at in places] + [
        household(QUANFENG + "002")
    ]


@pytest.mark.django_db
def test_every_number_stands_on_some_map(hamlet: list[Household], cast: SimpleNamespace) -> None:
    with translation.override("zh-hans"):
        pages = read(make(cast.leader, choice(size="A4")).pdf).pages
    texts = [page.extract_text() for page in pages]
    (enlarged,) = [text for text in texts[1:] if re.search(r"^A\s*1 : ", text, re.MULTILINE)]
    numbers = set(re.findall(r"\b\d{1,2}\b", enlarged))
    assert {str(number) for number in range(1, COUNT + 1)} <= numbers
    assert "后面各页" in texts[0]
    assert all(f"共{len(pages)}页" in text.replace(" ", "") for text in texts)


@pytest.mark.django_db
def test_nothing_is_enlarged_where_all_have_room(
    household: Callable[..., Household], cast: SimpleNamespace
) -> None:
    household(QUANFENG + "001")
    household(QUANFENG + "002")
    assert len(read(make(cast.leader, choice(size="A4")).pdf).pages) == 1


BOXES = st.lists(
    st.builds(Box, st.floats(0, 180), st.floats(0, 130), st.floats(1, 20), st.floats(1, 20)),
    min_size=1,
    max_size=40,
)


@given(BOXES)
@settings(deadline=None)
def test_groups_hold_all_and_stay_small(boxes: list[Box]) -> None:
    groups = merged(boxes, 5.0, (100.0, 75.0))
    assert len(groups) <= len(boxes)
    for box in boxes:
        assert any(
            group.x <= box.x
            and group.y <= box.y
            and group.right >= box.right - 1e-9
            and group.bottom >= box.bottom - 1e-9
            for group in groups
        )
    assert all(group.width <= 100 and group.height <= 75 for group in groups)
