"""A bar code scanner: its port, its framing and its signals, in a thread of its own.

What the scanner waits for is sent from the thread that reads its port. What the application does with a read happens
in another, so however long that takes, the next read is acknowledged at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drivers.connection import Connection, monotonic_ms, utc_ms
from drivers.delivery import Delivery
from drivers.diagnosis import READS_PER_S, Diagnosis, Trouble
from drivers.feedback import NewlandAnswers, Signal, parse_feedback
from drivers.framing import Frame, Framer, FramingConfig
from drivers.handshake import Awaited, Owed
from drivers.port_budget import SUSTAINED_FRAMES_PER_S
from drivers.transport import Fault

# A piece of the stream that is nothing, as an empty line, takes that much less time than a frame.
PIECES_LIKE_A_FRAME = 8
CLOCK_SET_BACK_MS = 60_000

ScannerState: TypeAlias = Literal["connecting", "ready", "lost"]


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of the scanner: `fault` is '' for a read to act on, else what was wrong with it.

    `raw` is the frame as it arrived, `aim` the AIM symbology identifier or '', `source` the scanner's name.
    `at_ms`, UTC milliseconds, is another for each read of a scanner and so names it for the verdict: of codes that
    come at once each has the next millisecond. Only a clock that is set back by minutes may use one twice.
    Faults: `garbled`, `partial`, `overlong`, `duplicate`, `bad_checksum`.
    """

    text: str
    aim: str
    raw: bytes
    source: str
    at_ms: int
    fault: str = ""


