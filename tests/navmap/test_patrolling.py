"""The pages of patrols: a route drawn and walked, a run judged, and for whom they are not."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from gis_grid.incidents.models import Incident
from gis_grid.patrols.models import Route, Run, Schedule, Squad
from tests.conftest import LIJIA, QUANFENG
from tests.incidents.test_pages import signed_in
from tests.patrols import conftest as patrols
from tests.patrols.conftest import Walk, along
from tests.patrols.test_runs import gpx

squad, route, walk = patrols.squad, patrols.route, patrols.walk
pytestmark = pytest.mark.django_db


def test_the_pages_of_a_patrol(walk: Walk, route: Route, cast: SimpleNamespace) -> None:
    run = walk()
    leader = signed_in(cast.leader)
    shown = leader.get(reverse("patrols")).content.decode()
    assert reverse("patrol_route", args=[route.pk]) in shown
    assert reverse("patrol_run", args=[run.pk]) in shown
    page = leader.get(reverse("patrol_run", args=[run.pk]))
    assert 'id="share"' in page.content.decode()
    assert page.context["shapes"]["walked"]
    assert [stop.name for stop, *_rest in page.context["passings"]] == ["桥头", "井边"]
    # Whoever may not see tracks learns no line of it.
    other = signed_in(cast.county).get(reverse("patrol_run", args=[run.pk]))
    assert not {"walked", "gaps", "detours"} & other.context["shapes"].keys()
    for user in (cast.outsider, cast.civil, cast.auditor):
        client = signed_in(user)
        for name, args in (("patrol_run", [run.pk]), ("patrol_route", [route.pk])):
            assert client.get(reverse(name, args=args)).status_code == 404
            assert client.post(reverse(name, args=args), {"act": "end"}).status_code == 404
    assert signed_in(cast.civil).get(reverse("patrols")).status_code == 403
    assert signed_in(cast.outsider).get(reverse("patrols")).context["routes"] == []


def test_a_member_walks_by_the_pages(route: Route, cast: SimpleNamespace) -> None:
    worker = signed_in(cast.worker)
    answer = worker.post(reverse("patrol_route", args=[route.pk]), {"act": "start"})
    run = Run.objects.get()
    page = reverse("patrol_run", args=[run.pk])
    assert answer["Location"] == page
    assert worker.post(page, {"act": "note", "text": "路面有坑"}).status_code == 302
    began = timezone.now() - dt.timedelta(minutes=30)
    Run.objects.filter(pk=run.pk).update(started_at=began)
    file = SimpleUploadedFile("a.gpx", gpx(along(began)))
    assert worker.post(page, {"act": "gpx", "file": file}).status_code == 302
    bad = SimpleUploadedFile("a.gpx", b"no")
    assert worker.post(page, {"act": "gpx", "file": bad}).status_code == 422
    assert worker.post(page, {"act": "fly"}).status_code == 422
    assert worker.post(page, {"act": "close"}).status_code == 403
    assert worker.post(page, {"act": "end"}).status_code == 302
    assert worker.post(page, {"act": "end"}).status_code == 409
    assert signed_in(cast.leader).post(page, {"act": "close"}).status_code == 302
    shown = worker.get(page)
    assert "路面有坑" in shown.content.decode()
    assert shown.context["percent"] > 99


def test_squads_and_schedules_by_forms(squad: Squad, route: Route, cast: SimpleNamespace) -> None:
    leader = signed_in(cast.leader)
    told = {"name": "二队", "area_code": QUANFENG, "leader": "leader", "members": ["worker"]}
    assert leader.post(reverse("new_squad"), {**told, "revision": "0"}).status_code == 302
    assert leader.post(reverse("new_squad"), {**told, "area_code": LIJIA}).status_code == 422
    assert leader.post(reverse("new_squad"), {**told, "members": ["outsider"]}).status_code == 422
    page = reverse("squad", args=[squad.pk])
    assert leader.post(page, {**told, "name": "改", "revision": "1"}).status_code == 302
    plan = {"days": ["MO", "FR"], "starts": "20:00", "minutes": "90", "holds_from": "2026-11-01"}
    where = reverse("patrol_route", args=[route.pk])
    assert leader.post(where, {**plan, "days": []}).status_code == 422
    assert leader.post(where, plan).status_code == 302
    assert Schedule.objects.get().rule == "FREQ=WEEKLY;BYDAY=MO,FR"
    for user, status in ((cast.worker, 403), (cast.county, 403)):
        assert signed_in(user).get(reverse("new_squad")).status_code == status
        assert signed_in(user).get(reverse("new_patrol_route")).status_code == status
        assert signed_in(user).post(where, plan).status_code == status
    assert Squad.objects.count() == 2


def test_lanes_of_the_month_on_a_page(walk: Walk, cast: SimpleNamespace) -> None:
    walk()
    worker = signed_in(cast.worker)
    page = worker.get(reverse("patrol_coverage"))
    assert page.status_code == 200
    assert page.context["runs"] == 1
    assert worker.get(reverse("patrol_coverage"), {"month": "2026-99"}).status_code == 422
    assert worker.get(reverse("patrol_coverage"), {"area": LIJIA}).status_code == 404
    assert signed_in(cast.surveyor).get(reverse("patrol_coverage")).status_code == 403


def test_what_is_found_on_a_run_is_reported_and_linked(walk: Walk, cast: SimpleNamespace) -> None:
    run = walk(end=False)
    worker = signed_in(cast.worker)
    page = reverse("patrol_run", args=[run.pk])
    assert f"{reverse('counter')}?run={run.pk}" in worker.get(page).content.decode()
    told = {"category": "road", "what": "路面塌陷", "area": QUANFENG, "severity": "2"}
    answer = worker.post(reverse("counter"), {**told, "run": run.pk})
    assert answer["Location"] == page
    (incident,) = run.incidents.all()
    assert incident.register_no in worker.get(page).content.decode()
    # Whoever does not walk it links nothing to it, and reports nothing by the way.
    other = signed_in(cast.police).post(reverse("counter"), {**told, "run": run.pk})
    assert other.status_code == 422
    assert run.incidents.count() == Incident.objects.count() == 1
