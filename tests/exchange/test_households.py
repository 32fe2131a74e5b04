"""Households from a workbook: added, brought up to date, placed, tagged and counted."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core.crypto import decrypt, lookup_hash
from gis_grid.households.models import Household, HouseholdTag, Resident
from gis_grid.territory.models import DataVersion
from tests.conftest import JINPING, QUANFENG
from tests.exchange.conftest import Said, home, households, identity, people, person, tags

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
CODE = f"{QUANFENG}00001"


def full(workbook: Callable[..., Path]) -> Path:
    return workbook(
        {
            "说明": [["登记表"]],
            "户": [["泉凤村农户登记表"], *households(home(1, 标签="低保户"), home(2))],
            "人": people(
                person(1),
                person(1, 姓名="王芳", 与户主关系="配偶", 性别="女", 身份证号=identity(5, sex="f")),
                person(2, 是否党员="是"),
            ),
            "标签": tags(
                [CODE, "低保户", "2026-04-01", "", "县民政局"],
                [f"{QUANFENG}00002", "党员户", dt.date(2020, 7, 1), "2021年1月1日", ""],
            ),
        }
    )


def test_everything_arrives(run: Callable[..., Said], workbook: Callable[..., Path]) -> None:
    said = run("import_households", full(workbook))
    assert said.refusal == ""
    assert "说明" in said.out
    one, two = Household.objects.order_by("code")
    assert (one.code, one.area_code, one.grid.code) == (CODE, QUANFENG + "001", QUANFENG + "001")
    assert (one.people, two.people) == (2, 1)
    assert decrypt(one.phone_cipher, purpose="household.phone") == "13873500001"
    assert bytes(one.phone_hash) == lookup_hash("13873500001", purpose="phone")
    wife = Resident.objects.get(name="王芳")
    assert (wife.sex, wife.birth_date) == ("f", dt.date(1980, 1, 1))
    assert decrypt(wife.id_cipher, purpose="resident.id") == identity(5, sex="f")
    assert list(HouseholdTag.objects.values_list("household__code", "tag__slug", "starts_on")) == [
        (CODE, "low_income", dt.date(2026, 4, 1)),
        (f"{QUANFENG}00002", "party_member", dt.date(2020, 7, 1)),
    ]
    low_income = HouseholdTag.objects.get(tag__slug="low_income").tag
    # The dated tag of the second household has ended.
    assert (one.tag_mask, two.tag_mask) == (low_income.mask, 0)


def test_the_load_is_logged_and_raises_the_data_version(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", full(workbook))
    entry = Entry.objects.get(action="households_loaded")
    assert (entry.actor, entry.area_code) == ("operator", JINPING)
    assert entry.detail["household"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert "李明德" not in str(entry.detail)
    assert DataVersion.objects.filter(layer="households", town_prefix=JINPING[:9]).exists()


def test_the_same_file_again_writes_nothing(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    path = full(workbook)
    run("import_households", path)
    version = DataVersion.objects.get(layer="households").version
    ciphers = list(Household.objects.values_list("phone_cipher", flat=True))
    said = run("import_households", path)
    assert said.out.count("0 new, 0 changed") == 3
    assert DataVersion.objects.get(layer="households").version == version
    assert list(Household.objects.values_list("phone_cipher", flat=True)) == ciphers
    assert Entry.objects.filter(action="households_loaded").count() == 1


def test_only_what_differs_is_changed(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", full(workbook))
    seen, other = Household.objects.order_by("code").values_list("revision", flat=True)
    again = workbook(
        {
            "户": households(home(1, 地址="新屋场1号", 经度="", 纬度="", 联系电话="")),
            "人": people(person(1, 手机号="13900001111")),
        }
    )
    said = run("import_households", again)
    assert said.refusal == ""
    one = Household.objects.get(code=CODE)
    assert one.address == "新屋场1号"
    assert list(Household.objects.order_by("code").values_list("revision", flat=True)) == [
        seen + 1,
        other,
    ]
    # Empty cells take nothing away.
    assert one.geom is not None
    assert decrypt(one.phone_cipher, purpose="household.phone") == "13873500001"
    assert Household.objects.count() == 2
    assert one.people == 2
    head = Resident.objects.get(household=one, relation="户主")
    assert decrypt(head.phone_cipher, purpose="resident.phone") == "13900001111"


def test_a_household_that_moves_gets_its_new_grid(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", full(workbook))
    run("import_households", workbook({"户": households(home(1, 经度=112.415))}))
    assert Household.objects.get(code=CODE).area_code == QUANFENG + "002"


def test_a_placement_by_hand_stays(run: Callable[..., Said], workbook: Callable[..., Path]) -> None:
    run("import_households", full(workbook))
    Household.objects.filter(code=CODE).update(placement="manual")
    run("import_households", workbook({"户": households(home(1, 经度=112.415))}))
    assert Household.objects.get(code=CODE).area_code == QUANFENG + "001"


def test_a_household_without_a_place_is_kept_in_its_village(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    run("import_households", workbook({"户": households(home(1, 经度="", 纬度=""))}))
    one = Household.objects.get()
    assert (one.geom, one.grid, one.area_code) == (None, None, QUANFENG)


def test_a_listed_tag_begins_today_and_is_not_doubled(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    path = workbook({"户": households(home(1, 标签="低保户、党员户"))})
    run("import_households", path)
    run("import_households", path)
    assert HouseholdTag.objects.count() == 2
    assert Household.objects.get().tag_mask != 0


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_coordinates_are_brought_back(
    run: Callable[..., Said], workbook: Callable[..., Path], datum: str
) -> None:
    import geocoordinates_ffi as geo

    true = geo.Wgs84(lat=25.605, lon=112.405)
    shifted = geo.wgs84_to_gcj02(true) if datum == "gcj02" else geo.wgs84_to_bd09(true)
    path = workbook({"户": households(home(1, 经度=shifted.lon, 纬度=shifted.lat))})
    assert run("import_households", path, datum=datum).refusal == ""
    geom = Household.objects.get().geom
    assert (geom.x, geom.y) == (pytest.approx(112.405, abs=1e-6), pytest.approx(25.605, abs=1e-6))


def test_households_from_csv(run: Callable[..., Said], tmp_path: Path) -> None:
    path = tmp_path / "households.csv"
    lines = [",".join(map(str, row)) for row in households(home(1), home(2))]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    assert "2 new" in run("import_households", path).out


def test_other_names_of_columns_and_more_columns(
    run: Callable[..., Said], workbook: Callable[..., Path]
) -> None:
    head = ["家庭编号", "行政村代码", "家庭住址", "户主", "电话（必填）", "经度", "纬度", "层数"]
    row = [CODE, QUANFENG, "泉凤村1号", "李明德", "13873500001", 112.405, 25.605, 3]
    said = run("import_households", workbook({"农户": [head, row]}))
    assert said.refusal == ""
    assert "层数" in said.out
    assert Household.objects.get().phone_hash


def test_who_may_load_households(
    run: Callable[..., Said], workbook: Callable[..., Path], cast: SimpleNamespace
) -> None:
    path = full(workbook)
    assert "Your role does not include" in run("import_households", path, user="worker").refusal
    assert run("import_households", path, user="office").refusal == ""
    assert Entry.objects.get(action="households_loaded").actor == "office"


def test_a_village_out_of_scope_looks_like_one_that_is_not_there(
    run: Callable[..., Said], workbook: Callable[..., Path], cast: SimpleNamespace
) -> None:
    other = "431024102200"
    path = workbook({"户": households(home(1, 村代码=other, 经度="", 纬度=""))})
    refused = run("import_households", path, user="office").err
    unknown = workbook({"户": households(home(1, 村代码="431024102299", 经度="", 纬度=""))})
    same = run("import_households", unknown, user="office").err
    assert refused.replace(other, "431024102299") == same
    assert not Household.objects.exists()


def test_a_dry_run_writes_nothing(run: Callable[..., Said], workbook: Callable[..., Path]) -> None:
    said = run("import_households", full(workbook), dry_run=True)
    assert "2 new" in said.out
    assert not Household.objects.exists()
    assert not Entry.objects.filter(action="households_loaded").exists()
