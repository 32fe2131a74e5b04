"""The public notice: what hangs on the wall, who may print it, and what never stands on it."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from gis_grid.audit.models import Entry
from gis_grid.core.pdf import pdf_of
from gis_grid.households.models import Household
from gis_grid.territory.models import Plan
from gis_grid.territory.plans.publishing import publish_plan
from tests.conftest import QUANFENG
from tests.plans.conftest import at, draw_on, new_draft, vetted

A = QUANFENG + "001"


def page_of(user: Any, plan: Plan, tail: str = "notice/") -> Any:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client.get(f"/plans/{plan.pk}/{tail}")


@pytest.fixture
def published(ground: object, cast: SimpleNamespace) -> Plan:
    plan = new_draft(cast.town)
    lines = [[at(0.5, -0.1), at(0.5, 1.1)]]
    draw_on(plan, cast.town, type="split", grid=A, lines=lines, names=["东头组"])
    vetted(plan, cast.town, cast.county)
    publish_plan(plan_id=plan.pk, acting_user=cast.county)
    plan.refresh_from_db()
    return plan


def test_it_tells_the_grids_and_what_changed(published: Plan, cast: SimpleNamespace) -> None:
    text = page_of(cast.leader, published).content.decode()
    assert "泉凤村网格划分" in text
    assert "东头组" in text
    assert "新设" in text
    assert "边界调整" in text
    assert "李家村" not in text


def test_households_do_not_stand_on_it(
    published: Plan, cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    one = household(A, tags=("low_income",))
    text = page_of(cast.town, published).content.decode()
    assert one.code not in text
    assert one.head_name not in text
    assert "户" not in text.replace("户数", "")


def test_the_pdf_holds_chinese_and_is_logged(published: Plan, cast: SimpleNamespace) -> None:
    answer = page_of(cast.town, published, "notice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert 5_000 < len(answer.content) < 5_000_000
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert "东头组" in "".join(page.extract_text() for page in pages)
    assert Entry.objects.filter(action="plan_notice_exported").count() == 1


def test_a_pdf_reads_no_address_and_no_file(tmp_path: Path) -> None:
    """Each picture would show in the PDF if it were read."""
    picture = tmp_path / "own.png"
    Image.new("RGB", (8, 8), "red").save(picture)
    inline = base64.b64encode(picture.read_bytes()).decode()
    for address in (
        picture.as_uri(),
        f"data:image/png;base64,{inline}",
        "http://127.0.0.1:9/a.png",
    ):
        style = f"<style>@import url({picture.as_uri()});</style>"
        page = pdf_of(f"<html><head>{style}</head><body><img src='{address}'>字</body></html>")
        assert len(PdfReader(io.BytesIO(page)).pages[0].images) == 0


@pytest.mark.parametrize("tail", ["notice/", "notice.pdf"])
def test_only_vetted_plans_and_only_in_sight(
    ground: object, cast: SimpleNamespace, published: Plan, tail: str
) -> None:
    assert page_of(cast.outsider, published, tail).status_code == 404
    draft = new_draft(cast.town)
    assert page_of(cast.town, draft, tail).status_code == 409
    assert page_of(cast.informant, draft, tail).status_code == 404
