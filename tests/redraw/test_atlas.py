"""Two hundred operations on borders that nobody made for this test."""

import random

from gis_grid.territory import coverage
from tests.redraw.asking import Hand
from tests.redraw.atlas import counties
from tests.redraw.ground import sheet_of
from tests.redraw.walk import Walk, as_bytes


def test_the_atlas_is_a_valid_coverage_with_an_enclave() -> None:
    found = counties()
    assert coverage.coverage_issues(found) == []
    assert (len(found), sum(len(shape.geoms) for shape in found.values())) == (120, 121)


def test_two_hundred_operations_keep_its_land_and_lead_back() -> None:
    rng = random.Random(21)
    walk = Walk(sheet_of(counties().values(), villages=3))
    hand = Hand(rng)
    for _ in range(200):
        walk.take(hand.ask(walk.sheet))
    assert len(walk.patches) > 80
    assert as_bytes(walk.undo_all()) == as_bytes(walk.start)
