"""The two commands as a person types them: plain sentences, the right exit status."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from setup_lib import application, run_command, run_state, system, test_command
from setup_lib.__main__ import main
from setup_lib.checks import CHECKS, browser_tests, node_tests
from setup_lib.layout import Layout
from setup_lib.messages import SetupError
from setup_lib.processes import LOOPBACK
from setup_lib.run_state import RunState
from setup_lib.supervisor import this_process
from setup_lib.system import Need
from setup_lib.test_command import CLOSING, Outcome, report

ROOT = Path(__file__).resolve().parents[2]


def test_help_names_every_option() -> None:
    said = subprocess.run(
        [ROOT / "bin/run", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("--port", "--detach", "--no-install", "stop", "status"):
        assert word in said


def test_without_a_recent_python_it_says_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    launcher = (ROOT / "bin/setup_lib/with_python").read_text().replace("/usr/bin/python3", "none")
    (tmp_path / "with_python").write_text(launcher)
    for name in ("dirname", "env", "bash"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    outcome = subprocess.run(
        ["/bin/bash", tmp_path / "with_python", "run"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 1
    assert "needs Python 3.11 or newer" in outcome.stderr
    assert "apt-get install python3" in outcome.stderr


def test_a_port_in_use_names_the_way_out() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} is in use") as refusal:
            run_command.ensure_port(port)
    assert f"bin/run --port {port + 1}" in refusal.value.way_out


def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_command.parse(["--port", "70000"])
    assert "between 1 and 65535" in capsys.readouterr().err


def test_a_failure_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], layout: Layout
) -> None:
    def fails(_layout: Layout, _arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(main.__globals__["COMMANDS"], "run", fails)
    monkeypatch.setattr(Layout, "of_this_checkout", classmethod(lambda _cls: layout))
    assert main(["run"]) == 1
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert "Traceback" in layout.setup_log.read_text()


def test_status_of_nothing(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command.main(layout, ["status"]) == run_command.NOT_RUNNING
    assert "Not running." in capsys.readouterr().out


def test_checks_name_tools_that_the_issue_asks_for() -> None:
    titles = [check.title for check in CHECKS]
    for word in ("ruff check", "mypy", "import-linter", "JavaScript tests", "browser tests"):
        assert word in titles


def test_javascript_tests_are_never_passed_by(layout: Layout) -> None:
    assert node_tests(layout) is None
    tests = layout.root / "tests/js"
    tests.mkdir(parents=True)
    (tests / "helper.js").write_text("")
    assert node_tests(layout) == ["node", "--test", tests / "*.test.js"]
    (tests / "geo.test.js").write_text("")
    assert node_tests(layout) == ["node", "--test", tests / "geo.test.js"]


def test_browser_tests_run_once_there_are_any(layout: Layout) -> None:
    assert browser_tests(layout) is None
    folder = layout.root / "tests/browser"
    folder.mkdir(parents=True)
    (folder / "test_map.py").write_text("")
    command = browser_tests(layout)
    assert command is not None
    assert command[:4] == [layout.venv / "bin/pytest", "tests/browser", "-m", "browser"]


@pytest.mark.parametrize(
    "line",
    [
        "====== 16 passed in 2.76s ======",
        "=== 1 failed, 3 passed, 2 warnings in 120.01s (0:02:00) ===",
        "==== no tests ran in 0.01s ====",
        "= 2 errors in 0.50s =",
    ],
)
def test_pytests_closing_line_is_known(line: str) -> None:
    assert CLOSING.search(line)


def test_one_failure_fails_all_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        Outcome("mypy", "FAILED", 1.0),
        Outcome("Python tests", "ok", 2.0, "== 3 passed in 2.00s =="),
    ]
    assert report(outcomes) == 1
    said = capsys.readouterr().out
    assert "Failed: mypy" in said
    assert said.rstrip().endswith("3 passed in 2.00s ==")
    assert report(outcomes[1:]) == 0


def test_the_users_database_is_never_tested_on(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    from setup_lib import database
    from setup_lib.cluster import passwords

    monkeypatch.setitem(os.environ, "DATABASE_URL", "postgres://county@db.example/real")
    tested = database.for_tests(layout)
    database.write_addresses(tested, passwords(), 5001)
    env = test_command.test_environment(layout, tested)
    assert env["DATABASE_URL"].startswith("postgres://gis_grid_owner:")
    assert env["DATABASE_WEB_URL"].startswith("postgres://gis_grid_web:")
    assert env["GIS_GRID_ENV_FILE"] == str(layout.var / "test-env")


def test_status_while_setting_up(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    with run_command.on_record(layout, RunState(this_process(), 8000)):
        assert run_command.main(layout, ["status"]) == run_command.NOT_RUNNING
        assert "Setting up" in capsys.readouterr().out
    assert run_command.main(layout, ["status"]) == run_command.NOT_RUNNING
    assert "Not running." in capsys.readouterr().out


def test_what_is_missing_is_named_even_while_it_runs(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = Need("a Chinese font", ("fonts-noto-cjk",), lambda: False)
    monkeypatch.setattr(system, "needs", lambda **_: [absent])
    with run_state.take_lock(layout), pytest.raises(SetupError, match="a Chinese font"):
        run_command.main(layout, ["--no-install"])


def test_a_filled_cluster_is_not_asked_again_but_a_new_one_is(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(application, "show", lambda _layout, what, _command: asked.append(what))
    monkeypatch.setenv("DEMO", "1")
    cluster = tmp_path / "pg"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("15")
    application.ensure_demo(layout, cluster)
    application.ensure_demo(layout, cluster)
    assert len(asked) == 1
    (cluster / "PG_VERSION").rename(cluster / "old")
    (cluster / "PG_VERSION").write_text("15")
    application.ensure_demo(layout, cluster)
    application.ensure_demo(layout, None)
    assert len(asked) == 3
