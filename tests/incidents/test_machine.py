"""The machine, state by state and role by role.

The table stands here a second time on purpose: a change of the flow must be said twice.
"""

import datetime as dt
from collections.abc import Iterator

import pytest

from gis_grid.accounts.models import Assignment, User
from gis_grid.accounts.policies import Role
from gis_grid.incidents.machine import RULES, fits
from gis_grid.incidents.models import Incident, Kind, State
from gis_grid.incidents.permits import may_take
from tests.conftest import LIJIA, QUANFENG

GRID = QUANFENG + "001"
# step: from which states (kind after a colon where only that one), to which, by which roles.
# g: staff of the area and the town's centre; t: the town's centre; h: who holds it; c: closers
TABLE = """
accept      | reported | accepted | g t
settle      | accepted reopened | in_grid | g
send_up     | accepted in_grid reopened mediating | filed | g
take_up     | accepted reopened filed | centre | t
assign      | accepted reopened filed centre assigned | assigned | t
send_back   | assigned | centre | h
urge        | reported accepted in_grid reopened filed assigned mediating alert followed | = | t
raise_alert | reported accepted in_grid reopened filed centre assigned | alert | g t h
follow      | alert followed :emergency | followed | g t h
stand_down  | alert followed :emergency | stood_down | t
sitting     | accepted in_grid reopened centre assigned mediating :mediation | mediating | g h
agree       | mediating :mediation | agreed | g h
to_court    | mediating :mediation | court | g h
tell        | accepted in_grid reopened centre assigned :approval | told | g h
wait        | accepted in_grid reopened centre assigned mediating | = | g t h
resume      | | = | g t h
answer      | accepted in_grid reopened centre assigned agreed court told stood_down | answered | g t h
close       | answered | closed | c
reopen      | answered closed | reopened | g t
note        | * | = | g t h
"""  # noqa: E501
ROLES = {
    "g": {"town_leader", "office", "grid_leader", "grid_worker", "informant"},
    "t": {"county", "town_leader", "office"},
    "h": {"police"},  # who holds it in these tests
    "c": {"county", "town_leader", "office", "grid_leader"},
}
ROWS = {
    cells[0]: cells[1:]
    for cells in ([c.strip() for c in line.split("|")] for line in TABLE.strip().splitlines())
}


def allowed_states(step: str) -> tuple[set[str], str]:
    states, _, kind = ROWS[step][0].partition(":")
    if states == "*":
        return set(State.values) - {"merged"}, ""
    return set(states.split()), kind


def all_cells() -> Iterator[tuple[str, str, str]]:
    for step in RULES:
        for state in State.values:
            for kind in Kind.values:
                yield step, state, kind


def test_the_table_is_complete() -> None:
    assert set(ROWS) == set(RULES)
    for step, (_states, to, _who) in ROWS.items():
        assert RULES[step].to == ("" if to == "=" else to)


def test_every_state_and_step() -> None:
    seen = 0
    for step, state, kind in all_cells():
        states, only = allowed_states(step)
        wanted = state in states and only in ("", kind)
        found = fits(RULES[step], state=state, kind=kind, is_paused=False, step=step)
        assert found is wanted, (step, state, kind)
        seen += 1
    assert seen == len(RULES) * len(State) * len(Kind)


def test_while_it_waits_for_the_person() -> None:
    free = {"urge", "raise_alert", "note"}
    for step, state, kind in all_cells():
        states, only = allowed_states("wait" if step == "resume" else step)
        wanted = step in {*free, "resume"} and state in states and only in ("", kind)
        found = fits(RULES[step], state=state, kind=kind, is_paused=True, step=step)
        assert found is wanted, (step, state, kind)


def person(role: str, area: str) -> User:
    user = User(pk=7, username=role)
    user.__dict__["current_assignments"] = [
        Assignment(user=user, role=role, area_code=area, starts_on=dt.date(2020, 1, 1))
    ]
    return user


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("step", RULES)
def test_every_role_and_step(role: str, step: str) -> None:
    groups = ROWS[step][2].split()
    for state in State.values:
        held = Incident(area_code=GRID, assignee_role="police", state=state)
        wanted = any(role in ROLES[group] for group in groups)
        assert may_take(held, person(role, QUANFENG), step) is wanted, state
        assert not may_take(held, person(role, LIJIA), step), "a sibling village"
        named = Incident(area_code=GRID, state=state, complained_of_id=7)
        assert not may_take(named, person(role, QUANFENG), step), "complained of"


def test_only_who_holds_it() -> None:
    mine = Incident(area_code=GRID, assignee_user_id=7)
    assert may_take(mine, person("civil", QUANFENG), "send_back")
    assert not may_take(mine, person("surveyor", QUANFENG), "send_back")
    others = Incident(area_code=GRID, assignee_user_id=8, assignee_role="")
    assert not may_take(others, person("civil", QUANFENG), "send_back")
