"""Recurrence rules as people read them."""

import pytest
from django.utils import translation

from gis_grid.navmap.patrolling.words import days_of
from gis_grid.patrols.models import Schedule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "每天"),
        ("FREQ=DAILY;INTERVAL=3", "每 3 天"),
        ("FREQ=WEEKLY;BYDAY=TU,FR", "每周 周二、周五"),
        ("freq=weekly;interval=2;byday=mo", "每 2 周 周一"),
        # What has no plain words stays as it is written.
        ("FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=1MO"),
        ("FREQ=WEEKLY", "FREQ=WEEKLY"),
        ("FREQ=DAILY;COUNT=5", "FREQ=DAILY;COUNT=5"),
    ],
)
def test_a_rule_in_words(rule: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert days_of(Schedule(rule=rule)) == words
