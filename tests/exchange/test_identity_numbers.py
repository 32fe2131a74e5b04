"""GB 11643 as a property: any one mistyped digit, and any two swapped ones, are found."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gis_grid.core.personal import ID_CHECK, id_checksum
from gis_grid.households.services.load.checks import Rules, identity_fault

TODAY = dt.date(2026, 1, 1)
REAL = Rules(today=TODAY, demo=False, tags={}, tag_names="")
DEMO = Rules(today=TODAY, demo=True, tags={}, tag_names="")


@st.composite
def numbers(draw: st.DrawFn) -> str:
    area = draw(st.integers(110000, 659999))
    born = draw(st.dates(dt.date(1900, 1, 1), TODAY))
    serial = draw(st.integers(0, 999))
    first = f"{area}{born:%Y%m%d}{serial:03d}"
    return first + id_checksum(first)


@given(numbers())
def test_a_right_number_is_right_and_no_demo(number: str) -> None:
    assert identity_fault(number, REAL) is None
    assert identity_fault(number, DEMO) == "id_not_demo"


@given(numbers(), st.integers(0, 17), st.sampled_from(ID_CHECK))
def test_one_wrong_character_is_always_found(number: str, place: int, other: str) -> None:
    assume(number[place] != other)
    assert identity_fault(number[:place] + other + number[place + 1 :], REAL) is not None


@given(numbers(), st.integers(0, 15))
def test_two_swapped_neighbours_are_always_found(number: str, place: int) -> None:
    first, second = number[place], number[place + 1]
    assume(first != second)
    swapped = number[:place] + second + first + number[place + 2 :]
    assert identity_fault(swapped, REAL) is not None


@given(numbers(), st.sampled_from(ID_CHECK))
def test_a_wrong_check_character_is_what_a_demo_needs(number: str, check: str) -> None:
    assume(number[17] != check)
    assert identity_fault(number[:17] + check, DEMO) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("11010519491231002X", None),
        ("110105491231002", "id_form"),
        ("11010519491232002X", "id_date"),
        ("110105203001010020", "id_date"),
        ("110105194912310021", "id_checksum"),
        ("≈431024195110089250", "number_cut"),
        ("１１０１０５１９４９１２３１００２Ｘ", "id_form"),
    ],
)
def test_known_cases(number: str, fault: str | None) -> None:
    assert identity_fault(number, REAL) == fault
