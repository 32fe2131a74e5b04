"""What is missing is said in words, with the command that mends it; nothing comes unasked."""

import shutil
import sys
from collections import namedtuple

import pytest
from setup_lib import disk, system
from setup_lib.layout import Layout
from setup_lib.messages import SetupError
from setup_lib.system import Need, ensure_system

FONT = Need("a Chinese font", ("fonts-noto-cjk",), lambda: False)
DATABASE = Need("PostgreSQL 15 or newer with PostGIS", (system.POSTGRESQL,), lambda: False)
THERE = Need("something", ("a-package",), lambda: True)


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the steps that would be run instead of running them."""
    steps: list[str] = []
    monkeypatch.setattr(system, "run_logged", lambda _layout, what, *_, **__: steps.append(what))
    return steps


def test_all_there_needs_nothing(layout: Layout, nothing_runs: list[str]) -> None:
    ensure_system(layout, [THERE], may_install=True)
    assert nothing_runs == []


def test_no_install_only_says_what_is_missing(layout: Layout, nothing_runs: list[str]) -> None:
    with pytest.raises(SetupError) as refusal:
        ensure_system(layout, [THERE, FONT, DATABASE], may_install=False)

    assert "a Chinese font" in refusal.value.sentence
    assert "PostgreSQL 15 or newer with PostGIS" in refusal.value.sentence
    assert "something" not in refusal.value.sentence
    assert "apt-get install fonts-noto-cjk postgresql" in refusal.value.way_out
    assert nothing_runs == []


def test_a_machine_without_apt_is_told_what_it_needs(
    layout: Layout, nothing_runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SetupError, match="a Chinese font") as refusal:
        ensure_system(layout, [FONT], may_install=True)
    assert "no apt-get" in refusal.value.way_out
    assert nothing_runs == []


def test_neither_root_nor_sudo(
    layout: Layout, nothing_runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "sudo" else f"/bin/{name}")
    with pytest.raises(SetupError, match="neither root nor sudo") as refusal:
        ensure_system(layout, [FONT], may_install=True)
    assert "apt-get install fonts-noto-cjk" in refusal.value.way_out
    assert nothing_runs == []


def test_root_installs_and_looks_again(
    layout: Layout, nothing_runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    installed = iter([False, True])
    ensure_system(layout, [Need("a font", ("a-font",), lambda: next(installed))], may_install=True)
    assert nothing_runs == ["Asking for the newest package lists", "Installing a-font"]


def test_a_database_of_ones_own_needs_no_postgresql_here() -> None:
    wanted = {need.what for need in system.needs(database=False, tests=False)}
    assert not any("PostgreSQL" in what for what in wanted)
    assert "a Chinese font" in wanted


def test_only_tests_want_a_browser() -> None:
    assert "Chromium" in {need.what for need in system.needs(database=True, tests=True)}
    assert "Chromium" not in {need.what for need in system.needs(database=True, tests=False)}


def test_venv_package_is_the_one_of_this_python() -> None:
    major, minor = sys.version_info[:2]
    assert system.needs(database=False, tests=False)[0].packages == (f"python{major}.{minor}-venv",)


def test_a_full_disk_is_seen_before_anything_begins(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12, 50_000_000))
    with pytest.raises(SetupError, match="50 MB are free, 2500 MB are needed"):
        disk.ensure_room(layout)
