"""What a grid should hold: by the day, with its source, and refused where it makes no sense."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis_grid.territory.checks import norms_are_readable
from gis_grid.territory.norms import households_a_grid, spans

OLD = {"from": "2021-01-01", "least": 50, "most": 300, "source": "文件一"}
NEW = {"from": "2027-01-01", "least": 80, "most": 200, "source": "文件二"}


@pytest.mark.parametrize(
    ("day", "least", "source"),
    [("2021-01-01", 50, "文件一"), ("2026-12-31", 50, "文件一"), ("2027-01-01", 80, "文件二")],
)
def test_a_number_holds_from_its_day_on(settings: Any, day: str, least: int, source: str) -> None:
    settings.HOUSEHOLDS_A_GRID = json.dumps([NEW, OLD])
    found = households_a_grid(dt.date.fromisoformat(day))
    assert (found.least, found.source) == (least, source)


def test_before_the_first_day_and_without_any_the_usual_holds(settings: Any) -> None:
    settings.HOUSEHOLDS_A_GRID = json.dumps([OLD])
    assert households_a_grid(dt.date(2020, 1, 1)).most == 300
    settings.HOUSEHOLDS_A_GRID = ""
    assert households_a_grid(dt.date(2030, 1, 1)).least == 50


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        json.dumps([{**OLD, "least": 400}]),
        json.dumps([{**OLD, "most": "300"}]),
        json.dumps([{**OLD, "source": " "}]),
        json.dumps([{**OLD, "from": "soon"}]),
        json.dumps([{"least": 1, "most": 2}]),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_at_once(settings: Any, text: str) -> None:
    settings.HOUSEHOLDS_A_GRID = text
    with pytest.raises(ImproperlyConfigured):
        spans(text)
    assert norms_are_readable(None)[0].id == "gis_grid.E011"
