"""The county edits categories and deadlines by hand; nobody else does."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gis_grid.incidents.models import Category, DeadlineRule
from tests.incidents.test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
TOLD = {
    "act": "category", "code": "well", "parent": "", "name": "水井浑浊", "kind": "general",
    "field": "affairs", "office": "office", "order": "5", "source": "县〔2026〕8号",
    "starts_on": "2026-01-01",
}  # fmt: skip
DEADLINE = {"act": "deadline", "state": "", "working_days": "3", "source": "县〔2026〕8号"}


def test_a_category_from_its_making_to_its_end(cast: SimpleNamespace) -> None:
    county, pages = signed_in(cast.county), reverse("incident_rules")
    assert "路灯" in county.get(pages).content.decode()
    branch = Category.objects.filter(parent=None).first()
    assert branch is not None
    answer = county.post(pages, {**TOLD, "parent": branch.code})
    page = reverse("incident_category", args=["well"])
    assert answer["Location"] == page
    assert county.post(pages, TOLD).status_code == 422
    since = {**DEADLINE, "since": timezone.localdate().isoformat()}
    assert county.post(page, since)["Location"] == page
    assert DeadlineRule.objects.get(category__code="well").working_days == 3
    assert county.post(page, {**since, "minutes": "30"}).status_code == 422
    # The code stays what it is, whatever a form says.
    changed = {**TOLD, "code": "other", "name": "井水浑浊", "ends_on": "2026-12-31"}
    assert county.post(page, changed)["Location"] == page
    made = Category.objects.get(code="well")
    assert (made.name, made.parent, str(made.ends_on)) == ("井水浑浊", None, "2026-12-31")
    assert county.post(page, {**changed, "ends_on": "2025-01-01"}).status_code == 422
    assert "井水浑浊" in county.get(page).content.decode()


def test_a_deadline_of_a_kind(cast: SimpleNamespace) -> None:
    county, pages = signed_in(cast.county), reverse("incident_rules")
    told = {**DEADLINE, "kind": "mediation", "state": "mediating", "since": "2027-01-01"}
    assert county.post(pages, told)["Location"] == pages
    rule = DeadlineRule.objects.get(kind="mediation", state="mediating", since="2027-01-01")
    assert rule.source == "县〔2026〕8号"
    assert county.post(pages, {**told, "source": ""}).status_code == 422


def test_only_the_county_has_these_pages(cast: SimpleNamespace) -> None:
    for page in (reverse("incident_rules"), reverse("incident_category", args=["lamp"])):
        for user in (cast.town, cast.worker, cast.auditor, cast.outsider):
            assert signed_in(user).get(page).status_code in (403, 404)
            assert signed_in(user).post(page, TOLD).status_code in (403, 404)
        assert Client().get(page).status_code in (302, 401)
    assert (
        signed_in(cast.county).get(reverse("incident_category", args=["no-such"])).status_code
        == 404
    )
    assert not Category.objects.filter(code="well").exists()
    assert reverse("incident_rules") not in signed_in(cast.town).get("/incidents/").content.decode()
    assert reverse("incident_rules") in signed_in(cast.county).get("/incidents/").content.decode()
