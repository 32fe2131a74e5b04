"""Random operations on random coverages: what holds after each, and at the end."""

import os
import random
import subprocess
import sys

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from gis_grid.territory import coverage
from tests.redraw.asking import Hand
from tests.redraw.ground import GROUNDS
from tests.redraw.walk import Walk, as_bytes

SOAK = os.environ.get("GIS_GRID_SOAK") == "1"
# By default always the same walks, so that a run says something about the change at hand.
walks = profile(
    max_examples=400 if SOAK else 12, deadline=None, derandomize=not SOAK, print_blob=True
)


@pytest.mark.parametrize("kind", GROUNDS)
@walks
@given(seed=st.integers(0, 2**32))
def test_a_ground_is_a_valid_coverage(kind: str, seed: int) -> None:
    sheet = GROUNDS[kind](random.Random(seed))
    assert coverage.coverage_issues({code: cell.shape for code, cell in sheet.items()}) == []


@pytest.mark.parametrize("kind", GROUNDS)
@walks
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 30))
def test_a_walk_keeps_the_land_and_leads_back(kind: str, seed: int, steps: int) -> None:
    rng = random.Random(seed)
    walk = Walk(GROUNDS[kind](rng))
    hand = Hand(rng)
    for _ in range(steps):
        walk.take(hand.ask(walk.sheet))
    assert as_bytes(walk.undo_all()) == as_bytes(walk.start)
    assert as_bytes(walk.replayed().sheet) == as_bytes(walk.sheet)


def test_another_process_comes_to_the_same_end() -> None:
    """Neither the order of a set nor anything else of a process has a part in it."""
    ends = {_digest_of_a_walk(hash_seed) for hash_seed in ("1", "2", "3")}
    assert len(ends) == 1


def _digest_of_a_walk(hash_seed: str) -> str:
    program = """
import django, hashlib, random
django.setup()
from tests.redraw import asking, ground, walk
rng = random.Random(5)
one = walk.Walk(ground.voronoi(rng))
hand = asking.Hand(rng)
taken = [one.take(hand.ask(one.sheet)) for _ in range(25)]
assert sum(taken) > 8
print(hashlib.sha256(repr(sorted(walk.as_bytes(one.sheet).items())).encode()).hexdigest())
"""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