class Scanner:
    """Calls `on_read` and `on_state` in the order in which things happened, from a thread of its own.

    `address` is opened again by this name whenever the device comes back, so give a stable one. `feedback` names a
    dialect (`drivers.feedback.parse_feedback`). `on_state` is called again when `trouble` changes.
    Raises ValueError for an address or dialect that is none.
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
        self._framer = Framer(framing, live=True)
        self._dialect = parse_feedback(feedback, framing.mode)
        self._newland = NewlandAnswers() if feedback.startswith("newland") else None
        self._signalled: dict[Signal, float] = {}
        self._signal_lock = threading.Lock()
        self._resume_at: float | None = None
        self._owed, self._awaited = Owed(), Awaited()
        self._acknowledges = framing.mode == "ssi" or framing.handshake == "acknak" or self._dialect.answers
        self._last_scan_ms = 0
        self._last_verdict: Signal | None = None
        self._last_at_ms = self._gone_ms = 0
        self._stopped = False
        self._diagnosis = Diagnosis(framing)
        self._told_trouble: Trouble = ""
        self._delivery = Delivery(f"reads of {name}")
        self._connection = Connection(address, self, name)

    @property
    def problem(self) -> Fault | None:
        """Why the port is not open (`missing`, `denied`, `busy`, …); None while it is."""
        return self._connection.problem

    @property
    def problem_text(self) -> str:
        """`problem` with what is known of it and what to do, in English; '' while the port is open."""
        return self._connection.problem_text

    @property
    def trouble(self) -> Trouble:
        """What is wrong with what the scanner sends, in a word of `drivers.diagnosis`; '' while all is well."""
        return self._told_trouble

    @property
    def dropped(self) -> int:
        """How many reads and faults were not handed on because the scanner floods."""
        return self._diagnosis.dropped

    def start(self) -> None:
        self._delivery.start()
        self._connection.start()

    def stop(self) -> None:
        """Give the port back. What was read before is still delivered, unless that takes seconds; then no more."""
        self._delivery.close_soon()
        with self._signal_lock:
            self._stopped = True
            if self._resume_at is not None:  # nobody else would let it read again
                self._connection.send(self._dialect.resume)
        self._connection.stop()
        self._delivery.stop()

    def good(self, at_ms: int = 0) -> None:
        """The read of that time was recorded. Like all signals: at once, never waiting for the device.

        A scanner that waits for its verdict gets one for each read, so name the read: a verdict that comes too late,
        or again, is not sent. Without `at_ms` it is that of the oldest that waits, or a signal by itself. No signal is
        sent for a read from before the cable was pulled: another scanner may be there, in another hand.
        """
        self._signal("good", at_ms)

    def bad(self, at_ms: int = 0) -> None:
        """The read was wrong: another item, an unknown code."""
        self._signal("bad", at_ms)

    def attention(self, at_ms: int = 0) -> None:
        """Look at the screen."""
        self._signal("attention", at_ms)

    def _signal(self, signal: Signal, at_ms: int) -> None:
        if 0 < at_ms <= self._gone_ms:
            return
        if self._dialect.answers:
            if (read := self._awaited.take(at_ms)) or not at_ms:
                self._answer(signal, read)
            return
        data = self._dialect.bytes_of(signal)
        if not data:
            return
        now = monotonic_ms()
        with self._signal_lock:
            if self._stopped or now - self._signalled.get(signal, -self._dialect.pause_ms) < self._dialect.pause_ms:
                return
            self._signalled[signal] = now
            if signal == "bad" and self._dialect.resume:
                self._resume_at = now + self._dialect.hold_ms
            self._connection.send(data)

    def _answer(self, signal: Signal, read: int = 0) -> None:
        if read and read == self._last_scan_ms:
            self._last_verdict = signal
        self._connection.send(self._dialect.bytes_of(signal))

    # What the connection calls

    def connecting(self) -> None:
        self._delivery.put(self._on_state, "connecting")

    def opened(self, t: float) -> None:
        self._framer.replugged(t)
        if self._newland:
            self._newland = NewlandAnswers()
        self._owed = Owed()
        self._awaited.clear()
        self._gone_ms, self._last_verdict = self._last_at_ms, None
        self._diagnosis.reset()
        self._told_trouble = ""
        self._resume_at = None
        if self._dialect.resume:  # a program that ended at the wrong moment may have left it stopped
            self._connection.send(self._dialect.resume)
        self._delivery.put(self._on_state, "ready")

    def lost(self, t: float) -> None:
        self._hand_out(self._framer.unplugged(t), b"", t)
        self._delivery.put(self._on_state, "lost")

    def received(self, data: bytes, t: float) -> None:
        if self._newland:
            data = self._newland.strip(data, t)
        frames = self._framer.feed(data, t, continued=self._connection.continues)
        self._hand_out(frames, data, t)

    def due(self) -> float | None:
        newland = self._newland.due() if self._newland else None
        owed = self._owed.due(busy=self._framer.busy)
        times = (self._framer.due(), owed, self._awaited.due(), self._diagnosis.due(), self._resume_at, newland)
        return min((time for time in times if time is not None), default=None)

    def ticked(self, t: float) -> None:
        frames, held = self._framer.tick(t), b""
        if self._newland and (due := self._newland.due()) is not None and t >= due:
            held = self._newland.release()
            frames += self._framer.feed(held, t)
        self._hand_out(frames, held, t)
        if self._owed.take_fault(t, busy=self._framer.busy):
            self._answer("bad")
        for read in self._awaited.overdue(t):
            self._answer("attention", read)
        with self._signal_lock:
            resumes = self._resume_at is not None and t >= self._resume_at
            self._resume_at = None if resumes else self._resume_at
        if resumes:
            self._connection.send(self._dialect.resume)

    def _hand_out(self, frames: list[Frame], data: bytes, t: float) -> None:
        # Acknowledge first: a slow receiver of reads must not make the scanner send again.
        for reply in self._framer.take_replies():
            self._connection.send(reply)
        frames = [frame for frame in frames if frame.kind not in ("unplugged", "replugged")]
        self._connection.charge(len(frames) + self._framer.pieces // PIECES_LIKE_A_FRAME)
        self._framer.pieces %= PIECES_LIKE_A_FRAME
        admitted = [frame for frame in frames if self._admits(frame)]
        for frame in admitted:
            self._deliver(frame, t)
        if self._dialect.answers:
            self._answer_bounces([frame.kind for frame in frames], t)
        self._diagnosis.watch(data, admitted, t)
        self._tell_trouble(t)

    def _admits(self, frame: Frame) -> bool:
        """A scanner that is told its code was taken must be able to rely on it: it is slowed down instead."""
        if frame.kind != "scan" or not self._acknowledges:
            return self._diagnosis.admits(frame)
        if self._diagnosis.exceeds(frame):
            self._connection.charge(SUSTAINED_FRAMES_PER_S // READS_PER_S)
        return True

    def _deliver(self, frame: Frame, t: float) -> None:
        fault = "" if frame.kind == "scan" else frame.kind
        read = Read(frame.text, frame.aim, frame.raw, self.name, self._next_at_ms(), fault)
        if self._dialect.answers and not fault:
            self._last_scan_ms, self._last_verdict = read.at_ms, None
            self._awaited.expect(read.at_ms, t)
        self._delivery.put(self._on_read, read)

    def _answer_bounces(self, kinds: list[str], t: float) -> None:
        """A bounce is told what the read it repeats was told; while that waits for its verdict, that is the answer."""
        for due in self._owed.settle(kinds, t):
            if due == "duplicate" and self._last_verdict:
                self._answer(self._last_verdict)

    def _next_at_ms(self) -> int:
        now = utc_ms()
        if self._last_at_ms - CLOCK_SET_BACK_MS < now <= self._last_at_ms:
            now = self._last_at_ms + 1
        elif now <= self._last_at_ms:
            self._gone_ms = 0
        self._last_at_ms = now
        return now

    def _tell_trouble(self, t: float) -> None:
        if self._connection.throttled:
            self._diagnosis.flooded(t)
            self._diagnosis.tick(t)
        if self._diagnosis.trouble != self._told_trouble:
            self._told_trouble = self._diagnosis.trouble
            self._delivery.put(self._on_state, "ready")
