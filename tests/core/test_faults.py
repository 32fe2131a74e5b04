"""A fault leaves a trace with a number, and nothing of what people wrote."""

import logging
import re
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg.errors import UniqueViolation

from gis_grid.config import urls
from gis_grid.core.faults import FaultFormatter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.test_faults")]
handler500 = urls.handler500
PHONE = "19900001234"


def broken(request: HttpRequest) -> HttpResponse:
    try:
        raise UniqueViolation(f"Key (phone)=({PHONE}) already exists")
    except UniqueViolation as error:
        raise ValueError(PHONE) from error


urlpatterns = [path("broken", broken), path("api/v1/broken", broken), *urls.urlpatterns]


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_number_on_the_page_stands_in_the_log(
    accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Client(raise_request_exception=False, headers={"accept": accept})
    answer = visitor.get(f"/broken?q={PHONE}", headers={"cookie": "sessionid=secretcookie"})
    assert answer.status_code == 500
    (record,) = [r for r in caplog.records if r.name == "django.request"]
    line = FaultFormatter().format(record)
    number = re.search(r"\[([0-9A-F]{8})\]", line)[1]
    assert number in answer.text
    assert "ERROR django.request" in line
    assert "/broken" in line
    assert "psycopg.errors.UniqueViolation (SQLSTATE 23505)" in line
    assert "which led to" in line
    assert line.endswith("builtins.ValueError")
    assert 'test_faults.py", line' in line
    assert PHONE not in line
    assert "secretcookie" not in line


def test_faults_go_to_the_log_of_the_process(settings: object) -> None:
    for name in ("django", "gis_grid"):
        handlers = logging.getLogger(name).handlers
        kinds = [type(handler.formatter) for handler in handlers]
        assert FaultFormatter in kinds
    assert settings.LOGGING["handlers"]["stderr"]["level"] == "ERROR"
    assert logging.StreamHandler().stream is sys.stderr
