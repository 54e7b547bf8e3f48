"""A weighing scale: its port and its protocol, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from drivers.connection import Connection, monotonic_ms, utc_ms
from drivers.transport import Fault
from drivers.weighing import PARSERS, Parser, Sample, Status

ScaleState: TypeAlias = Literal["connecting", "ready", "lost"]

POLL_EVERY_MS = 150
SILENT_AFTER_MS = 1000
# A scale that speaks by itself does so several times a second; only then is it asked.
LISTEN_MS, ASK_MS = 700, 400
ENOUGH_SAMPLES = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What lies on the scale. Only a `stable` reading may be booked; `grams` is None where none is shown.

    `negative`: below zero. `over`, `under`: out of the scale's range. `silent`: nothing heard for a second.
    """

    grams: Decimal | None
    status: Status
    at_ms: int

    @property
    def bookable(self) -> bool:
        return self.status == "stable" and self.grams is not None


class Detector:
    """Finds out which protocol a scale speaks: listens a while, asks in each protocol in turn, listens again.

    `protocol` is '' until `ENOUGH_SAMPLES` samples of one protocol were understood in one turn.
    """

    def __init__(self) -> None:
        self.protocol = ""
        asked = [name for name, build in PARSERS.items() if build().poll]
        self._turns = [[name for name in PARSERS if name not in asked], *([name] for name in asked)]
        self._turn = -1
        self._turn_ends = 0.0
        self._parsers: dict[str, Parser] = {}
        self._heard: dict[str, int] = {}

    def poll(self, t: float) -> bytes:
        """What to send now, b'' while listening."""
        if not self._parsers or t >= self._turn_ends:
            self._turn = (self._turn + 1) % len(self._turns)
            self._turn_ends = t + (ASK_MS if self._turn else LISTEN_MS)
            self._parsers = {name: PARSERS[name]() for name in self._turns[self._turn]}
            self._heard = dict.fromkeys(self._parsers, 0)
        return next(iter(self._parsers.values())).poll

    def feed(self, data: bytes, t: float) -> None:
        for name, parser in self._parsers.items():
            self._heard[name] += len(parser.feed(data, t))
            if self._heard[name] >= ENOUGH_SAMPLES:
                self.protocol = name
                return


class Scale:
    """Calls `on_reading` for each change of weight or status, and `on_state`, from its own thread.

    `protocol` is a name of `drivers.weighing.PARSERS` or `auto`. Raises ValueError for another, or for an address
    that is none.
    """

    def __init__(
        self,
        address: str,
        protocol: str,
        on_reading: Callable[[Reading], None],
        on_state: Callable[[ScaleState], None],
        name: str = "scale1",
    ) -> None:
        if protocol != "auto" and protocol not in PARSERS:
            raise ValueError(f"unknown scale protocol {protocol!r}: use auto or one of {', '.join(PARSERS)}")
        self._configured = protocol
        self._on_reading, self._on_state = on_reading, on_state
        self._begin()
        self.last: Reading | None = None
        self._connection = Connection(address, self, name)

    @property
    def problem(self) -> Fault | None:
        """Why the port is not open; None while it is."""
        return self._connection.problem

    @property
    def protocol(self) -> str:
        """The protocol spoken, '' while it is not known yet."""
        return self._detector.protocol if self._detector else self._configured

    def start(self) -> None:
        self._connection.start()

    def stop(self) -> None:
        """Give the port back; no callback comes afterwards."""
        self._connection.stop()

    def _begin(self) -> None:
        """Forget what was heard: another scale may have been plugged in."""
        self._detector = Detector() if self._configured == "auto" else None
        self._parser: Parser | None = None if self._detector else PARSERS[self._configured]()
        self._next_poll = self._heard_at = monotonic_ms()

    # What the connection calls

    def connecting(self) -> None:
        self._on_state("connecting")

    def opened(self, t: float) -> None:
        self._begin()
        self._on_state("ready")

    def lost(self, t: float) -> None:
        self._tell(Sample(None, "silent"))
        self._on_state("lost")

    def received(self, data: bytes, t: float) -> None:
        if self._parser is None and self._detector:
            self._detector.feed(data, t)
            if self._detector.protocol:
                self._parser = PARSERS[self._detector.protocol]()
        if self._parser is None:
            return
        for sample in self._parser.feed(data, t):
            self._heard_at = t
            self._tell(sample)

    def due(self) -> float | None:
        silent_at = self._heard_at + SILENT_AFTER_MS
        if self._parser and not self._parser.poll:
            return silent_at
        return min(self._next_poll, silent_at)

    def ticked(self, t: float) -> None:
        if t >= self._next_poll:
            self._next_poll = t + POLL_EVERY_MS
            request = self._parser.poll if self._parser else self._detector.poll(t) if self._detector else b""
            if request:
                self._connection.send(request, timeout_s=POLL_EVERY_MS / 1000)
        if t >= self._heard_at + SILENT_AFTER_MS:
            self._heard_at = t
            self._tell(Sample(None, "silent"))

    def _tell(self, sample: Sample) -> None:
        last = self.last
        if last and (last.grams, last.status) == (sample.grams, sample.status):
            return
        self.last = Reading(sample.grams, sample.status, utc_ms())
        self._on_reading(self.last)
