"""Who may take out what, what the log says of it, and what no file tells."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.exchange.models import TakenOut
from gis_grid.exchange.out import making
from gis_grid.exchange.tasks import drop_old_files, make_file
from gis_grid.households.models import Household
from tests.conftest import LIJIA, OTHER_VILLAGE, QUANFENG

pytestmark = pytest.mark.django_db
Take = Callable[..., TakenOut]
FORMS = ("xlsx", "csv", "gpkg", "shp", "geojson", "kml")
GRID = QUANFENG + "001"


def features(kept: TakenOut) -> list[dict[str, Any]]:
    return list(json.loads(kept.path.read_text())["features"])


def codes(kept: TakenOut) -> list[str]:
    return [one["properties"]["code"] for one in features(kept)]


def test_only_what_one_may_take_out(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take
) -> None:
    own, far, other = household(GRID), household(LIJIA + "001"), household(OTHER_VILLAGE + "001")
    assert codes(take(cast.leader, "households", "geojson")) == [own.code]
    assert codes(take(cast.office, "households", "geojson")) == [own.code, far.code]
    assert other.code in codes(take(cast.county, "households", "geojson"))
    for user in (cast.worker, cast.police, cast.surveyor, cast.outsider, cast.auditor, cast.nobody):
        with pytest.raises(NotAllowedError):
            take(user, "households", "geojson")
    with pytest.raises(MissingError):
        take(cast.civil, "cameras", "geojson")
    with pytest.raises(MissingError):
        take(cast.civil, "nothing", "geojson")


@pytest.mark.parametrize("form", FORMS)
def test_a_welfare_tag_is_in_no_file_of_those_who_may_not_see_it(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take, form: str
) -> None:
    household(GRID, tags=("low_income",))
    for user, seen in ((cast.office, False), (cast.civil, True)):
        raw = take(user, "households", form).path.read_bytes()
        if form not in ("xlsx", "shp"):
            assert (b"low_income" in raw or "低保".encode() in raw) is seen
    with pytest.raises(InputError):
        take(cast.office, "households", form, query={"tags": "low_income"})


def test_the_view_as_filtered(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take
) -> None:
    one = household(GRID, tags=("deputy",))
    household(QUANFENG + "002")
    two = household(LIJIA + "001", tags=("deputy",))
    asked = {"tags": "deputy", "mode": "any"}
    assert codes(take(cast.town, "households", "geojson", query=asked)) == [one.code, two.code]
    asked |= {"area": QUANFENG}
    assert codes(take(cast.town, "households", "geojson", query=asked)) == [one.code]
    near = {"bbox": "112.40,25.6,112.41,25.61"}
    assert codes(take(cast.town, "households", "geojson", query=near)) == [one.code]
    assert len(features(take(cast.town, "small_grids", "geojson", query={"area": LIJIA}))) == 2
    chosen = features(take(cast.town, "households", "geojson", columns=["people", "code"]))[0]
    assert list(chosen["properties"]) == ["people", "code"]
    for bad in ({"area": "12"}, {"bbox": "1,2"}, {"tags": "nonsense"}):
        with pytest.raises(InputError):
            take(cast.town, "households", "geojson", query=bad)
    with pytest.raises(InputError):
        take(cast.town, "households", "geojson", columns=["head_name"])


def test_a_purpose_is_needed_and_logged(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take
) -> None:
    household(GRID)
    for purpose in ("", "  ", "12", "aaaaaaa"):
        with pytest.raises(InputError):
            take(cast.town, "households", "csv", purpose=purpose)
    assert not Entry.objects.filter(action="data_exported").exists()
    take(cast.town, "households", "csv", query={"area": QUANFENG})
    entry = Entry.objects.get(action="data_exported")
    assert (entry.actor, entry.subject_id, entry.area_code) == (
        "town",
        "households",
        "431024111000",
    )
    assert entry.detail == {
        "form": "csv",
        "purpose": "季度走访安排",
        "rows": 1,
        "filters": {"area": QUANFENG},
    }


def test_incidents_never_tell_who_reported_and_hide_from_whom_they_complain_of(
    cast: SimpleNamespace, ground: dict[str, object], take: Take
) -> None:
    from gis_grid.incidents.selectors import categories_of_today
    from gis_grid.incidents.services.reporting import Report, report

    every = categories_of_today()
    leaf = next(one for one in every if one.pk not in {other.parent_id for other in every})
    told = {"category": leaf.code, "place": (112.405, 25.605), "channel": "map"}
    report(
        acting_user=cast.worker,
        told=Report(what="路灯不亮", reporter_name="何举报", reporter_phone="13800138000", **told),
    )
    report(acting_user=cast.worker, told=Report(what="态度差", complained_of="leader", **told))
    text = take(cast.leader, "incidents", "geojson").path.read_text()
    assert "路灯不亮" in text
    assert "态度差" not in text
    assert "何举报" not in text
    assert "13800138000" not in text
    asked = {"q": "态度", "state": ""}
    assert "态度差" in take(cast.town, "incidents", "geojson", query=asked).path.read_text()
    assert "态度" not in str(list(Entry.objects.values_list("detail", flat=True)))
    assert take(cast.town, "incidents", "geojson", query={"state": "closed"}).rows == 0


def test_a_long_list_is_made_by_the_worker(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _number in range(3):
        household(GRID)
    monkeypatch.setattr(making, "AT_ONCE", 2)
    kept = take(cast.town, "households", "csv")
    assert (kept.state, kept.expected) == ("waiting", 3)
    assert not kept.path.exists()
    with pytest.raises(MissingError):
        making.fetch(acting_user=cast.town, key=kept.pk)
    make_file(str(kept.pk))
    kept.refresh_from_db()
    assert (kept.state, kept.rows) == ("done", 3)
    assert making.fetch(acting_user=cast.town, key=kept.pk) == kept
    for user, error in ((cast.office, MissingError), (cast.worker, NotAllowedError)):
        with pytest.raises(error):
            making.fetch(acting_user=user, key=kept.pk)
    with pytest.raises(MissingError):
        making.fetch(acting_user=cast.town, key=uuid.uuid4())
    assert Entry.objects.filter(action="export_fetched").count() == 1


def test_who_has_lost_the_role_meanwhile_gets_nothing(
    cast: SimpleNamespace,
    household: Callable[..., Household],
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    household(GRID)
    monkeypatch.setattr(making, "AT_ONCE", 0)
    kept = take(cast.town, "households", "csv")
    cast.town.assignments.all().delete()
    with pytest.raises(NotAllowedError):
        make_file(str(kept.pk))
    kept.refresh_from_db()
    assert kept.state == "failed"
    assert kept.message
    assert not list(kept.path.parent.iterdir())


def test_files_end_after_their_days(
    cast: SimpleNamespace, household: Callable[..., Household], take: Take
) -> None:
    household(GRID)
    kept, new = (take(cast.town, "households", "csv") for _again in range(2))
    TakenOut.objects.filter(pk=kept.pk).update(asked_at=kept.asked_at - dt.timedelta(days=4))
    drop_old_files(timestamp=0)
    kept.refresh_from_db()
    assert (kept.state, kept.path.exists(), new.path.exists()) == ("over", False, True)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["households", "roads", "incidents", "small_grids"])
def test_nothing_is_a_file_too(
    cast: SimpleNamespace, ground: dict[str, object], take: Take, form: str, name: str
) -> None:
    kept = take(cast.town, name, form, query={"area": OTHER_VILLAGE})
    assert (kept.rows, kept.state) == (0, "done")
    assert kept.bytes > 0
