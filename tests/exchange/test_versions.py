"""Loads raise the data versions of what they changed, and of nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gis_grid.territory.models import DataVersion
from tests.exchange.conftest import Said, home, households

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def versions() -> dict[str, int]:
    rows = DataVersion.objects.filter(layer__in=("households", "welfare"))
    return dict(rows.values_list("layer", "version"))


@pytest.mark.parametrize(
    ("second", "raised"),
    [
        ({}, []),
        ({"标签": "低保户"}, ["welfare"]),
        ({"标签": "党员户"}, ["households"]),
        ({"地址": "泉凤村老屋"}, ["households"]),
    ],
)
def test_a_second_load_raises_only_what_it_changed(
    run: Callable[..., Said],
    workbook: Callable[..., Path],
    second: dict[str, str],
    raised: list[str],
) -> None:
    run("import_households", workbook({"户": households(home(1))}))
    before = versions()
    run("import_households", workbook({"户": households(home(1, **second))}, name="again.xlsx"))
    after = versions()
    assert [layer for layer in sorted(after) if after[layer] != before.get(layer)] == raised
