"""TCP connections: serial-device servers with a scanner or scale behind them, and network printers."""

from __future__ import annotations

import contextlib
import queue
import socket
import sys
import threading
import time
from typing import TypeAlias

from drivers.transport import READ_SIZE, DescriptorPort, PortError, fault_of

HostAddress: TypeAlias = tuple[str, int]

# A peer without power says no good-bye: ask after 5 s of silence, then each 2 s, and give up after three.
KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_TRIES = 5, 2, 3
# The same for what was sent and not acknowledged; without it the kernel tries for a quarter of an hour (RFC 5482).
UNACKNOWLEDGED_MS = 10_000


def resolve(host: str, port: int, timeout_s: float) -> list[HostAddress]:
    """The addresses of a host, within the time; a name server may take half a minute to say no. Raises OSError."""
    answers: queue.SimpleQueue[list[HostAddress] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            answers.put(error)
        except UnicodeError as error:  # a label of the name is empty or too long
            answers.put(socket.gaierror(socket.EAI_NONAME, str(error)))
        else:
            answers.put([(str(address[0]), int(address[1])) for *_, address in found])

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.001, timeout_s))
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _connect(host: str, port: int, timeout_s: float) -> socket.socket:
    until = time.monotonic() + timeout_s
    failure: OSError = TimeoutError(host)
    for address in resolve(host, port, timeout_s):
        try:
            return socket.create_connection(address, timeout=max(0.001, until - time.monotonic()))
        except OSError as error:
            failure = error
    raise failure


class SocketPort(DescriptorPort):
    """A TCP connection."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        try:
            self._socket = _connect(host, port, timeout_s)
        except TimeoutError as error:
            raise PortError("timeout", f"{host}:{port} did not answer") from error
        except OSError as error:
            raise fault_of(error) from error
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._watch_silence()
        except OSError as error:  # the peer hung up already: some systems refuse to set anything then
            self._socket.close()
            raise fault_of(error) from error
        super().__init__(self._socket.fileno())

    def _take(self, size: int) -> bytes:
        return self._socket.recv(size)

    def _give(self, data: bytes) -> int:
        return self._socket.send(data)

    def _watch_silence(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (
            ("TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
            ("TCP_KEEPINTVL", KEEPALIVE_EVERY_S),
            ("TCP_KEEPCNT", KEEPALIVE_TRIES),
            ("TCP_USER_TIMEOUT", UNACKNOWLEDGED_MS),
        ):
            if hasattr(socket, option):
                self._socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

    def unsent(self) -> int:
        if sys.platform != "linux":
            return 0
        from drivers.posix_port import output_queue

        return output_queue(self.fd)

    def close(self, *, discard: bool = False) -> None:
        if not discard:
            # Unread input would turn the close into a reset, which throws away what the peer has not read yet.
            with contextlib.suppress(OSError):
                while self._socket.recv(READ_SIZE):
                    pass
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()
