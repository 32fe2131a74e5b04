"""What is taken out of texts, and what cells of a workbook hold."""

import pytest

from gis_grid.core.texts import tidy
from gis_grid.core.workbook import escaped


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x07c\x1f\x7f", "abc"),
        ("一\t二\r\n三", "一\t二\r\n三"),
        ("\u202e<b>=1", "\u202e<b>=1"),
    ],
)
def test_only_control_characters_are_taken_out(text: str, kept: str) -> None:
    assert tidy(text) == kept


def test_a_cell_holds_no_formula_behind_a_control_character() -> None:
    assert escaped("\x01=1+1") == "'=1+1"
