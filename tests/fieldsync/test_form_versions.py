"""Tablets that have not been home for long send what an earlier form asked for."""

from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.accounts.models import User
from gis_grid.fieldsync import registry
from gis_grid.fieldsync.registry import Done, Entity, Op
from tests.conftest import QUANFENG, NewCell
from tests.fieldsync.operations import operation, push
from tests.fieldsync.tablets import Tablet

SEEN: list[dict[str, Any]] = []


def _plant(user: User, op: Op) -> Done:
    SEEN.append({name: new for name, (_old, new) in op.changes.pairs.items()})
    return Done(7, QUANFENG + "001")


def _to_centimetres(pairs: dict[str, Any]) -> dict[str, Any]:
    """Version 1 asked for metres."""
    old, new = pairs.pop("height_m")
    return {**pairs, "height_cm": [old and old * 100, new * 100]}


def _with_species(pairs: dict[str, Any]) -> dict[str, Any]:
    return {"species": [None, "unknown"], **pairs}


TREE = Entity(
    "tree",
    {"plant": _plant},
    makes=frozenset({"plant"}),
    form_version=3,
    upcasters={1: _to_centimetres, 2: _with_species},
)


@pytest.fixture
def tablet(
    ground: dict[str, NewCell], cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> Tablet:
    monkeypatch.setitem(registry._entities, "tree", TREE)
    SEEN.clear()
    return Tablet(cast.surveyor)


@pytest.mark.parametrize(
    ("version", "changes"),
    [
        (1, {"height_m": 2}),
        (2, {"height_cm": 200}),
        (3, {"height_cm": 200, "species": "unknown"}),
    ],
)
def test_each_version_comes_to_the_form_of_today(
    tablet: Tablet, version: int, changes: dict[str, Any]
) -> None:
    sent = operation("tree", "plant", **changes) | {"form_version": version}
    [receipt] = push(tablet, sent)
    assert receipt["outcome"] == "applied"
    assert SEEN == [{"height_cm": 200, "species": "unknown"}]


def test_what_was_sent_stays_as_it_was_sent(tablet: Tablet) -> None:
    """The same old operation again is the same, not one of another content."""
    sent = operation("tree", "plant", height_m=2)
    push(tablet, sent)
    [again] = push(tablet, sent)
    assert (again["outcome"], again["again"]) == ("applied", True)
    assert len(SEEN) == 1
