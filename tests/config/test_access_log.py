"""The access log has a line for each answer, and nothing in it of what people type."""

import time

import pytest

from gis_grid.config import access_log

PHONE = "19900001234"


def test_a_line_says_who_asked_for_what_and_how_it_went(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "gis_grid.access"):
        access_log.logger.addHandler(caplog.handler)
        try:
            access_log.note(
                address="192.0.2.1",
                method="GET",
                path="/households/村\n192.0.2.2 [now] GET /forged 200",
                status=404,
                began=time.monotonic(),
            )
        finally:
            access_log.logger.removeHandler(caplog.handler)
    (line,) = caplog.messages
    assert line.startswith("192.0.2.1 [")
    assert "] GET /households/%E6%9D%91%0A192.0.2.2" in line
    assert " 404 " in line
    assert "\n" not in line
