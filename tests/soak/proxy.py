"""A bad line between tablets and the server: it drops, delays, doubles, reorders and truncates.

Every request has its own connection to the server. What happens to it is drawn from a seed, so
that the same seed gives the same plan (not the same timing: the tablets are not in step).
"""

import asyncio
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
PATIENCE_S = 120.0
# What is done to a request, and how often out of a thousand; the others pass.
FAULTS = {
    "drop_before": 18,  # the line is cut before the server has heard of it
    "drop_after": 25,  # the server has done it, nobody hears of it
    "delay": 25,
    "double": 20,  # it arrives twice, one after the other
    "double_at_once": 12,
    "late": 12,  # the tablet sees a cut; it arrives seconds later, behind what was sent after it
    "hold": 15,  # held back while others overtake it
    "cut_request": 15,  # half of it arrives
    "cut_answer": 15,  # the connection ends in the middle of the answer
    "short_answer": 10,  # half of the answer, told as whole
    "portal": 6,  # another answers: a page to sign in to some network
    "bad_gateway": 6,
}
PORTAL = b"<html><title>Welcome</title>Sign in to go on.</html>"
_DELAY_S, _HOLD_S, _LATE_S = (0.02, 0.6), (0.3, 2.0), (0.5, 5.0)


class CutError(Exception):
    """The connection is to be ended without another word."""


@dataclass(frozen=True)
class Message:
    """A request or an answer: its head with the blank line, and its body."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body


@dataclass
class Proxy:
    """`run()` serves in a thread of its own until `stop()`; `faulty` turns the faults on."""

    target: int
    seed: int
    faulty: bool = True
    port: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> int:
        """The port at which it listens."""
        self._thread.start()
        self._ready.wait(10)
        return self.port

    def stop(self) -> None:
        if self._loop and self._ended:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, LOOPBACK, 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        for task in self._later:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_message(reader)
            fault = self._fault(request)
            self.counts[fault or "passed"] += 1
            answer = await self._carry(request, fault)
            writer.write(answer)
            await writer.drain()
        except (CutError, OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
            # What a tablet sees of all of these is a connection that has ended.
            writer.transport.abort()
        finally:
            writer.close()

    def _fault(self, request: Message) -> str:
        drawn = self._random.randrange(1000)
        if not self.faulty:
            return ""
        found = ""
        for name, share in FAULTS.items():
            if drawn < share:
                found = name
                break
            drawn -= share
        if b"/devices/enrol" in request.head.split(b"\r\n", 1)[0] and (
            found in ("double", "double_at_once", "late")
        ):
            # A code that is used twice is a wrong code, and twenty of those lock the address.
            return ""
        return found

    async def _carry(self, request: Message, fault: str) -> bytes:
        """The bytes that the tablet gets; CutError for none."""
        if fault in ("portal", "bad_gateway"):
            status = b"200 OK" if fault == "portal" else b"502 Bad Gateway"
            return _answer(status, b"text/html", PORTAL).whole
        if fault == "drop_before":
            raise CutError
        if fault == "late":
            self._send_later(request)
            raise CutError
        if fault == "cut_request":
            await self._cut(request)
            raise CutError
        if fault in ("delay", "hold"):
            await asyncio.sleep(self._random.uniform(*(_HOLD_S if fault == "hold" else _DELAY_S)))
        answer = await self._forward(request, at_once=2 if fault == "double_at_once" else 1)
        if fault == "double":
            answer = await self._forward(request)
        return self._spoilt(answer, fault)

    def _spoilt(self, answer: Message, fault: str) -> bytes:
        if fault == "drop_after":
            raise CutError
        if fault == "cut_answer":
            return answer.whole[: self._random.randrange(len(answer.whole))]
        if fault == "short_answer" and len(answer.body) > 1:
            lines = answer.head.split(b"\r\n")
            status, kind = lines[0].split(b" ", 1)[1], b"application/json"
            cut = answer.body[: self._random.randrange(1, len(answer.body))]
            kept = b"".join(
                line + b"\r\n" for line in lines if line.lower().startswith(b"content-encoding:")
            )
            return _answer(status, kind, cut, kept).whole
        return answer.whole

    def _send_later(self, request: Message) -> None:
        async def send() -> None:
            await asyncio.sleep(self._random.uniform(*_LATE_S))
            try:
                await self._forward(request)
            except (CutError, OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
                return

        task = asyncio.create_task(send())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _cut(self, request: Message) -> None:
        _reader, writer = await asyncio.open_connection(LOOPBACK, self.target)
        writer.write(request.whole[: self._random.randrange(1, len(request.whole))])
        await writer.drain()
        writer.close()

    async def _forward(self, request: Message, *, at_once: int = 1) -> Message:
        """The server's answer; of two at once the one that comes last."""
        done = await asyncio.gather(*(self._exchange(request) for _ in range(at_once)))
        return done[-1]

    async def _exchange(self, request: Message) -> Message:
        reader, writer = await asyncio.open_connection(LOOPBACK, self.target, limit=1 << 20)
        try:
            writer.write(request.whole)
            await writer.drain()
            is_head = request.head.startswith(b"HEAD ")
            return await asyncio.wait_for(read_message(reader, has_body=not is_head), PATIENCE_S)
        finally:
            writer.close()


async def read_message(reader: asyncio.StreamReader, *, has_body: bool = True) -> Message:
    """A whole message, whose connection shall end with it."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head[:-4].split(b"\r\n")
    headers = dict(_pair(line) for line in lines[1:])
    if headers.get(b"expect", b"").lower() == b"100-continue":
        raise CutError
    kept = [lines[0]] + [
        line
        for line in lines[1:]
        if _pair(line)[0] not in (b"connection", b"keep-alive", b"transfer-encoding")
    ]
    body = b""
    if has_body:
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            body = await _read_chunks(reader)
            kept.append(b"Content-Length: %d" % len(body))
        else:
            body = await reader.readexactly(int(headers.get(b"content-length", 0)))
    return Message(b"\r\n".join([*kept, b"Connection: close", b"", b""]), body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    pieces = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)


def _pair(line: bytes) -> tuple[bytes, bytes]:
    name, _colon, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _answer(status: bytes, kind: bytes, body: bytes, more: bytes = b"") -> Message:
    head = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n" % (status, kind, len(body))
    return Message(head + more + b"Connection: close\r\n\r\n", body)
