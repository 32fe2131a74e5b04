"""What may be recorded as a hearing of a plan: a day that can be, minutes that are a document."""

import datetime as dt
import io
import zipfile
from types import SimpleNamespace

import pytest
from django.utils import timezone

from gis_grid.core.errors import InputError
from gis_grid.territory.models import Plan
from gis_grid.territory.plans import talk
from tests.conftest import QUANFENG

pytestmark = pytest.mark.django_db
WORD = ("[Content_Types].xml", "word/document.xml")


def archive(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for part in parts:
            file.writestr(part, "<x/>")
    return made.getvalue()


def held(draft: Plan, cast: SimpleNamespace, day: dt.date, data: bytes | None = None) -> str:
    minutes = talk.Minutes("记录.docx", data) if data is not None else None
    found = talk.hold_hearing(
        plan_id=draft.pk,
        acting_user=cast.town,
        village=QUANFENG,
        held_on=day,
        present=20,
        minutes=minutes,
    )
    return found.minutes_type


def test_minutes_as_a_document(draft: Plan, cast: SimpleNamespace) -> None:
    kind = held(draft, cast, timezone.localdate(), archive(*WORD, "word/styles.xml"))
    assert kind.endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    "data",
    [archive("a.txt"), archive(WORD[0]), archive(*WORD)[:60], b"PK\x03\x04", b"", b"<svg/>"],
    ids=["another archive", "half", "cut off", "begins so", "empty", "drawing"],
)
def test_what_only_looks_like_a_document(draft: Plan, cast: SimpleNamespace, data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        held(draft, cast, timezone.localdate(), data)
    assert refused.value.where == "file"
    assert not draft.hearings.exists()


@pytest.mark.parametrize("days", [1, -367 - 30])
def test_a_day_that_cannot_be(draft: Plan, cast: SimpleNamespace, days: int) -> None:
    with pytest.raises(InputError) as refused:
        held(draft, cast, timezone.localdate() + dt.timedelta(days=days))
    assert refused.value.where == "held_on"
    assert not draft.hearings.exists()
