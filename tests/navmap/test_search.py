"""Search: what is found, in which order, by whom."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import encrypt, lookup_hash
from gis_grid.core.errors import NotAllowedError
from gis_grid.duties.models import Duty, Holder, Post
from gis_grid.households.models import Household, Resident
from gis_grid.navmap.search import find, search
from tests.conftest import JINPING, LIJIA, QUANFENG

pytestmark = pytest.mark.django_db
GRID = QUANFENG + "001"
PHONE, NUMBER = "19900001234", "431024199001012340"


@pytest.fixture
def home(household: Callable[..., Household]) -> Household:
    home = household(
        GRID,
        head_name="李明德",
        address="泉凤村3组12号",
        phone_hash=lookup_hash(PHONE, purpose="phone"),
    )
    Resident.objects.create(household=home, name="李明德", relation="户主")
    Resident.objects.create(
        household=home,
        name="欧阳爱珍",
        relation="配偶",
        id_hash=lookup_hash(NUMBER, purpose="id"),
        phone_hash=lookup_hash("19900005678", purpose="phone"),
    )
    return home


@pytest.mark.parametrize(
    "text", ["李", "李明", "明德", "李明德", "3组", "泉凤村3组", "3组12号", "  李明德 "]
)
def test_a_household_by_parts_of_its_text(
    cast: SimpleNamespace, home: Household, text: str
) -> None:
    hits = [hit for hit in search(cast.worker, text) if hit.kind == "household"]
    assert [hit.id for hit in hits] == [str(home.pk)]
    assert hits[0].label == "李*德"
    assert hits[0].longitude is not None


@pytest.mark.parametrize("text", ["欧阳", "爱珍", "阳爱珍", "欧阳爱珍"])
def test_a_person_of_the_household_is_masked(
    cast: SimpleNamespace, home: Household, text: str
) -> None:
    (hit,) = search(cast.worker, text)
    assert (hit.kind, hit.id, hit.label) == ("person", str(home.pk), "欧**珍")
    assert "明" not in hit.sub_label


def test_the_head_is_found_once(cast: SimpleNamespace, home: Household) -> None:
    assert [hit.kind for hit in search(cast.worker, "李明德")] == ["household"]


@pytest.mark.parametrize("text", ["%", "_", "李%", "李_德", "\\", "%%%"])
def test_wildcards_are_plain_characters(cast: SimpleNamespace, home: Household, text: str) -> None:
    assert search(cast.worker, text) == []


def test_whole_codes_come_first(cast: SimpleNamespace, home: Household) -> None:
    assert search(cast.worker, home.code)[0].id == str(home.pk)
    assert search(cast.town, QUANFENG)[0].code == QUANFENG
    assert search(cast.town, GRID)[0].kind == "grid"


def test_a_beginning_comes_before_the_rest(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, head_name="王建国")
    first = household(GRID, head_name="建国强")
    assert search(cast.worker, "建国")[0].id == str(first.pk)


@pytest.mark.parametrize("text", ["泉凤", "qfc", "QuanFeng"])
def test_places_by_name_and_pinyin(
    cast: SimpleNamespace, ground: dict[str, object], text: str
) -> None:
    assert search(cast.town, text)[0].code == QUANFENG


def test_whoever_answers_is_found_by_name(cast: SimpleNamespace, ground: dict[str, object]) -> None:
    Duty.objects.create(
        post=Post.objects.get(slug="grid_leader"),
        holder=Holder.objects.create(name="赵书记"),
        mode=Duty.Mode.VILLAGE,
        area_code=QUANFENG,
        starts_on=dt.date(2024, 1, 1),
    )
    (hit,) = search(cast.worker, "赵书")
    assert (hit.kind, hit.code, hit.label) == ("duty", QUANFENG, "赵书记")
    assert "泉凤村" in hit.sub_label
    assert search(cast.outsider, "赵书") == []


@pytest.mark.parametrize("text", [PHONE, "199 0000 1234", "+8619900001234", "19900005678", NUMBER])
def test_by_phone_or_identity_number_for_those_who_may(
    cast: SimpleNamespace, home: Household, text: str
) -> None:
    assert [hit.id for hit in search(cast.worker, text)] == [str(home.pk)]
    entry = Entry.objects.get(action="personal_search")
    assert entry.detail["hits"] == 1
    assert text not in str(entry.detail)


@pytest.mark.parametrize("text", [PHONE, NUMBER])
def test_others_get_no_hint_of_numbers(cast: SimpleNamespace, home: Household, text: str) -> None:
    unknown = {PHONE: "19900009999", NUMBER: "431024198501012345"}[text]
    for user in (cast.informant, cast.surveyor, cast.county, cast.town, cast.auditor):
        said = []
        for number in (text, unknown):
            with pytest.raises(NotAllowedError) as refusal:
                search(user, number)
            said.append(refusal.value.as_json())
        assert said[0] == said[1]
    assert not Entry.objects.filter(action="personal_search").exists()


def test_a_search_by_number_in_vain_is_logged(cast: SimpleNamespace, home: Household) -> None:
    assert search(cast.outsider, PHONE) == []
    entry = Entry.objects.get(action="personal_search")
    assert (entry.actor, entry.detail) == ("outsider", {"by": "phone", "hits": 0})


@pytest.mark.parametrize("number", ["19900004321", "199 0000 4321"])
def test_whoever_answers_is_found_by_phone(
    cast: SimpleNamespace, ground: dict[str, object], number: str
) -> None:
    Duty.objects.create(
        post=Post.objects.get(slug="grid_leader"),
        holder=Holder.objects.create(
            name="赵书记", phone_cipher=encrypt("19900004321", purpose="holder.phone")
        ),
        mode=Duty.Mode.VILLAGE,
        area_code=QUANFENG,
        starts_on=dt.date(2024, 1, 1),
    )
    for user in (cast.worker, cast.informant):
        assert [(hit.kind, hit.label) for hit in search(user, number)] == [("duty", "赵书记")]
    assert search(cast.outsider, number) == []


@pytest.mark.parametrize(
    "text", ["泉凤 12", "12号 泉凤村", "网格001 12", "李明 3组", "泉凤 网格001 李明"]
)
def test_words_apart_fit_address_name_and_grid(
    cast: SimpleNamespace, home: Household, household: Callable[..., Household], text: str
) -> None:
    household(QUANFENG + "002", head_name="何七", address="5组9号")
    found = [hit for hit in search(cast.worker, text) if hit.kind == "household"]
    assert [hit.id for hit in found] == [str(home.pk)]
    assert search(cast.outsider, text) == []
    assert search(cast.worker, f"{text} 不存在") == []


def test_words_apart_find_a_grid_in_its_village(
    cast: SimpleNamespace, ground: dict[str, object]
) -> None:
    assert [hit.code for hit in search(cast.town, "泉凤 网格002")] == [QUANFENG + "002"]


def test_it_says_when_there_is_more(
    cast: SimpleNamespace, household: Callable[..., Household], signed_in: Callable[..., Client]
) -> None:
    for _ in range(3):
        household(GRID, head_name="周全")
    assert find(cast.worker, "周全", 2).has_more
    assert not find(cast.worker, "周全", 3).has_more
    address = "/api/v1/search?q=周全&limit="
    told = [signed_in(cast.worker).get(f"{address}{n}").headers["X-Has-More"] for n in (2, 3)]
    assert told == ["true", "false"]


def test_out_of_scope_nothing_is_found(
    cast: SimpleNamespace, home: Household, household: Callable[..., Household]
) -> None:
    other = household(LIJIA + "001", head_name="孙悟空")
    for text in ("李明德", home.code, GRID, QUANFENG, "泉凤", "qfc", JINPING, "欧阳"):
        assert search(cast.outsider, text) == []
        assert search(cast.nobody, text) == []
    assert search(cast.worker, "孙悟空") == []
    assert search(cast.worker, other.code) == []


def test_a_closed_household_is_not_found(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, head_name="旧户主", closed_on=dt.date(2022, 1, 1))
    assert search(cast.worker, "旧户主") == []


def test_nothing_to_look_for_finds_nothing(cast: SimpleNamespace, home: Household) -> None:
    assert search(cast.worker, "   ") == []


def test_a_tag_name_finds_no_household(
    cast: SimpleNamespace, household: Callable[..., Household]
) -> None:
    household(GRID, tags=("low_income",))
    for user in (cast.police, cast.civil):
        assert search(user, "低保") == []
        assert search(user, "low_income") == []
