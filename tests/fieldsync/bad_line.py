"""A line to a server that breaks once, after so many bytes have gone up."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench.servers import LOOPBACK


@dataclass
class BadLine:
    """`sent` are the bytes that went up on each connection."""

    port: int
    server: int
    breaks_after: int
    sent: list[int] = field(default_factory=list)
    has_broken: bool = False

    def carry(self, client: socket.socket) -> None:
        place = len(self.sent)
        self.sent.append(0)
        with client, socket.create_connection((LOOPBACK, self.server)) as server:
            threading.Thread(target=_pass_on, args=(server, client), daemon=True).start()
            while content := _read(client):
                left = self.breaks_after - sum(self.sent)
                breaks = not self.has_broken and len(content) > left
                content = content[:left] if breaks else content
                server.sendall(content)
                self.sent[place] += len(content)
                if breaks:
                    self.has_broken = True
                    _hang_up(server, client)
                    return


def _hang_up(*lines: socket.socket) -> None:
    for line in lines:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def bad_line(server: int, breaks_after: int) -> Iterator[BadLine]:
    with socket.create_server((LOOPBACK, 0)) as door:
        line = BadLine(door.getsockname()[1], server, breaks_after)

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _address = door.accept()
                    threading.Thread(target=line.carry, args=(client,), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield line
        # Closing alone does not wake a thread that waits for the next caller.
        door.shutdown(socket.SHUT_RDWR)


def _read(line: socket.socket) -> bytes:
    with contextlib.suppress(OSError):
        return line.recv(65536)
    return b""


def _pass_on(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            to.sendall(content)
        to.shutdown(socket.SHUT_WR)
