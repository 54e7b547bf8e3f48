"""One thread per device: opens its port, reads, writes, and opens it again when it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from drivers.address import parse_address
from drivers.transport import Fault, Port, PortError, Wake, open_port

log = logging.getLogger(__name__)

QUICK_RETRY_S, SLOW_RETRY_S = 0.05, 0.25
QUICK_FOR_S = 3.0
OPEN_TIMEOUT_S = 2.0
STEADY_AFTER_S = 1.0


def monotonic_ms() -> float:
    return time.monotonic() * 1000


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


class Handler(Protocol):
    """What a device does with its connection. Every method is called from the connection's thread."""

    def connecting(self) -> None: ...
    def opened(self, t: float) -> None: ...
    def lost(self, t: float) -> None: ...
    def received(self, data: bytes, t: float) -> None: ...
    def due(self) -> float | None: ...
    def ticked(self, t: float) -> None: ...


@dataclass(slots=True)
class _Outgoing:
    data: bytes
    until: float


class Connection:
    """Keeps a device open by its stable name. Times given to the handler are `monotonic_ms()`."""

    def __init__(self, address: str, handler: Handler, name: str) -> None:
        self._address = parse_address(address)
        self._handler = handler
        self._wake = Wake()
        self._stopping = threading.Event()
        self._outgoing: deque[_Outgoing] = deque()
        self._port: Port | None = None
        self._thread = threading.Thread(target=self._run, name=f"device {name}", daemon=True)
        self.problem: Fault | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 3.0) -> None:
        """End the thread and give the port back. May be called twice, and before `start`."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        elif not self._thread.ident:
            self._wake.close()

    def send(self, data: bytes, timeout_s: float = 1.0) -> None:
        """Queue bytes for the device; they are dropped when it has not taken them in time. Never blocks."""
        if self._port is None:
            return
        self._outgoing.append(_Outgoing(data, time.monotonic() + timeout_s))
        if threading.current_thread() is not self._thread:
            self._wake.set()
            return
        try:
            self._write_queued(self._port)
        except PortError:
            return  # the read that follows finds the same and reports it

    def _run(self) -> None:
        try:
            self._keep_open()
        finally:
            self._wake.close()

    def _keep_open(self) -> None:
        self._guarded(self._handler.connecting)
        since = time.monotonic()
        while not self._stopping.is_set():
            try:
                port = open_port(self._address, OPEN_TIMEOUT_S)
            except PortError as error:
                self.problem = error.reason
                quick = time.monotonic() - since < QUICK_FOR_S
                self._stopping.wait(QUICK_RETRY_S if quick else SLOW_RETRY_S)
                continue
            opened = time.monotonic()
            self.problem = None
            self._outgoing.clear()
            self._port = port
            try:
                self._guarded(self._handler.opened, monotonic_ms())
                self._serve(port)
            except PortError as error:
                self.problem = error.reason
            finally:
                self._port = None
                port.close(discard=True)
            since = time.monotonic()
            if not self._stopping.is_set():
                self._guarded(self._handler.lost, monotonic_ms())
            if since - opened < STEADY_AFTER_S:  # a peer that hangs up at once is not to be called in a spin
                self._stopping.wait(QUICK_RETRY_S)

    def _serve(self, port: Port) -> None:
        while not self._stopping.is_set():
            port.wait(self._patience(), writable=bool(self._outgoing), wake=self._wake)
            data = port.read()
            now = monotonic_ms()
            if data:
                self._guarded(self._handler.received, data, now)
            due = self._handler.due()
            if due is not None and now >= due:
                self._guarded(self._handler.ticked, now)
            self._write_queued(port)

    def _patience(self) -> float | None:
        ends = [item.until - time.monotonic() for item in list(self._outgoing)[:1]]
        if (due := self._handler.due()) is not None:
            ends.append((due - monotonic_ms()) / 1000)
        return max(0.0, min(ends)) if ends else None

    def _write_queued(self, port: Port) -> None:
        while self._outgoing:
            item = self._outgoing[0]
            if item.until < time.monotonic():
                self._outgoing.popleft()
                continue
            taken = port.write(item.data)
            if taken < len(item.data):
                item.data = item.data[taken:]
                return
            self._outgoing.popleft()

    def _guarded(self, method: object, *arguments: object) -> None:
        """A fault in what is done with a read must not stop the next one from being taken."""
        try:
            method(*arguments)  # type: ignore[operator]
        except Exception:
            log.exception("device %s", self._thread.name)
