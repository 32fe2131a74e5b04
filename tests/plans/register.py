"""A draft as one register: every operation is a write with a number of its own, and what is
stored is what the writes come to, one after another.
"""

import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gis_grid.accounts.models import User
from gis_grid.core.errors import DomainError
from gis_grid.territory.models import Plan
from gis_grid.territory.plans import sheets
from gis_grid.territory.plans.operate import operate
from gis_grid.territory.plans.recording import Asked, OperationRefusedError, cells_of
from gis_grid.territory.plans.sheets import same


@dataclass(frozen=True)
class Call:
    """One request of a writer and how it ended: an answer or an error."""

    user: User
    asked: Asked
    began: float
    ended: float
    answer: dict[str, Any] | None
    error: DomainError | None


class Writers:
    """Threads that send at once, each on a database connection of its own."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count)

    def send(self, plan: Plan, requests: Sequence[tuple[User, Asked]]) -> list[Call]:
        barrier = threading.Barrier(len(requests))

        def one(request: tuple[User, Asked]) -> Call:
            user, asked = request
            barrier.wait()
            began = time.monotonic()
            answer, error = None, None
            try:
                answer = operate(plan_id=plan.pk, acting_user=user, asked=asked)
            except DomainError as failure:
                error = failure
            return Call(user, asked, began, time.monotonic(), answer, error)

        return list(self._pool.map(one, requests))

    def close(self) -> None:
        barrier = threading.Barrier(self._count)

        def leave(_number: int) -> None:
            barrier.wait()
            connection.close()

        list(self._pool.map(leave, range(self._count)))
        self._pool.shutdown()


def ask(base: int, *, dry_run: bool = False, resolve: str | None = None, **op: Any) -> Asked:
    return Asked(uuid.uuid4(), base, op, dry_run, resolve)


def check_history(plan: Plan, calls: Sequence[Call]) -> None:
    """Raise AssertionError where the calls are not those of a single register."""
    plan.refresh_from_db()
    operations = list(plan.operations.order_by("number"))
    assert [one.number for one in operations] == list(range(1, plan.revision + 1))
    number = {one.client_op_id: one.number for one in operations}
    done = [call for call in calls if call.answer and not call.asked.dry_run]
    for call in done:
        assert call.answer is not None
        assert call.answer["revision"] == number[call.asked.client_op_id]
    # Only what was sent, and the undoing that "mine" brings with it.
    sent = {call.asked.client_op_id for call in done}
    extra = [one for one in operations if one.client_op_id not in sent]
    assert all(one.type == "undo" for one in extra)
    assert not extra or any(call.asked.resolve == "mine" for call in done)
    for first in done:
        for then in done:
            if first.ended < then.began and first.asked != then.asked:
                assert number[first.asked.client_op_id] < number[then.asked.client_op_id]
    for call in done:
        _check_seen(call, operations, number[call.asked.client_op_id])
    for call in calls:
        if call.error is not None:
            _check_lost(call, done)
    check_stored(plan, operations)


def _check_seen(call: Call, operations: Sequence[Any], number: int) -> None:
    """Whoever won had seen what others did to the same grids, or took it back."""
    own = operations[number - 1]
    unseen = [
        one
        for one in operations[call.asked.base_revision : number - 1]
        if set(one.grids) & set(own.grids) and one.author_id != call.user.pk
    ]
    assert not unseen or call.asked.resolve == "mine"


def _check_lost(call: Call, done: Sequence[Call]) -> None:
    assert call.error is not None
    # What was sent twice at once may lose and then win (the last step to undo is another by then),
    # but whoever asks after it was done hears that it was done.
    known = [one for one in done if one.asked.client_op_id == call.asked.client_op_id]
    assert all(one.ended > call.began for one in known)
    assert call.error.status in (409, 422), call.error
    if call.error.status == 409:
        told = call.error.details["operations"]
        assert call.error.code == "conflict"
        assert told
        assert all(one["number"] > call.asked.base_revision for one in told)
    elif isinstance(call.error, OperationRefusedError):
        assert call.error.details["issues"]


def check_stored(plan: Plan, operations: Sequence[Any]) -> None:
    """The patches, one after another from the published state, give what is stored."""
    bases = sheets.load(Plan(pk=0), codes=_named(operations)).cells
    cells = dict(bases)
    for one in operations:
        for code, before in cells_of(one.patch, 0).items():
            assert same(cells.get(code), before), (one.number, code)
        for code, after in cells_of(one.patch, 1).items():
            cells.pop(code, None)
            if after is not None:
                cells[code] = after
    stored = sheets.load(plan, codes=_named(operations)).cells
    assert set(stored) == set(cells)
    assert all(same(stored[code], cells[code]) for code in cells)
    changed = sheets.changed_cells(plan)
    assert set(changed) == {
        code for code in {*bases, *cells} if not same(bases.get(code), cells.get(code))
    }


def _named(operations: Sequence[Any]) -> list[str]:
    return sorted({code for one in operations for code in one.grids})
