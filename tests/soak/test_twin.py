"""Any order of sealing, sending, losing answers, redrawing, revoking: nothing is lost or doubled.

Hypothesis draws the order. The examples share one database (pulls follow what is committed), each
has households and tablets of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gis_grid.core.errors import StateError
from gis_grid.fieldsync.conflicts import values_of
from gis_grid.fieldsync.entities.households import seen_of
from gis_grid.fieldsync.models import Conflict, Device, Operation, Unreadable
from gis_grid.fieldsync.services import devices, settling
from gis_grid.households.models import Household, Visit
from gis_grid.households.services.registering import change_household
from gis_grid.incidents.models import Incident
from gis_grid.incidents.models.record import Step
from gis_grid.territory.services.publish import publish_villages
from tests.conftest import OTHER_VILLAGE, QUANFENG, NewCell, cell, rectangle
from tests.fieldsync.pulls import wait_for_other_databases
from tests.incidents.conftest import middle
from tests.soak.chains import Write, faults
from tests.soak.office import value_of
from tests.soak.twin import EndedError, Twin

TABLETS = st.integers(0, 1)
HOUSES = st.integers(0, 2)
FIELDS = ("address", "note", "place")
DONE = ("applied", "conflict", "duplicate")
TAG = "tag:deputy"


class Field(RuleBasedStateMachine):
    """Two people's tablets, an office, three houses."""

    world: ClassVar[SimpleNamespace]

    def __init__(self) -> None:
        super().__init__()
        world = self.world
        self.serial = 0
        self.homes = [world.household(QUANFENG + "001").pk for _ in range(3)]
        self.first = {key: value for pk in self.homes for key, value in self._now(pk).items()}
        self.writes: dict[tuple[int, str], list[Write]] = defaultdict(list)
        self.twins = [Twin("worker", QUANFENG), Twin("surveyor", QUANFENG)]
        for twin in self.twins:
            self._enrol(twin)
            twin.pull()

    def _enrol(self, twin: Twin) -> None:
        twin.enrol(devices.make_code(acting_user=self.world.cast.office, person=twin.login).code)

    def _now(self, pk: int) -> dict[tuple[int, str], Any]:
        seen = seen_of(self.world.cast.office, Household.objects.get(pk=pk))
        return {(pk, name): value_of(name, seen[name]) for name in FIELDS}

    def _text(self, word: str) -> str:
        self.serial += 1
        return f"{word}{id(self)}-{self.serial}"

    def _try(self, twin: Twin, work: Callable[[], object]) -> None:
        """As a tablet: with a token that ended it asks for a new code and goes on later."""
        try:
            work()
        except EndedError as error:
            if error.code == "device_revoked":
                # The rescue file goes to another tablet: the same operations, another id.
                twin.device = ""
            self._enrol(twin)

    # What is done in the field.

    @rule(number=TABLETS)
    def report(self, number: int) -> None:
        changes = {"category": [None, "drain"], "what": [None, self._text("水沟")]}
        changes["place"] = [None, list(middle(QUANFENG + "001"))]
        self.twins[number].seal("incident", "create", changes)

    @rule(number=TABLETS)
    def report_elsewhere(self, number: int) -> None:
        changes = {"category": [None, "drain"], "what": [None, self._text("外村")]}
        changes["place"] = [None, list(middle(OTHER_VILLAGE + "001"))]
        self.twins[number].seal("incident", "create", changes)

    @rule()
    def add_a_note(self) -> None:
        twin = self.twins[0]
        mine = [one for one in twin.sealed.values() if one["action"] == "create"]
        if mine:
            twin.seal(
                "incident", "note", {"text": [None, self._text("备注")]}, record=mine[-1]["record"]
            )

    @rule(number=TABLETS, house=HOUSES)
    def visit(self, number: int, house: int) -> None:
        changes = {"text": [None, self._text("在家")]}
        self.twins[number].seal("household", "visit", changes, server_id=self.homes[house])

    @rule(number=TABLETS, house=HOUSES, name=st.sampled_from(FIELDS), both=st.booleans())
    def correct(self, number: int, house: int, name: str, both: bool) -> None:
        """Against what the tablet was last shown, however old that is."""
        twin, pk = self.twins[number], self.homes[house]
        shown = twin.mirror.get(("household", pk))
        if shown is None:
            return
        changes = {name: [shown[name], self._other(name)]}
        if both:
            is_set = "deputy" in shown["tags"]
            changes[TAG] = [is_set, not is_set]
        twin.seal("household", "change", changes, server_id=pk)

    def _other(self, name: str) -> Any:
        if name != "place":
            return self._text("改")
        self.serial += 1
        self.world.places += 1
        return [round(112.402 + self.world.places * 1e-6, 7), 25.604]

    # What becomes of it on the way.

    @rule(number=TABLETS, most=st.integers(1, 20))
    def push(self, number: int, most: int) -> None:
        twin = self.twins[number]
        self._try(twin, lambda: twin.push(most))

    @rule(number=TABLETS, most=st.integers(1, 20))
    def push_and_hear_nothing(self, number: int, most: int) -> None:
        twin = self.twins[number]
        self._try(twin, lambda: twin.push(most, is_answer_lost=True))

    @rule(number=TABLETS)
    def push_twice(self, number: int) -> None:
        twin = self.twins[number]
        body = twin.body()

        def work() -> None:
            first = twin.call("sync/push", body)[1]["receipts"]
            second = twin.call("sync/push", body)[1]["receipts"]
            assert all(one["again"] for one in second)
            twin.take(first)
            twin.take(second)

        self._try(twin, work)

    @rule(number=TABLETS, share=st.floats(0.1, 0.9))
    def push_half(self, number: int, share: float) -> None:
        """Cut off on the way: it is kept as it came, and no operation of it is done."""
        twin = self.twins[number]
        from json import dumps

        raw = dumps(twin.body()).encode()

        def work() -> None:
            status, found = twin.call("sync/push", raw=raw[: int(len(raw) * share)])
            assert (status, found["error"]["code"]) == (422, "unreadable")

        before = Operation.objects.count()
        self._try(twin, work)
        assert Operation.objects.count() == before
        Unreadable.objects.all().delete()

    @rule(number=TABLETS)
    def push_in_another_order(self, number: int) -> None:
        twin = self.twins[number]
        body = twin.body()
        body["operations"].reverse()
        self._try(twin, lambda: twin.take(twin.call("sync/push", body)[1]["receipts"]))

    @rule(number=TABLETS)
    def push_other_content(self, number: int) -> None:
        twin = self.twins[number]
        if not twin.receipts:
            return
        key = sorted(twin.receipts)[0]
        other = {**twin.sealed[key], "seq": 10**6}

        def work() -> None:
            [receipt] = twin.call("sync/push", {"operations": [other]})[1]["receipts"]
            assert receipt["code"] == "other_content"

        self._try(twin, work)

    @rule(number=TABLETS)
    def pull(self, number: int) -> None:
        twin = self.twins[number]
        self._try(twin, twin.pull)

    # What others do.

    @rule(house=HOUSES, name=st.sampled_from(("address", "note")))
    def office_corrects(self, house: int, name: str) -> None:
        pk, text = self.homes[house], self._text("镇里改")
        self._note(pk, name, text, "office")
        change_household(acting_user=self.world.cast.office, household_id=pk, values={name: text})

    def _note(self, pk: int, name: str, new: Any, by: str) -> None:
        seen, written = self._now(pk)[pk, name], value_of(name, new)
        if seen != written:
            self.writes[pk, name].append(Write(seen, written, by))

    @rule(choice=st.sampled_from(("mine", "theirs")))
    def settle_a_conflict(self, choice: str) -> None:
        found = Conflict.objects.filter(settled_at=None, object_id__in=self.homes).first()
        if found is None:
            return
        office, pk = self.world.cast.office, found.object_id
        theirs = seen_of(office, Household.objects.get(pk=pk))[found.field]
        if choice == "mine" and found.field in FIELDS:
            self._note(pk, found.field, values_of(found)["mine"], f"conflict {found.pk}")
        settling.settle_conflict(
            acting_user=office, conflict_id=found.pk, choice=choice, theirs=theirs
        )

    @rule(take=st.booleans())
    def settle_what_is_held(self, take: bool) -> None:
        mine = [key for twin in self.twins for key in twin.sealed]
        held = Operation.objects.filter(outcome="held", settled_at=None, pk__in=mine).first()
        # What is refused leaves its notes waiting for a week.
        if held is None or (
            not take and held.action == "create" and held.user.username == "worker"
        ):
            return
        try:
            settling.settle_held(
                acting_user=self.world.cast.county, op_id=held.pk, take=take, reason="已由外村处理"
            )
        except StateError:
            return

    @rule(width=st.sampled_from((0.8, 1.0, 1.2)))
    def redraw(self, width: float) -> None:
        cells = [
            cell(QUANFENG + "001", rectangle(0, width=width)),
            cell(QUANFENG + "002", rectangle(width, width=2 - width)),
            cell(QUANFENG + "003"),
        ]
        publish_villages(acting_user=self.world.cast.county, cells=cells)

    @rule(number=TABLETS)
    def end_the_token(self, number: int) -> None:
        Device.objects.filter(pk=self.twins[number].device).update(expires_at=timezone.now())

    @rule(number=TABLETS)
    def revoke(self, number: int) -> None:
        devices.revoke(
            acting_user=self.world.cast.office,
            device_id=self.twins[number].device,
            reason="平板遗失，已报告",
        )
        self._try(self.twins[number], self.twins[number].push)

    @invariant()
    def what_was_told_is_so(self) -> None:
        for twin in self.twins:
            told = {key: one["outcome"] for key, one in twin.receipts.items()}
            done = [twin.sealed[key] for key, outcome in told.items() if outcome in DONE]
            records = [one["record"] for one in done if one["action"] == "create"]
            there = Incident.objects.filter(client_id__in=records).values_list(
                "client_id", flat=True
            )
            assert Counter(map(str, there)) == Counter(records)

    def teardown(self) -> None:
        for _ in range(3):
            for twin in self.twins:
                self._try(twin, twin.push)
            self._settle_all()
            for twin in self.twins:
                self._try(twin, twin.ask)
        for twin in self.twins:
            self._check(twin)
        self._check_fields()

    def _settle_all(self) -> None:
        mine = [key for twin in self.twins for key in twin.sealed]
        held = Operation.objects.filter(outcome="held", settled_at=None, action="create")
        for key in held.filter(pk__in=mine).values_list("pk", flat=True):
            settling.settle_held(acting_user=self.world.cast.county, op_id=key, take=True)

    def _check(self, twin: Twin) -> None:
        assert twin.open == []
        rows = Operation.objects.filter(pk__in=twin.sealed)
        assert {str(row.pk): row.outcome for row in rows} == {
            key: one["outcome"] for key, one in twin.receipts.items()
        }
        done = [one for key, one in twin.sealed.items() if twin.receipts[key]["outcome"] in DONE]
        visits = Visit.objects.filter(client_id__in=[one["op_id"] for one in done])
        assert visits.count() == sum(one["action"] == "visit" for one in done)
        notes = [one["changes"]["text"][1] for one in done if one["action"] == "note"]
        assert Counter(
            Step.objects.filter(text__in=notes).values_list("text", flat=True)
        ) == Counter(notes)
        wait_for_other_databases()
        twin.pull()
        assert twin.mirror == twin.fresh()

    def _check_fields(self) -> None:
        clashing = {
            (str(row.operation_id), row.field): values_of(row)["mine"]
            for row in Conflict.objects.filter(object_id__in=self.homes)
        }
        for twin in self.twins:
            for key, one in twin.sealed.items():
                if one["action"] != "change" or twin.receipts[key]["outcome"] not in DONE:
                    continue
                for name, (old, new) in one["changes"].items():
                    if (key, name) in clashing:
                        assert clashing[key, name] == new
                    elif name in FIELDS:
                        write = Write(value_of(name, old), value_of(name, new), key)
                        self.writes[one["server_id"], name].append(write)
        for pk in self.homes:
            for (_pk, name), now in self._now(pk).items():
                assert faults(self.first[pk, name], self.writes[pk, name], now) == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_is_lost_in_any_order(
    ground: dict[str, NewCell], cast: SimpleNamespace, household: Any
) -> None:
    Field.world = SimpleNamespace(cast=cast, household=household, places=0)
    run_state_machine_as_test(
        Field,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
