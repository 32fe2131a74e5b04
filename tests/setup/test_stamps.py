"""A finished step is not done again; a step with new inputs is."""

from pathlib import Path

from setup_lib.stamps import fingerprint, fingerprint_tree, is_done, mark_done


def test_a_step_is_done_until_its_inputs_change(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "uv.lock", tmp_path / "stamps" / "venv"
    lock.write_text("django 5.2")
    before = fingerprint([lock], "3.11")
    assert not is_done(stamp, before)
    mark_done(stamp, before)
    assert is_done(stamp, fingerprint([lock], "3.11"))

    lock.write_text("django 5.3")

    assert not is_done(stamp, fingerprint([lock], "3.11"))


def test_another_fact_is_another_input(tmp_path: Path) -> None:
    assert fingerprint([], "3.11") != fingerprint([], "3.12")
    assert fingerprint([], "a", "b") != fingerprint([], "ab")


def test_a_missing_file_is_not_an_empty_one(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    missing = fingerprint([lock])
    lock.write_text("")
    assert fingerprint([lock]) != missing


def test_a_file_more_in_a_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    before = fingerprint_tree([tmp_path])
    assert fingerprint_tree([tmp_path]) == before
    (tmp_path / "b.css").write_text("b")
    assert fingerprint_tree([tmp_path]) != before
