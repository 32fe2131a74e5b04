"""Who may print what: scope, layers, welfare tags, names in full."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gis_grid.audit.models import Entry
from gis_grid.core import crypto
from gis_grid.core.errors import InputError, MissingError, NotAllowedError
from gis_grid.households.models import Household
from gis_grid.printing.choice import allowed
from gis_grid.printing.making import make
from gis_grid.printing.services.printing import ask
from tests.conftest import JINPING, LIJIA, QUANFENG
from tests.printing.conftest import PURPOSE, choice, text_of

A = QUANFENG + "001"


@pytest.fixture
def house(household: Callable[..., Household]) -> Household:
    phone = crypto.encrypt("19900001234", purpose="household.phone")
    return household(A, tags=("low_income", "party_member"), phone_cipher=phone)


@pytest.mark.parametrize("area", [QUANFENG, A, JINPING])
def test_an_outsider_finds_nothing(house: Household, cast: SimpleNamespace, area: str) -> None:
    for user in (cast.outsider, cast.nobody):
        with pytest.raises(MissingError):
            ask(acting_user=user, choice=choice(area))


def test_an_area_must_be_wholly_in_sight(house: Household, cast: SimpleNamespace) -> None:
    with pytest.raises(MissingError):
        allowed(cast.leader, choice(JINPING))
    with pytest.raises(MissingError):
        allowed(cast.leader, choice(LIJIA))
    with pytest.raises(MissingError):
        allowed(cast.informant, choice(QUANFENG))
    allowed(cast.informant, choice(A))


def test_neighbours_out_of_sight_are_not_drawn(house: Household, cast: SimpleNamespace) -> None:
    assert "李家村" in text_of(make(cast.town, choice()).pdf)
    assert "李家村" not in text_of(make(cast.leader, choice()).pdf)


def test_layers_need_their_right(house: Household, cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowedError):
        allowed(cast.informant, choice(A, layers=("cameras",)))
    with pytest.raises(NotAllowedError):
        allowed(cast.auditor, choice(layers=("households",)))
    allowed(cast.auditor, choice(layers=("roads",)))


def test_welfare_tags_ask_for_a_purpose(house: Household, cast: SimpleNamespace) -> None:
    with pytest.raises(InputError) as refused:
        allowed(cast.leader, choice(tags=("low_income",)))
    assert refused.value.where == "purpose"
    with pytest.raises(InputError):
        allowed(cast.leader, choice(tags=("low_income",), purpose="啊啊啊啊啊啊"))
    made = allowed(cast.leader, choice(tags=("low_income",), purpose=f" {PURPOSE} "))
    assert made.purpose == PURPOSE
    text = text_of(make(cast.leader, made).pdf)
    assert "低保户（1）" in text
    assert PURPOSE in text


def test_whoever_sees_no_welfare_tag_learns_nothing(
    house: Household, cast: SimpleNamespace
) -> None:
    for slug in ("low_income", "no_such_tag"):
        with pytest.raises(InputError) as refused:
            allowed(cast.police, choice(tags=(slug,), purpose=PURPOSE))
        assert "low_income" not in str(refused.value).replace(slug, "")
    text = text_of(make(cast.police, choice(tags=("party_member",))).pdf)
    assert "低保户" not in text
    assert "党员户（1）" in text


def test_names_and_phones_are_masked(house: Household, cast: SimpleNamespace) -> None:
    text = text_of(make(cast.leader, choice()).pdf)
    assert "李*德" in text
    assert "李明德" not in text
    assert "1234" not in text


def test_in_full_needs_both_rights_and_a_purpose(house: Household, cast: SimpleNamespace) -> None:
    for user in (cast.informant, cast.worker, cast.surveyor):
        with pytest.raises(NotAllowedError):
            allowed(user, choice(A, in_full=True, purpose=PURPOSE))
    with pytest.raises(InputError):
        allowed(cast.leader, choice(in_full=True))
    text = text_of(make(cast.leader, choice(in_full=True, purpose=PURPOSE)).pdf)
    assert "李明德" in text
    assert "19900001234" in text


def test_a_print_stands_in_the_log(house: Household, cast: SimpleNamespace) -> None:
    ask(acting_user=cast.leader, choice=choice(tags=("low_income",), purpose=PURPOSE))
    entry = Entry.objects.get(action="map_printed")
    assert entry.actor_id == cast.leader.pk
    assert entry.area_code == QUANFENG
    assert entry.detail["purpose"] == PURPOSE
    assert entry.detail["tags"] == ["low_income"]
