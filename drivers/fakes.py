"""Simulated devices for demonstrations and tests: a scanner and a scale on pseudo-terminals, a printer on TCP.

They are devices, not drivers: the product reaches them through the same ports as real ones.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from decimal import Decimal
from pathlib import Path

from drivers.fake_printer import FakePrinter
from drivers.transport import Wake

__all__ = ["FakePrinter", "FakeScale", "FakeScanner"]


class _Line:
    """The far end of a pseudo-terminal, and the link by which its near end is found."""

    def __init__(self, link: Path | None) -> None:
        self._link = link
        self._far = self._near = -1
        self.plug()

    @property
    def address(self) -> str:
        """What a driver opens; without a link it changes at each replugging."""
        return str(self._link) if self._link else os.ttyname(self._near)

    @property
    def far(self) -> int:
        return self._far

    def plug(self) -> None:
        import tty

        if self._far >= 0:
            return
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        if self._link:
            fresh = self._link.with_name(f"{self._link.name}.{os.getpid()}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(self._near))
            fresh.replace(self._link)

    def unplug(self) -> None:
        if self._far < 0:
            return
        if self._link:
            self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)
        self._far = self._near = -1

    def write(self, data: bytes) -> bool:
        """False when the cable is out or nobody has read for so long that the line is full."""
        if self._far < 0:
            return False
        try:
            return os.write(self._far, data) == len(data)
        except OSError:
            return False

    def read(self) -> bytes:
        with contextlib.suppress(OSError):
            return os.read(self._far, 4096)
        return b""


class FakeScanner:
    """A scanner that sends codes ended by CR. `address` is what `drivers.scanner.Scanner` takes."""

    def __init__(self, link: Path | None = None, terminator: bytes = b"\r") -> None:
        self._line = _Line(link)
        self._terminator = terminator
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return self._line.address

    def scan(self, text: str) -> bool:
        """One pull of the trigger, as UTF-8. False when nobody can have got it."""
        with self._lock:
            return self._line.write(text.encode() + self._terminator)

    def heard(self) -> bytes:
        """What the host has sent since it was last asked: its signals."""
        with self._lock:
            return self._line.read()

    def unplug(self) -> None:
        with self._lock:
            self._line.unplug()

    def replug(self) -> None:
        with self._lock:
            self._line.plug()

    close = unplug

    def __enter__(self) -> FakeScanner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakeScale:
    """A scale that speaks MT-SICS: `S`, `SI`, `Z`, `T`, `TA`, `TAC` and `@`, as the makers' manual has them.

    `address` is what `drivers.scale.Scale` takes.
    """

    ZERO_RANGE = 50  # one in so many of the capacity may be zeroed: 2 %

    def __init__(self, link: Path | None = None, capacity_grams: int = 30_000) -> None:
        self._line = _Line(link)
        self._capacity = capacity_grams
        self._load, self._stable = 0, True
        self._drift = self._tare = 0
        self._wake = Wake()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="simulated scale", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return self._line.address

    def put(self, grams: int, *, stable: bool = True) -> None:
        """What lies on the pan from now on, in all."""
        with self._lock:
            self._load, self._stable = grams, stable

    def drift(self, grams: int) -> None:
        """How much too much it shows, until it is zeroed."""
        with self._lock:
            self._drift = grams

    def unplug(self) -> None:
        with self._lock:
            self._line.unplug()
        self._wake.set()

    def replug(self) -> None:
        with self._lock:
            self._line.plug()
        self._wake.set()

    def close(self) -> None:
        self._closing.set()
        self.unplug()
        self._thread.join(2)
        self._wake.close()

    def __enter__(self) -> FakeScale:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        received = b""
        while not self._closing.is_set():
            with self._lock:
                far = self._line.far
            poll = select.poll()
            poll.register(self._wake.fileno(), select.POLLIN)
            if far >= 0:
                poll.register(far, select.POLLIN)
            else:
                received = b""
            if any(fd == self._wake.fileno() for fd, _ in poll.poll()):
                self._wake.clear()
                continue
            with self._lock:
                received += self._line.read()
                *commands, received = received.replace(b"\r", b"\n").split(b"\n")
                for command in filter(None, commands):
                    self._line.write(self._answer(command.strip().upper()))

    def _answer(self, command: bytes) -> bytes:
        gross = self._load + self._drift
        match command:
            case b"SI" | b"S":
                if gross > self._capacity:
                    return b"S +\r\n"
                return self._weight(b"S S" if self._stable else b"S D", gross - self._tare)
            case b"Z" | b"T" if not self._stable:
                return command + b" I\r\n"
            case b"Z":
                if abs(gross) > self._capacity // self.ZERO_RANGE:
                    return b"Z +\r\n" if gross > 0 else b"Z -\r\n"
                self._drift, self._tare = -self._load, 0
                return b"Z A\r\n"
            case b"T":
                if not 0 <= gross <= self._capacity:
                    return b"T +\r\n" if gross > 0 else b"T -\r\n"
                self._tare = gross
                return self._weight(b"T S", gross)
            case b"TA":
                return self._weight(b"TA A", self._tare)
            case b"TAC":
                self._tare = 0
                return b"TAC A\r\n"
            case b"@":
                return b'I4 A "DEMO"\r\n'
        return b"ES\r\n"

    @staticmethod
    def _weight(head: bytes, grams: int) -> bytes:
        return head + f" {Decimal(grams).scaleb(-3):>10.3f} kg\r\n".encode()
