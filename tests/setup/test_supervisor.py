"""What `bin/run` starts it ends, and nothing else; what a killed one leaves, the next one ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from setup_lib import run_state, supervisor
from setup_lib.layout import Layout
from setup_lib.messages import SetupError
from setup_lib.processes import ProcessId, free_port, is_port_free
from setup_lib.run_state import RunState
from setup_lib.supervisor import Supervisor, this_process

STAND_IN = Path(__file__).with_name("supervised.py")
PATIENCE_S = 20.0


@pytest.fixture
def running(layout: Layout) -> "Iterator[subprocess.Popen[str]]":
    """A stand-in for `bin/run` that has everything up, a group of its own as in a terminal."""
    layout.logs.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, STAND_IN, layout.root, str(free_port())],
        env=os.environ | {"PYTHONPATH": str(Path(supervisor.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"
    wait_for(lambda: (state := run_state.load(layout)) is not None and state.is_ready)
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    run_state.clear_orphans(layout)


def wait_for(condition: "supervisor.Callable[[], bool]") -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def state_of(layout: Layout) -> RunState:
    state = run_state.load(layout)
    assert state is not None
    return state


def test_ctrl_c_ends_all_it_started_and_nothing_else(
    layout: Layout, running: "subprocess.Popen[str]"
) -> None:
    state = state_of(layout)
    assert set(state.services) == {"web", "worker"}
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    os.killpg(running.pid, signal.SIGINT)

    assert running.wait(PATIENCE_S) == 0
    assert not any(process.is_alive() for process in state.services.values())
    assert is_port_free(state.port)
    assert run_state.load(layout) is None
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_stop_ends_it(
    layout: Layout, running: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of(layout)
    assert run_state.stop(layout) == 0
    assert running.wait(PATIENCE_S) == 0
    assert not any(process.is_alive() for process in state.services.values())
    assert "Stopped." in capsys.readouterr().out


def test_stop_with_nothing_running_says_so(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_state.stop(layout) == 0
    assert "Nothing runs from this folder." in capsys.readouterr().out


def test_a_second_one_is_told_where_the_first_is(
    layout: Layout, running: "subprocess.Popen[str]"
) -> None:
    with pytest.raises(SetupError, match="already runs from this folder") as refusal:
        run_state.take_lock(layout)
    assert state_of(layout).address in refusal.value.sentence
    assert "bin/run stop" in refusal.value.way_out


def test_what_a_killed_one_left_is_ended(layout: Layout, running: "subprocess.Popen[str]") -> None:
    state = state_of(layout)
    running.kill()
    running.wait()
    assert all(process.is_alive() for process in state.services.values()), "orphans remain"

    with run_state.take_lock(layout):
        assert run_state.clear_orphans(layout) is False

    assert not any(process.is_alive() for process in state.services.values())
    assert run_state.load(layout) is None


def test_a_service_that_dies_is_started_again(
    layout: Layout, running: "subprocess.Popen[str]"
) -> None:
    before = state_of(layout).services["worker"]
    os.kill(before.pid, signal.SIGKILL)
    wait_for(lambda: state_of(layout).services["worker"] != before)
    assert state_of(layout).services["worker"].is_alive()


def test_a_stale_record_of_somebody_elses_number_harms_nobody(layout: Layout) -> None:
    own = this_process()
    stale = ProcessId(own.pid, "an-earlier-boot:1")
    run_state.save(layout, RunState(stale, 8000, {"web": stale}, is_ready=True))

    assert run_state.running(layout) is None
    assert run_state.clear_orphans(layout) is False
    assert own.is_alive()
    assert run_state.load(layout) is None


def test_a_cut_off_record_is_as_good_as_none(layout: Layout) -> None:
    layout.run_state.mkdir(parents=True)
    run_state.state_file(layout).write_text('{"supervisor": {"pid"')
    assert run_state.load(layout) is None
    assert run_state.clear_orphans(layout) is False


def test_a_service_that_cannot_start_is_quoted(layout: Layout) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('no module named gis_grid')"]
    keeper = Supervisor(layout, RunState(this_process(), free_port()), {"web": broken})
    handlers = {number: signal.getsignal(number) for number in (1, 2, 15)}
    try:
        with pytest.raises(SetupError, match="no module named gis_grid"):
            keeper.run(lambda: pytest.fail("it never became healthy"))
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.usefixtures("quiet_proxy")
def test_health_is_asked_past_any_proxy(layout: Layout, running: "subprocess.Popen[str]") -> None:
    assert supervisor.health(state_of(layout).port) == ""


def test_no_server_is_no_health() -> None:
    assert "refused" in supervisor.health(free_port())


def test_what_the_services_stand_on_is_looked_after(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "BENEATH_EVERY_S", 0.0)
    monkeypatch.setattr(supervisor, "health", lambda _port: "")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        keeper.stop_asked = len(looks) == 3

    idle = {"worker": [sys.executable, "-c", "import time; time.sleep(60)"]}
    keeper = Supervisor(layout, RunState(this_process(), free_port()), idle, keep_beneath=look)
    keeper.run(lambda: None)
    assert len(looks) == 3
    assert not keeper.state.services["worker"].is_alive()
