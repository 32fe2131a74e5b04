"""The pages of incidents: who sees what, a case led on by forms, two people at once."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis_grid.accounts.models import User
from gis_grid.accounts.policies import Role
from gis_grid.incidents import workdays
from gis_grid.incidents.handling import handling_notes
from gis_grid.incidents.models import Category, DeadlineRule, Incident
from tests.conftest import LIJIA, QUANFENG, make_user
from tests.incidents.conftest import Make, lead, middle
from tests.incidents.pictures import picture

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
    return client


def page(incident: Incident) -> str:
    return reverse("incident", args=[incident.pk])


def send(client: Client, incident: Incident, step: str, **said: str) -> int:
    incident.refresh_from_db()
    data = {"step": step, "revision": str(incident.revision), **said}
    return client.post(page(incident), data).status_code


def test_a_case_from_the_counter_to_its_end(make: Make, cast: SimpleNamespace) -> None:
    town = signed_in(cast.town)
    told = {
        "category": "drain",
        "what": "水沟堵了 <b>三天</b>",
        "area": QUANFENG,
        "address": "村口",
        "severity": "2",
        "reporter_name": "李大娘",
        "reporter_phone": "13873500001",
    }
    answer = town.post(reverse("counter"), told)
    incident = Incident.objects.get()
    assert answer["Location"] == page(incident)
    assert incident.channel == "counter"
    shown = town.get(page(incident)).content.decode()
    assert incident.register_no in shown
    assert "&lt;b&gt;三天" in shown
    assert "李大娘" not in shown
    assert "13873500001" not in shown
    assert send(town, incident, "accept") == 302
    assert send(town, incident, "assign", assignee="police") == 302
    assert send(signed_in(cast.police), incident, "answer", text="已疏通") == 302
    assert send(town, incident, "close") == 302
    incident.refresh_from_db()
    assert incident.state == "closed"
    assert town.get(reverse("incidents")).content.decode().count("case-link") == 0
    assert incident.register_no in town.get("/incidents/?state=closed").content.decode()


def test_what_is_missing_is_said_beside_the_field(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    town = signed_in(cast.town)
    assert send(town, incident, "accept") == 302
    incident.refresh_from_db()
    answer = town.post(page(incident), {"step": "assign", "revision": incident.revision})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert town.post(reverse("counter"), {"what": ""}).status_code == 422
    assert Incident.objects.count() == 1


def test_the_second_of_two_sees_what_happened(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    lead(incident, cast.town, "accept")
    data = {"step": "accept", "revision": "1"}
    answer = signed_in(cast.office).post(page(incident), data)
    assert answer.status_code == 409
    assert "alert-info" in answer.content.decode()
    incident.refresh_from_db()
    assert incident.state == "accepted"


def test_wrong_steps_and_garbage_change_nothing(make: Make, cast: SimpleNamespace) -> None:
    incident = make(GRID)
    town = signed_in(cast.town)
    for data in (
        {"step": "nope", "revision": "1"},
        {"step": "accept", "revision": "x"},
        {"step": "close", "revision": str(incident.revision)},
        {},
    ):
        assert town.post(page(incident), data).status_code in (409, 422)
    assert (
        town.get("/incidents/?state=evil&since=never&before=9999999999999999999").status_code == 200
    )
    incident.refresh_from_db()
    assert incident.state == "reported"


def test_others_see_neither_the_case_nor_that_there_is_one(
    make: Make, cast: SimpleNamespace
) -> None:
    incident = make(GRID, complained_of=cast.worker.username)
    for user in (cast.outsider, make_user("sibling", Role.GRID_WORKER, LIJIA), cast.worker):
        client = signed_in(user)
        assert client.get(page(incident)).status_code == 404
        assert client.post(page(incident), {"step": "accept", "revision": "1"}).status_code == 404
        assert "case-link" not in client.get(reverse("incidents")).content.decode()
    assert Client().get(page(incident)).status_code in (302, 401)
    away = signed_in(cast.outsider)
    told = {"category": "drain", "what": "x", "area": LIJIA, "severity": "2"}
    assert away.post(reverse("counter"), told).status_code == 422
    assert Incident.objects.count() == 1


def test_the_board_has_a_column_for_each_state(make: Make, cast: SimpleNamespace) -> None:
    waits, taken = make(GRID, what="水沟堵了"), make(GRID, what="路灯不亮")
    town = signed_in(cast.town)
    send(town, taken, "accept")
    shown = town.get(reverse("incidents_board")).content.decode()
    first, second = shown.index('id="lane-reported"'), shown.index('id="lane-accepted"')
    assert first < shown.index(page(waits)) < second < shown.index(page(taken))
    filtered = town.get(reverse("incidents_board"), {"q": "路灯"}).content.decode()
    assert page(taken) in filtered
    assert page(waits) not in filtered


def test_the_board_shows_what_is_due_first_and_leads_to_the_rest(
    make: Make, cast: SimpleNamespace
) -> None:
    made = [make(GRID) for _ in range(10)]
    soon = made[-1]
    Incident.objects.filter(pk=soon.pk).update(step_due_at=soon.reported_at)
    shown = signed_in(cast.town).get(reverse("incidents_board")).content.decode()
    cases = [one for one in made if page(one) in shown]
    assert len(cases) == 8
    assert min(cases, key=lambda one: shown.index(page(one))) == soon
    assert f"{reverse('incidents')}?state=reported" in shown


def test_the_board_of_others_shows_nothing_of_it(make: Make, cast: SimpleNamespace) -> None:
    made = make(GRID)
    made.complained_of = cast.worker
    made.save()
    for user in (cast.outsider, cast.worker):
        assert page(made) not in signed_in(user).get(reverse("incidents_board")).content.decode()
    assert Client().get(reverse("incidents_board")).status_code in (302, 401)


def test_whom_it_complains_of_is_chosen_at_the_counter(
    ground: object, cast: SimpleNamespace
) -> None:
    town = signed_in(cast.town)
    form = town.get(reverse("counter")).content.decode()
    assert f'<option value="{cast.worker.username}">' in form
    assert f'<option value="{cast.outsider.username}">' not in form
    told = {"category": "drain", "what": "不来", "area": QUANFENG, "severity": "2"}
    town.post(reverse("counter"), {**told, "complained_of": cast.worker.username})
    made = Incident.objects.get()
    assert made.complained_of == cast.worker
    assert str(cast.worker) in town.get(page(made)).content.decode()
    assert signed_in(cast.worker).get(page(made)).status_code == 404


def test_what_was_written_stays_where_the_person_does_not_report(
    ground: object, cast: SimpleNamespace
) -> None:
    lon, lat = middle(LIJIA + "001")
    told = {"category": "drain", "what": "水沟堵了", "lon": lon, "lat": lat, "severity": "2"}
    answer = signed_in(cast.worker).post(reverse("counter"), told)
    assert answer.status_code == 422
    assert "水沟堵了" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    nowhere = signed_in(cast.worker).post(reverse("counter"), {**told, "lon": "nan"})
    assert 'role="alert"' in nowhere.content.decode()
    assert not Incident.objects.exists()


def test_words_that_turn_the_line_round_stay_within_theirs(
    make: Make, cast: SimpleNamespace
) -> None:
    first = make(GRID, what="\u202eevil")
    second = make(GRID)
    assert "<bdi>\u202eevil</bdi>" in signed_in(cast.town).get(page(second)).content.decode()
    assert first.what == "\u202eevil"


def test_a_photo_comes_with_the_report_or_is_refused_by_itself(
    ground: object, cast: SimpleNamespace
) -> None:
    worker = signed_in(cast.worker)
    told = {"category": "drain", "what": "水沟堵了", "area": QUANFENG, "severity": "2"}
    fake = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")
    shown = worker.post(reverse("counter"), {**told, "photo": fake}, follow=True)
    made = Incident.objects.get()
    assert made.register_no in shown.content.decode()
    assert [message.level_tag for message in shown.context["messages"]] == ["info", "error"]
    assert not made.attachments.exists()
    photo = SimpleUploadedFile("现场.jpg", picture())
    assert worker.post(reverse("counter"), {**told, "photo": photo}).status_code == 302
    latest = Incident.objects.latest("pk")
    assert latest.attachments.get().content_type == "image/jpeg"


def test_the_counter_knows_who_handles_what_and_until_when(cast: SimpleNamespace) -> None:
    today = timezone.localdate()
    drain = Category.objects.get(code="drain")
    told = {"kind": "", "state": "", "source": "县里", "since": today}
    DeadlineRule.objects.create(**told, category=drain.parent, working_days=3)
    notes = signed_in(cast.town).get(reverse("counter")).context["config"]["handling"]
    until = workdays.after(today, 3).day
    assert notes["drain"] == f"承办：{drain.get_office_display()} · 3 个工作日内办结，截止 {until}"
    # Its own goes before that of its branch, and one that does not hold yet is none.
    DeadlineRule.objects.create(**told, category=drain, minutes=90)
    later = told | {"since": today + dt.timedelta(days=1)}
    DeadlineRule.objects.create(**later, category=drain, minutes=5)
    assert "90 分钟内办结" in handling_notes()["drain"]
    assert "24 小时内办结" in handling_notes()["brawl"]
    DeadlineRule.objects.all().delete()
    assert handling_notes()["drain"] == f"承办：{drain.get_office_display()}"
