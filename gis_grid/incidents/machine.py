"""The way of an incident as one table: which step leads from where to where, and who takes it.

Pure: knows no framework. Pages show what `steps_from` gives; `services.steps` holds to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """By what a person may take a step; several are alternatives."""

    GRID = "grid"  # staff of the area, or the town's centre: `Permission.INCIDENT_HANDLE`
    TOWN = "town"  # the town's centre: `Permission.INCIDENT_ASSIGN`
    HOLDER = "holder"  # the office or person that it is assigned to
    CLOSER = "closer"  # `Permission.INCIDENT_CLOSE`


@dataclass(frozen=True)
class Rule:
    """`to` is empty where the state stays. `needs` names what must be said with the step."""

    states: frozenset[str]
    to: str
    who: frozenset[Who]
    kinds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    # While it waits for the person nothing else is done but what does not need the person.
    in_pause: bool = False


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AT_HAND = "accepted in_grid reopened"
_IN_TOWN = "centre assigned"
_MEDIATION = "mediating agreed court"
OPEN = f"reported {_AT_HAND} filed {_IN_TOWN} alert followed stood_down {_MEDIATION} told answered"
_ANSWERABLE = f"{_AT_HAND} {_IN_TOWN} agreed court told stood_down"
_WORK = frozenset({Who.GRID, Who.HOLDER})
_TOWN = frozenset({Who.TOWN})
_ALL = frozenset({Who.GRID, Who.TOWN, Who.HOLDER})
_MEDIATED, _URGENT = _set("mediation"), _set("emergency")
_TEXT, _REASON = _set("text"), _set("reason")

RULES: Mapping[str, Rule] = {
    "accept": Rule(_set("reported"), "accepted", frozenset({Who.GRID, Who.TOWN})),
    "settle": Rule(_set("accepted reopened"), "in_grid", frozenset({Who.GRID}), needs=_TEXT),
    "send_up": Rule(
        _set(f"{_AT_HAND} mediating"), "filed", frozenset({Who.GRID}), needs=_REASON
    ),
    "take_up": Rule(_set("accepted reopened filed"), "centre", _TOWN),
    "assign": Rule(
        _set("accepted reopened filed centre assigned"), "assigned", _TOWN, needs=_set("assignee")
    ),
    "send_back": Rule(_set("assigned"), "centre", frozenset({Who.HOLDER}), needs=_REASON),
    "urge": Rule(
        _set(f"reported {_AT_HAND} filed assigned mediating alert followed"),
        "", _TOWN, needs=_REASON, in_pause=True,
    ),
    "raise_alert": Rule(
        _set(f"reported {_AT_HAND} filed {_IN_TOWN}"), "alert", _ALL, needs=_REASON, in_pause=True
    ),
    "follow": Rule(_set("alert followed"), "followed", _ALL, _URGENT, _TEXT),
    "stand_down": Rule(_set("alert followed"), "stood_down", _TOWN, _URGENT, _TEXT),
    "sitting": Rule(
        _set(f"{_AT_HAND} {_IN_TOWN} mediating"), "mediating", _WORK, _MEDIATED, _TEXT
    ),
    "agree": Rule(_set("mediating"), "agreed", _WORK, _MEDIATED, _TEXT),
    "to_court": Rule(_set("mediating"), "court", _WORK, _MEDIATED, _TEXT),
    "tell": Rule(
        _set(f"{_AT_HAND} {_IN_TOWN}"), "told", _WORK, _set("approval"), _TEXT
    ),
    "wait": Rule(_set(f"{_AT_HAND} {_IN_TOWN} mediating"), "", _ALL, needs=_REASON),
    "resume": Rule(
        _set(f"{_AT_HAND} {_IN_TOWN} mediating"), "", _ALL, in_pause=True
    ),
    "answer": Rule(_set(_ANSWERABLE), "answered", _ALL, needs=_TEXT),
    "close": Rule(_set("answered"), "closed", frozenset({Who.CLOSER})),
    "reopen": Rule(
        _set("answered closed"), "reopened", frozenset({Who.GRID, Who.TOWN}), needs=_REASON
    ),
    "note": Rule(_set(f"{OPEN} closed"), "", _ALL, needs=_TEXT, in_pause=True),
}  # fmt: skip

# Written by services and the clock, never asked for as a step.
OTHER_STEPS = ("report", "merge", "take_in", "escalate", "overdue")


def fits(rule: Rule, *, state: str, kind: str, is_paused: bool, step: str) -> bool:
    """True where an incident in this state can take the step at all."""
    if rule.kinds and kind not in rule.kinds:
        return False
    if state not in rule.states:
        return False
    if step in ("wait", "resume"):
        return is_paused == (step == "resume")
    return rule.in_pause or not is_paused


def steps_from(*, state: str, kind: str, is_paused: bool) -> list[str]:
    """Steps that lead on from here, whoever takes them."""
    return [
        step
        for step, rule in RULES.items()
        if fits(rule, state=state, kind=kind, is_paused=is_paused, step=step)
    ]
