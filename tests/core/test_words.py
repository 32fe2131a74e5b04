"""Reasons that say something, and texts that may stand as names."""

import pytest

from gis_grid.core.words import fits_a_name, reason_of


@pytest.mark.parametrize(
    "text", ["", "查一下", "aaaaa", "ababab", "\u200b" * 6, "a b b a", "查\u200b\u202e\u200b\u200b"]
)
def test_it_says_nothing(text: str) -> None:
    assert reason_of(text) is None


def test_a_reason_is_kept_as_it_is_seen() -> None:
    assert reason_of("  核对\u200b  低保 复审材料\n") == "核对 低保 复审材料"
    assert reason_of("入户核对联系") == "入户核对联系"
    assert len(reason_of("核对低保" * 400) or "") == 500


@pytest.mark.parametrize(
    "name",
    [
        "<b>李</b>",
        "李>明",
        "=1+1",
        "+86",
        "@SUM(A1)",
        " =1",
        "李\u202e明",
        "李\u200b明",
        "李\x07明",
        "＝1",
    ],
)
def test_it_is_no_name(name: str) -> None:
    assert not fits_a_name(name)


@pytest.mark.parametrize(
    "name", ["李明德", "阿依古丽·买买提", "李　明", "3组（上）", "O'Brien", "\ue000明"]
)
def test_it_is_a_name(name: str) -> None:
    assert fits_a_name(name)
