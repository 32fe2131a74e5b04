"""Two change one household: different fields merge, the same field waits for a person."""

from types import SimpleNamespace
from typing import Any

import pytest

from gis_grid.fieldsync.models import Conflict
from gis_grid.households.models import Household
from gis_grid.households.selectors import masked_phone
from gis_grid.households.services.registering import change_household
from tests.conftest import QUANFENG
from tests.fieldsync.operations import operation, push
from tests.fieldsync.tablets import Tablet


@pytest.fixture
def home(household: Any) -> Household:
    made: Household = household(QUANFENG + "001", tags=("party_member",))
    return made


@pytest.fixture
def tablet(home: Household, cast: SimpleNamespace) -> Tablet:
    return Tablet(cast.surveyor)


def change(home: Household, old: dict[str, Any], **new: Any) -> dict[str, Any]:
    return operation("household", "change", server_id=home.pk, old=old, **new)


def test_what_only_the_tablet_changed_is_written(tablet: Tablet, home: Household) -> None:
    [receipt] = push(tablet, change(home, {"note": ""}, note="门口有井"))
    home.refresh_from_db()
    assert (receipt["outcome"], home.note) == ("applied", "门口有井")
    assert receipt["rev"] == home.revision


def test_different_fields_merge(tablet: Tablet, home: Household, cast: SimpleNamespace) -> None:
    change_household(acting_user=cast.office, household_id=home.pk, values={"note": "新桥边"})
    [receipt] = push(tablet, change(home, {"address": home.address}, address="上坪12号"))
    home.refresh_from_db()
    assert receipt["outcome"] == "applied"
    assert (home.note, home.address) == ("新桥边", "上坪12号")


def test_the_same_field_keeps_the_servers_value(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    before = home.address
    change_household(acting_user=cast.office, household_id=home.pk, values={"address": "桥头1号"})
    sent = change(home, {"address": before, "note": ""}, address="桥头2号", note="两层")
    [receipt] = push(tablet, sent)
    home.refresh_from_db()
    assert receipt["outcome"] == "conflict"
    assert (home.address, home.note) == ("桥头1号", "两层")
    [clash] = receipt["conflicts"]
    assert {name: clash[name] for name in ("field", "old", "mine", "theirs", "open")} == {
        "field": "address",
        "old": before,
        "mine": "桥头2号",
        "theirs": "桥头1号",
        "open": True,
    }


def test_the_same_value_by_two_is_no_conflict(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    before = home.address
    change_household(acting_user=cast.office, household_id=home.pk, values={"address": "桥头1号"})
    [receipt] = push(tablet, change(home, {"address": before}, address="桥头1号"))
    assert receipt["outcome"] == "duplicate"
    assert not Conflict.objects.exists()


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "桥头2号"), ("theirs", "桥头1号"), ("other", "桥头3号")]
)
def test_a_person_settles_it(
    tablet: Tablet, home: Household, cast: SimpleNamespace, choice: str, kept: str
) -> None:
    clash = _clash(tablet, home, cast)
    body = {"choice": choice, "theirs": "桥头1号", "value": "桥头3号"}
    status, settled = tablet(f"sync/conflicts/{clash}", body)
    assert (status, settled["open"]) == (200, False)
    home.refresh_from_db()
    assert home.address == kept
    assert tablet("sync/conflicts")[1]["conflicts"] == []
    assert tablet(f"sync/conflicts/{clash}", body)[0] == 409


