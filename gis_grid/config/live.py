"""Words from the database to pages that listen (server-sent events), one line for all of them.

The event loop holds the streams; a page costs a socket and no thread. What is said is only
that there is something new: the page then asks for it and gets what the person may see.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from psycopg import Connection, Error, OperationalError, pq

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol

# A stream ends now and then, so that whoever has lost the right to listen is asked again.
_LASTS_S = 300.0
# A comment in between keeps proxies from hanging up.
_KEEP_S = 15.0
_MOST_PAGES = 2000
_MOST_OF_ONE = 8
_SOMETHING = "retry: 5000\nevent: notice\ndata: \n\n"
_STILL_THERE = ":\n\n"

Headers = list[tuple[str, str]]


class Live:
    """The pages that listen in this worker, and the line that they share.

    What comes on `channel` are ids of persons.
    """

    def __init__(self, connect: Callable[[], Connection[Any]], channel: str) -> None:
        self._connect = connect
        self._channel = channel
        self._connection: Connection[Any] | None = None
        self._opening = asyncio.Lock()
        # Of each person the pages in the order in which they came.
        self._pages: defaultdict[int, list[asyncio.Event]] = defaultdict(list)
        self._is_over = False

    async def serve(self, proto: "HTTPProtocol", headers: Headers, person: int) -> int:
        """Keep the page of a person informed until it goes or its time is over."""
        count = sum(len(pages) for pages in self._pages.values())
        if count >= _MOST_PAGES or self._is_over:
            proto.response_empty(HTTPStatus.SERVICE_UNAVAILABLE.value, headers)
            return HTTPStatus.SERVICE_UNAVAILABLE.value
        page = asyncio.Event()
        pages = self._pages[person]
        pages.append(page)
        if len(pages) > _MOST_OF_ONE:
            # The oldest gives way, and comes back if somebody still looks at it.
            pages.pop(0).set()
        stream = proto.response_stream(HTTPStatus.OK.value, headers)
        gone = asyncio.ensure_future(proto.client_disconnect())
        gone.add_done_callback(lambda _: self._drop(person, page))
        # Sending to somebody who has gone raises what granian and the database raise.
        try:
            with contextlib.suppress(RuntimeError, Error):
                await self._tell(stream, page, person)
        finally:
            gone.cancel()
            self._drop(person, page)
        return HTTPStatus.OK.value

    async def _tell(self, stream: Any, page: asyncio.Event, person: int) -> None:
        until = time.monotonic() + _LASTS_S
        await self._listen()
        # What came before the line stood is asked for now.
        await stream.send_str(_SOMETHING)
        while time.monotonic() < until:
            try:
                async with asyncio.timeout(_KEEP_S):
                    await page.wait()
                page.clear()
                word = _SOMETHING
            except TimeoutError:
                word = _STILL_THERE
            if page not in self._pages.get(person, ()):
                return
            await self._listen()
            await stream.send_str(word)

    def _drop(self, person: int, page: asyncio.Event) -> None:
        """Have a page informed no longer; its stream wakes and ends."""
        pages = self._pages.get(person, [])
        if page in pages:
            pages.remove(page)
            page.set()
        if not pages:
            self._pages.pop(person, None)

    def close(self) -> None:
        """End every stream."""
        self._is_over = True
        self._lose()
        self._pages.clear()

    async def _listen(self) -> None:
        """Open the line where there is none; psycopg's errors."""
        async with self._opening:
            if self._connection is not None or self._is_over:
                return
            loop = asyncio.get_running_loop()
            connection = await loop.run_in_executor(None, self._open)
            self._connection = connection
            loop.add_reader(connection.pgconn.socket, self._read)

    def _open(self) -> Connection[Any]:
        connection = self._connect()
        connection.execute(f"LISTEN {self._channel}".encode())
        return connection

    def _read(self) -> None:
        if self._connection is None:
            return
        line = self._connection.pgconn
        try:
            line.consume_input()
        except OperationalError:
            self._lose()
            return
        while (word := line.notifies()) is not None:
            for page in self._pages.get(int(word.extra), ()):
                page.set()
        if line.status != pq.ConnStatus.OK:
            self._lose()

    def _lose(self) -> None:
        """Drop the line; whoever listens is woken, opens it again and asks what was missed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            asyncio.get_running_loop().remove_reader(connection.pgconn.socket)
            connection.close()
        for pages in self._pages.values():
            for page in pages:
                page.set()
