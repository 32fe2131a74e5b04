"""Whose the logs of `bin/run` are."""

import stat

from setup_lib.layout import Layout


def test_logs_are_their_owners_alone(layout: Layout) -> None:
    layout.logs.mkdir(parents=True)
    path = layout.logs / "web.log"
    path.write_text("from before\n", "utf-8")
    path.chmod(0o644)
    with layout.open_log(path) as log:
        log.write(b"added\n")
    assert path.read_text("utf-8") == "from before\nadded\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.logs.stat().st_mode) == 0o700
    with layout.open_log(path, anew=True) as log:
        log.write(b"anew\n")
    assert path.read_text("utf-8") == "anew\n"
