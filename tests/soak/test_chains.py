"""The audit of fields finds what it is for."""

from tests.soak.chains import Write, faults

ONE, TWO, THREE = Write("a", "b", "one"), Write("b", "c", "two"), Write("c", "d", "three")


def test_a_whole_chain_is_right() -> None:
    assert faults("a", [THREE, ONE, TWO], "d") == []
    assert faults("a", [], "a") == []


def test_a_lost_write_is_found() -> None:
    assert faults("a", [ONE, TWO, THREE], "c")
    assert faults("a", [ONE, THREE], "b")


def test_two_writes_over_one_value_are_found() -> None:
    assert "more than once" in faults("a", [ONE, Write("a", "x", "other")], "b")[0]


def test_a_value_from_nowhere_is_found() -> None:
    assert faults("a", [ONE], "z")


def test_a_write_whose_answer_was_lost_may_have_been_done_or_not() -> None:
    unsure = Write("b", "x", "office", sure=False)
    assert faults("a", [ONE, unsure], "b") == []
    assert faults("a", [ONE, unsure], "x") == []
    assert faults("a", [ONE, unsure, Write("x", "y", "after")], "y") == []
    assert faults("a", [ONE, unsure, TWO], "c") == []