def test_a_value_that_changed_once_more_is_shown_first(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    clash = _clash(tablet, home, cast)
    change_household(acting_user=cast.office, household_id=home.pk, values={"address": "桥头9号"})
    status, body = tablet(f"sync/conflicts/{clash}", {"choice": "mine", "theirs": "桥头1号"})
    assert status == 409
    assert body["error"]["details"] == {"theirs": "桥头9号"}
    home.refresh_from_db()
    assert home.address == "桥头9号"


def test_the_office_settles_for_the_surveyor(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    clash = _clash(tablet, home, cast)
    office = Tablet(cast.office)
    assert [one["id"] for one in office("sync/conflicts")[1]["conflicts"]] == [clash]
    assert office(f"sync/conflicts/{clash}", {"choice": "mine", "theirs": "桥头1号"})[0] == 200


def test_each_reader_is_told_whose_change_it_is(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    cast.surveyor.display_name = "张三"
    cast.surveyor.save()
    _clash(tablet, home, cast)
    office = Tablet(cast.office)
    [own] = tablet("sync/conflicts")[1]["conflicts"]
    [other] = office("sync/conflicts")[1]["conflicts"]
    assert (own["person"], own["is_own"]) == ("张三", True)
    assert (other["person"], other["is_own"]) == ("张三", False)
    _status, told = tablet("sync/receipts", {"op_ids": [own["op_id"]]})
    [in_receipt] = told["receipts"][0]["conflicts"]
    assert (in_receipt["person"], in_receipt["is_own"]) == ("张三", True)
    body = {"choice": "mine", "theirs": "桥头1号"}
    assert office(f"sync/conflicts/{own['id']}", body)[1]["is_own"] is False


def test_a_stranger_sees_no_conflict(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    clash = _clash(tablet, home, cast)
    for other in (cast.outsider, cast.informant, cast.nobody):
        stranger = Tablet(other)
        assert stranger("sync/conflicts")[1]["conflicts"] == []
        body = {"choice": "mine", "theirs": "桥头1号"}
        assert stranger(f"sync/conflicts/{clash}", body)[0] == 404


def test_tags_are_given_and_ended(tablet: Tablet, home: Household) -> None:
    old = {"tag:deputy": False, "tag:party_member": True}
    sent = change(home, old, tag__deputy=True, tag__party_member=False)
    [receipt] = push(tablet, sent)
    assert receipt["outcome"] == "applied", receipt
    home.refresh_from_db()
    held = {row.tag.slug for row in home.tags.filter(ends_on=None)}
    assert held == {"deputy"}


def test_a_tag_that_one_may_not_see_is_no_field(tablet: Tablet, home: Household) -> None:
    [receipt] = push(tablet, change(home, {}, tag__low_income=True))
    assert (receipt["outcome"], receipt["where"]) == ("rejected", "tag:low_income")


def test_a_house_moves_with_its_grid(tablet: Tablet, home: Household) -> None:
    assert home.geom is not None
    there = [home.geom.x + 0.01, home.geom.y]
    [receipt] = push(tablet, change(home, {"place": list(home.geom.coords)}, place=there))
    assert receipt["outcome"] == "applied"
    home.refresh_from_db()
    assert home.area_code == QUANFENG + "002"


def test_a_visit_that_changes_nothing(tablet: Tablet, home: Household) -> None:
    sent = operation("household", "visit", server_id=home.pk)
    [receipt] = push(tablet, sent)
    [again] = push(tablet, sent)
    assert receipt["outcome"] == again["outcome"] == "applied"
    assert home.visits.count() == 1


def test_a_new_household_and_what_is_done_with_it_offline(tablet: Tablet) -> None:
    made = operation(
        "household", "create", address="新屋1号", head_name="王小明", origin="resident",
        place=[112.405, 25.605],
    )  # fmt: skip
    later = operation("household", "change", seq=2, record=made["record"], note="刚建好")
    visit = operation("household", "visit", seq=3, record=made["record"])
    outcomes = [receipt["outcome"] for receipt in push(tablet, made, later, visit)]
    assert outcomes == ["applied"] * 3
    home = Household.objects.get(address="新屋1号")
    assert (home.note, home.area_code) == ("刚建好", QUANFENG + "001")


def test_a_masked_value_is_compared_as_it_was_shown(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    change_household(acting_user=cast.office, household_id=home.pk, values={"phone": "13800001234"})
    [receipt] = push(tablet, change(home, {"phone": "138****1234"}, phone="13800005678"))
    assert receipt["outcome"] == "applied"


def _clash(tablet: Tablet, home: Household, cast: SimpleNamespace) -> int:
    before = home.address
    change_household(acting_user=cast.office, household_id=home.pk, values={"address": "桥头1号"})
    [receipt] = push(tablet, change(home, {"address": before}, address="桥头2号"))
    found: int = receipt["conflicts"][0]["id"]
    return found


def test_a_conflict_knows_where_the_house_stands(
    tablet: Tablet, home: Household, cast: SimpleNamespace
) -> None:
    _clash(tablet, home, cast)
    [clash] = tablet("sync/conflicts")[1]["conflicts"]
    assert home.geom is not None
    assert clash["place"] == clash["their_place"] == list(home.geom.coords)


def test_a_welfare_tag_is_no_business_of_an_office_without_it(
    home: Household, cast: SimpleNamespace
) -> None:
    """The worker sees the tag and changes it; the comprehensive office settles, but not this."""
    sent = change(
        home, {"tag:low_income": True, "address": "别处"}, tag__low_income=False, address="x"
    )
    [receipt] = push(Tablet(cast.worker), sent)
    fields = {one["field"] for one in receipt["conflicts"]}
    assert fields == {"address"}
    Conflict.objects.update(field="tag:low_income")
    assert Tablet(cast.office)("sync/conflicts")[1]["conflicts"] == []
    assert len(Tablet(cast.leader)("sync/conflicts")[1]["conflicts"]) == 1


def test_a_tag_is_there_or_not(tablet: Tablet, home: Household) -> None:
    [receipt] = push(tablet, change(home, {"tag:deputy": "no"}, tag__deputy="perhaps"))
    assert (receipt["outcome"], receipt["where"]) == ("rejected", "tag:deputy")


def typed(made: dict[str, Any], old: dict[str, Any], **new: Any) -> dict[str, Any]:
    return operation("household", "change", seq=2, record=made["record"], old=old, **new)


def test_who_typed_a_name_and_a_phone_corrects_them(tablet: Tablet) -> None:
    first = {"address": " 上坪99号 ", "head_name": "王新屋", "phone": "138 0013 8000"}
    made = operation("household", "create", **first, place=[112.405, 25.605])
    new = {"address": "上坪98号", "head_name": "王旧屋", "phone": "13900139000"}
    receipts = push(tablet, made, typed(made, first, **new))
    assert [one["outcome"] for one in receipts] == ["applied", "applied"], receipts
    home = Household.objects.get(address="上坪98号")
    assert home.head_name == "王旧屋"
    assert masked_phone(home) == "139****9000"


def test_what_an_office_put_there_meanwhile_stands(tablet: Tablet, cast: SimpleNamespace) -> None:
    first = {"address": "上坪99号", "head_name": "王新屋", "phone": "13800138000"}
    made = operation("household", "create", **first, place=[112.405, 25.605])
    push(tablet, made)
    home = Household.objects.get(address="上坪99号")
    told = {"head_name": "李明", "phone": "13700137000"}
    change_household(acting_user=cast.office, household_id=home.pk, values=told)
    [receipt] = push(tablet, typed(made, first, head_name="王旧屋", phone="13900139000"))
    assert receipt["outcome"] == "conflict"
    assert {one["theirs"] for one in receipt["conflicts"]} == {"李*", "137****7000"}
