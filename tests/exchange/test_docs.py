"""The guide names every column and every error code."""

from pathlib import Path

from django.conf import settings

from gis_grid.exchange.forms import (
    CAMERAS,
    DUTIES,
    FIXED_POINTS,
    HOUSEHOLDS,
    INCIDENT_STEPS,
    INCIDENTS,
    PEOPLE,
    SERVICE_POINTS,
    TAGS,
)
from gis_grid.exchange.refusals import _TEXTS
from gis_grid.exchange.report import TEXTS

GUIDE = Path(settings.BASE_DIR, "docs", "loading-data.md")


def test_every_error_code_is_in_the_guide() -> None:
    text = GUIDE.read_text()
    assert [code for code in (*TEXTS, *_TEXTS) if f"| `{code}` |" not in text] == []


def test_every_column_is_in_the_guide() -> None:
    text = GUIDE.read_text()
    forms = (
        HOUSEHOLDS, PEOPLE, TAGS, DUTIES, FIXED_POINTS, INCIDENTS, INCIDENT_STEPS, CAMERAS,
        SERVICE_POINTS,
    )  # fmt: skip
    titles = [form.title(key) for form in forms for key in form.columns]
    assert [title for title in titles if title not in text] == []
