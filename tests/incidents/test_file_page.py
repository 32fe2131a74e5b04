"""The file of a case: given to a person, merged with one told before, its reporter revealed."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from gis_grid.accounts.policies import Role
from gis_grid.audit.models import Entry
from gis_grid.incidents.models import Incident
from tests.conftest import LIJIA, QUANFENG, make_user
from tests.incidents.conftest import Make, lead
from tests.incidents.test_pages import page, send, signed_in

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
TOLD = {"reporter_name": "李大娘", "reporter_phone": "13873500001"}
WHY = "回访群众，核实情况"


def test_it_can_be_given_to_a_person(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, complained_of=cast.leader.username)
    lead(incident, cast.town, "accept")
    town = signed_in(cast.town)
    shown = town.get(page(incident)).content.decode()
    assert 'value="person:worker"' in shown
    # Neither whom it complains of nor those of another village.
    make_user("sibling", Role.GRID_WORKER, LIJIA)
    shown = town.get(page(incident)).content.decode()
    for name in ("leader", "sibling", "outsider"):
        assert f'value="person:{name}"' not in shown
    assert send(town, incident, "assign", assignee="person:leader") == 422
    assert send(town, incident, "assign", assignee="person:worker") == 302
    incident.refresh_from_db()
    assert incident.assignee_user == cast.worker


def test_what_was_told_twice_goes_on_as_one(make: Make, cast: SimpleNamespace) -> None:
    first, second = make(GRID), make(GRID, **TOLD)
    town = signed_in(cast.town)
    assert first.register_no in town.get(page(second)).content.decode()
    told = {"act": "merge", "into": str(first.pk), "revision": str(second.revision)}
    # Who only looks is offered nothing, and a stale page merges nothing.
    police = signed_in(cast.police)
    assert first.register_no not in police.get(page(second)).content.decode()
    assert police.post(page(second), told).status_code == 403
    assert town.post(page(second), {**told, "revision": "99"}).status_code == 409
    assert town.post(page(second), {**told, "into": "x"}).status_code == 404
    answer = town.post(page(second), told)
    assert answer["Location"] == page(first)
    shown = town.get(page(first)).content.decode()
    assert "李*娘" in shown or "李**" in shown
    assert second.register_no in shown
    assert first.register_no in town.get(page(second)).content.decode()
    assert town.post(page(second), told).status_code == 409


def test_the_reporter_is_shown_once_with_a_reason(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID, **TOLD)
    told = {"act": "reveal", "of": str(incident.pk), "detail": "phone", "purpose": WHY}
    town = signed_in(cast.town)
    before = Entry.objects.filter(action="personal_revealed").count()
    assert town.post(page(incident), {**told, "purpose": ""}).status_code == 422
    assert town.post(page(incident), {**told, "detail": "id"}).status_code == 422
    assert Entry.objects.filter(action="personal_revealed").count() == before
    answer = town.post(page(incident), told)
    assert "13873500001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "13873500001" not in town.get(page(incident)).content.decode()
    entry = Entry.objects.filter(action="personal_revealed").latest("pk")
    assert (entry.subject_id, entry.detail["reason"]) == (str(incident.pk), WHY)


def test_revealing_needs_the_permission_and_this_file(make: Make, cast: SimpleNamespace) -> None:
    incident, other = make(GRID, **TOLD), make(GRID, **TOLD)
    told = {"act": "reveal", "of": str(incident.pk), "detail": "name", "purpose": WHY}
    informant = signed_in(cast.informant)
    assert "reveal" not in informant.get(page(incident)).content.decode()
    assert informant.post(page(incident), told).status_code == 403
    assert signed_in(cast.outsider).post(page(incident), told).status_code == 404
    town = signed_in(cast.town)
    for of in (str(other.pk), "0", "x", "9" * 30):
        assert town.post(page(incident), {**told, "of": of}).status_code == 404
    assert Incident.objects.filter(state="reported").count() == 2
    assert town.post(reverse("incident", args=[incident.pk]), {"act": "x"}).status_code == 422
