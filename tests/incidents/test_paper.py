"""What goes on paper: the file of a case, the circular; who may take it out, and what it shows."""

import io
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from gis_grid.audit.models import Entry
from gis_grid.incidents.models import Incident
from gis_grid.incidents.services.attaching import attach
from tests.conftest import LIJIA, QUANFENG
from tests.incidents.conftest import Make, lead
from tests.incidents.test_pages import page, signed_in

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def paper(client: Client, incident: Incident) -> object:
    return client.get(reverse("incident_pdf", args=[incident.pk]))


def test_the_file_on_paper_is_the_file_of_the_page(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, reporter_name="李大娘", reporter_phone="13873500001", address="村口桥头")
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "JPEG")
    content = picture.getvalue()
    attach(acting_user=cast.town, incident_id=incident.pk, name="现场.jpg", content=content)
    lead(incident, cast.town, "accept", "assign")
    answer = signed_in(cast.town).get(reverse("incident_pdf", args=[incident.pk]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    told = text_of(answer.content)
    for words in (incident.register_no, "村口桥头", "现场.jpg"):
        assert words in told
    for hidden in ("李大娘", "13873500001"):
        assert hidden not in told
    reader = PdfReader(io.BytesIO(answer.content))
    assert any(sheet.images for sheet in reader.pages)
    entry = Entry.objects.get(action="incident_exported")
    assert entry.subject_id == str(incident.pk)


def test_without_a_place_it_has_no_map(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, place=None, area=QUANFENG)
    assert signed_in(cast.town).get(reverse("incident_pdf", args=[incident.pk])).status_code == 200


def test_only_who_may_export_takes_a_file_out(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, complained_of=cast.office.username)
    address = reverse("incident_pdf", args=[incident.pk])
    worker = signed_in(cast.worker)
    assert worker.get(address).status_code == 403
    assert address not in worker.get(page(incident)).content.decode()
    for user in (cast.outsider, cast.office):
        assert signed_in(user).get(address).status_code == 404
    assert not Entry.objects.filter(action="incident_exported").exists()


def test_each_figure_of_the_circular_leads_to_its_list(make: Make, cast: SimpleNamespace) -> None:
    rows = [make(GRID), make(GRID), make(LIJIA + "001")]
    lead(rows[0], cast.town, "accept", "answer", "close")
    town = signed_in(cast.town)
    answer = town.get(reverse("circular"))
    total = answer.context["total"]
    assert [figure for figure, _address in total["cells"]] == [3, 1, 1, 1, 0, 0]
    for _caption, lines in answer.context["tables"]:
        for line in [*lines, total]:
            for figure, address in line["cells"]:
                # A zero leads nowhere.
                found = town.get(address).context["rows"] if address else []
                assert len(found) == figure, address
    assert 'class="circular-table"' in answer.content.decode()


def test_a_village_where_nothing_happened_stands_dimmed_in_the_circular(
    make: Make, cast: SimpleNamespace
) -> None:
    make(LIJIA + "001")
    town = signed_in(cast.town)
    villages = town.get(reverse("circular")).context["tables"][0][1]
    assert [(row["name"], row["is_empty"]) for row in villages] == [
        ("泉凤村", True), ("李家村", False),
    ]  # fmt: skip
    assert {address for _figure, address in villages[0]["cells"]} == {""}
    book = load_workbook(io.BytesIO(b"".join(town.get(reverse("circular_xlsx")).streaming_content)))
    first = next(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    assert first == ("泉凤村", 0, 0, 0, 0, 0, 0, None)
    assert "泉凤村" in text_of(town.get(reverse("circular_pdf")).content)


def test_a_period_before_or_a_broken_one_is_empty_or_this_month(
    make: Make, cast: SimpleNamespace
) -> None:
    make(GRID)
    town = signed_in(cast.town)
    before = town.get("/incidents/circular/?period=week&day=2020-02-29")
    assert before.context["total"] is None
    assert [row["name"] for row in before.context["tables"][0][1]] == ["泉凤村", "李家村"]
    assert "此期间没有事件" in before.content.decode()
    for day in ("", "x", "0001-01-01", "9999-12-31", "2026-02-30"):
        answer = town.get("/incidents/circular/", {"period": "moon", "day": day})
        assert answer.status_code == 200
    week = town.get("/incidents/circular/?period=week&day=2026-11-25").context
    assert (week["since"].isoformat(), week["until"].isoformat()) == ("2026-11-23", "2026-11-29")


def test_the_circular_as_a_workbook_and_as_a_pdf(make: Make, cast: SimpleNamespace) -> None:
    make(GRID)
    make(LIJIA + "001")
    leader = signed_in(cast.leader)
    answer = leader.get(reverse("circular_xlsx"))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    villages = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    # The leader of one village takes nothing of the other out.
    assert [row[1] for row in villages] == [1, 1]
    told = text_of(signed_in(cast.town).get(reverse("circular_pdf")).content)
    assert "2" in told
    assert Entry.objects.filter(action="circular_exported").count() == 2


@pytest.mark.parametrize("name", ["circular_pdf", "circular_xlsx"])
def test_others_take_no_circular_out(make: Make, cast: SimpleNamespace, name: str) -> None:
    make(GRID)
    for user in (cast.worker, cast.informant, cast.auditor, cast.nobody):
        assert signed_in(user).get(reverse(name)).status_code == 403
    assert Client().get(reverse(name)).status_code in (302, 401)
