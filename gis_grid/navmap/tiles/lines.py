"""The short way's own lines to the database: one event loop, no thread waits.

A line is a connection of libpq that the loop watches; it carries one question at a time.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Connection, OperationalError, pq

from gis_grid.navmap.tiles import prepared

_RETRY_S = 1.0
Row = list[bytes | None]


class Line:
    """A connection that the running loop watches. `answer_s`: how long an answer may take."""

    def __init__(self, connection: Connection[Any], answer_s: float) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._answer_s = answer_s
        self._loop = asyncio.get_running_loop()
        self._names: dict[str, bytes] = {}
        self._waiting: asyncio.Future[Any] | None = None
        self._result: Any = None
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._read)
        self.is_open = True

    async def row(self, text: str, params: Mapping[str, Any]) -> Row:
        """As `prepared.fetch_row`. OperationalError, the line closed, where no answer comes."""
        name = self._names.get(text)
        if name is None:
            name = f"tile_{len(self._names)}".encode()
            self._pg.send_prepare(name, *prepared.numbered(text, params))
            prepared.check(await self._answer(), pq.ExecStatus.COMMAND_OK)
            self._names[text] = name
        values, formats = prepared.values_of(text, params)
        self._pg.send_query_prepared(name, values, formats, result_format=prepared.BINARY)
        return prepared.row_of(await self._answer())

    async def _answer(self) -> Any:
        self._waiting = self._loop.create_future()
        timer = self._loop.call_later(self._answer_s, self._fail, "no answer in time")
        try:
            self._write()
            return await self._waiting
        except BaseException:
            # Whoever comes next must not get this question's answer.
            self.close()
            raise
        finally:
            timer.cancel()
            self._waiting = None

    def _write(self) -> None:
        if self._pg.flush() == 1:
            self._loop.add_writer(self._socket, self._go_on_writing)

    def _go_on_writing(self) -> None:
        self._loop.remove_writer(self._socket)
        try:
            self._write()
        except OperationalError as error:
            self._fail(str(error))

    def _read(self) -> None:
        try:
            self._pg.consume_input()
            while not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    break
                self._result = result
            else:
                return
        except OperationalError as error:
            self._fail(str(error))
            return
        if self._pg.status != pq.ConnStatus.OK:
            self._fail("the database has closed the connection")
        elif self._waiting is not None and self._result is not None and not self._waiting.done():
            self._waiting.set_result(self._result)
            self._result = None

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(OperationalError(why))
        else:
            self.close()

    def close(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._connection.close()


class Lines:
    """Up to `size` lines of one loop, opened as they are needed.

    Who finds none free waits `wait_s` at most.
    """

    def __init__(
        self,
        connect: Callable[[], Connection[Any]],
        *,
        size: int,
        wait_s: float,
        answer_s: float,
    ) -> None:
        self._connect = connect
        self._size = size
        self._wait_s = wait_s
        self._answer_s = answer_s
        self._free: list[Line] = []
        self._waiting: deque[asyncio.Future[Line]] = deque()
        self._count = 0
        self._no_try_before = 0.0

    async def row(self, text: str, params: Mapping[str, Any]) -> Row:
        """The only row of `text`; psycopg's errors, OperationalError where no line is to be had."""
        line = self._take() or await self._new_or_next()
        try:
            return await line.row(text, params)
        finally:
            self._give_back(line)

    def close(self) -> None:
        while line := self._take():
            line.close()
            self._count -= 1

    def _take(self) -> Line | None:
        while self._free:
            line = self._free.pop()
            if line.is_open:
                return line
            self._count -= 1
        return None

    def _give_back(self, line: Line) -> None:
        if not line.is_open:
            self._count -= 1
            return
        while self._waiting:
            next_one = self._waiting.popleft()
            if not next_one.done():
                next_one.set_result(line)
                return
        self._free.append(line)

    async def _new_or_next(self) -> Line:
        if self._count < self._size:
            return await self._new()
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Line] = loop.create_future()
        self._waiting.append(waiting)
        # `wait_for` would make a task of it, at ten times the cost.
        timer = loop.call_later(self._wait_s, _give_up, waiting)
        try:
            return await waiting
        finally:
            timer.cancel()

    async def _new(self) -> Line:
        if time.monotonic() < self._no_try_before:
            raise OperationalError("the database was away a moment ago")
        self._count += 1
        try:
            connection = await asyncio.get_running_loop().run_in_executor(None, self._connect)
            return Line(connection, self._answer_s)
        except BaseException:
            self._count -= 1
            self._no_try_before = time.monotonic() + _RETRY_S
            raise


def _give_up(waiting: "asyncio.Future[Line]") -> None:
    if not waiting.done():
        waiting.set_exception(OperationalError("no line to the database came free"))
