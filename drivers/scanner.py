"""A bar code scanner: its port, its framing and its signals, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drivers.connection import Connection, monotonic_ms, utc_ms
from drivers.feedback import NewlandAnswers, Signal, parse_feedback
from drivers.framing import Frame, Framer, FramingConfig
from drivers.transport import Fault

ScannerState: TypeAlias = Literal["connecting", "ready", "lost"]


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of the scanner: `fault` is '' for a read to act on, else what was wrong with it.

    `raw` is the frame as it arrived, `aim` the AIM symbology identifier or '', `at_ms` UTC milliseconds,
    `source` the scanner's name. Faults: `garbled`, `partial`, `overlong`, `duplicate`, `bad_checksum`.
    """

    text: str
    aim: str
    raw: bytes
    source: str
    at_ms: int
    fault: str = ""


class Scanner:
    """Calls `on_read` and `on_state` from its own thread; neither may be needed for the other to go on.

    `address` is opened again by this name whenever the device comes back, so give a stable one. `feedback` names a
    dialect (`drivers.feedback.parse_feedback`). Raises ValueError for an address or dialect that is none.
    """

    def __init__(
        self,
        address: str,
        framing: FramingConfig,
        on_read: Callable[[Read], None],
        on_state: Callable[[ScannerState], None],
        name: str = "scanner1",
        *,
        feedback: str = "none",
    ) -> None:
        self.name = name
        self._on_read, self._on_state = on_read, on_state
        self._framer = Framer(framing)
        self._dialect = parse_feedback(feedback)
        self._is_newland = feedback.startswith("newland")
        self._answers = NewlandAnswers()
        self._signalled: dict[Signal, float] = {}
        self._signal_lock = threading.Lock()
        self._connection = Connection(address, self, name)

    @property
    def problem(self) -> Fault | None:
        """Why the port is not open (`missing`, `denied`, `busy`, …); None while it is."""
        return self._connection.problem

    def start(self) -> None:
        self._connection.start()

    def stop(self) -> None:
        """Give the port back; no callback comes afterwards."""
        self._connection.stop()

    def good(self) -> None:
        """The read was recorded. Like all signals: at once, never waiting for the device."""
        self._signal("good")

    def bad(self) -> None:
        """The read was wrong: another item, an unknown code."""
        self._signal("bad")

    def attention(self) -> None:
        """Look at the screen."""
        self._signal("attention")

    def _signal(self, signal: Signal) -> None:
        data = self._dialect.bytes_of(signal)
        if not data:
            return
        now = monotonic_ms()
        with self._signal_lock:
            if now - self._signalled.get(signal, -self._dialect.pause_ms) < self._dialect.pause_ms:
                return
            self._signalled[signal] = now
        self._connection.send(data)

    # What the connection calls

    def connecting(self) -> None:
        self._on_state("connecting")

    def opened(self, t: float) -> None:
        self._framer.replugged(t)
        self._answers = NewlandAnswers()
        self._on_state("ready")

    def lost(self, t: float) -> None:
        self._hand_out(self._framer.unplugged(t))
        self._on_state("lost")

    def received(self, data: bytes, t: float) -> None:
        if self._is_newland:
            data = self._answers.strip(data)
        self._hand_out(self._framer.feed(data, t))

    def due(self) -> float | None:
        return self._framer.due()

    def ticked(self, t: float) -> None:
        self._hand_out(self._framer.tick(t))

    def _hand_out(self, frames: list[Frame]) -> None:
        # Acknowledge first: a slow receiver of reads must not make the scanner send again.
        for reply in self._framer.take_replies():
            self._connection.send(reply)
        at_ms = utc_ms()
        for frame in frames:
            if frame.kind not in ("unplugged", "replugged"):
                fault = "" if frame.kind == "scan" else frame.kind
                self._on_read(Read(frame.text, frame.aim, frame.raw, self.name, at_ms, fault))
