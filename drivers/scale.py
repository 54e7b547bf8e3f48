"""A weighing scale: its port and its protocol, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from drivers.connection import Connection, monotonic_ms, utc_ms
from drivers.transport import Fault
from drivers.weighing import Parser, Sample, Status, build_parser
from drivers.weighing_detect import Detector
from drivers.weighing_frames import Command, CommandResult
from drivers.weighing_orders import Order

ScaleState: TypeAlias = Literal["connecting", "ready", "lost"]

POLL_EVERY_MS = 150.0
SILENT_AFTER_MS = 1000.0
SLOWEST_MS = 3000.0
"""A scale that speaks only once a second is not silent in between: its own pace counts, up to this."""
DETECT_AGAIN_AFTER_MS = 5000.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What lies on the scale. Only a `stable` reading may be booked; `grams` is None where none is shown.

    `negative`: below zero. `over`, `under`: out of the scale's range. `silent`: nothing heard for a second.
    `unknown_protocol`: bytes come that are no weight. `net`: a tare is taken off.
    """

    grams: Decimal | None
    status: Status
    at_ms: int
    net: bool = False

    @property
    def bookable(self) -> bool:
        return self.status == "stable" and self.grams is not None


class Scale:
    """Calls `on_reading` for each change of weight or status, and `on_state`, from its own thread.

    `on_result` gets what became of `zero`, `tare` and `clear_tare`: `done`; `moving`: not now, it moves;
    `out_of_range`: too much on the pan; `refused`, also while another is under way; `no_answer` in two seconds;
    `unsupported` by this protocol. The same asked for again while it is under way has one result.

    `protocol` is a name of `drivers.weighing.PROTOCOLS` or `auto`. Raises ValueError for another, or for an address
    that is none.
    """

    def __init__(
        self,
        address: str,
        protocol: str,
        on_reading: Callable[[Reading], None],
        on_state: Callable[[ScaleState], None],
        name: str = "scale1",
        on_result: Callable[[Command, CommandResult], None] = lambda _command, _result: None,
    ) -> None:
        self._configured = protocol
        self._on_reading, self._on_state, self._on_result = on_reading, on_state, on_result
        self._wanted: Command | None = None
        self._order: Order | None = None
        self._open = False
        self._listen(monotonic_ms())
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

    def can(self, command: Command) -> bool:
        """False as long as the protocol is not known."""
        parser = self._parser
        return parser is not None and command in parser.orders().requests

    def zero(self) -> None:
        """Make what lies on the pan zero; scales take it only near the true zero."""
        self._want("zero")

    def tare(self) -> None:
        """Take what lies on the pan off all weights from now on."""
        self._want("tare")

    def clear_tare(self) -> None:
        self._want("clear_tare")

    def _want(self, command: Command) -> None:
        if not self.can(command):
            self._on_result(command, "unsupported")
        elif not self._open:
            self._on_result(command, "no_answer")
        elif (busy_with := self._order.command if self._order else self._wanted) is None:
            self._wanted = command
        elif busy_with != command:
            self._on_result(command, "refused")

    def _listen(self, t: float) -> None:
        """Forget what was heard: another scale may have been plugged in."""
        self._detector = Detector() if self._configured == "auto" else None
        self._parser: Parser | None = None if self._detector else build_parser(self._configured)
        self._next_poll = self._heard_at = self._sampled_at = self._told_at = t
        self._pace = 0.0

    # What the connection calls

    def connecting(self) -> None:
        self._on_state("connecting")

    def opened(self, t: float) -> None:
        self._listen(t)
        self._wanted = self._order = None  # meant for what was plugged in before
        self._open = True
        self._on_state("ready")

    def lost(self, t: float) -> None:
        self._open = False
        if self._order or self._wanted:
            self._finish("no_answer", t)
        self._tell(Sample(None, "silent"))
        self._on_state("lost")

    def received(self, data: bytes, t: float) -> None:
        pause, self._heard_at = t - self._heard_at, t
        if self._parser is None:
            self._detect(data, t, pause)
            return
        self._send(self._parser.reply(data))
        if self._order and (result := self._order.heard(data)):
            self._finish(result, t)
        for sample in self._parser.feed(data, t):
            self._keep_pace(t)
            self._tell(sample)
            if self._order and (result := self._order.saw(sample)):
                self._finish(result, t)
            self._dispatch(t)

    def due(self) -> float | None:
        ends = [self._silent_at()]
        if self._order:
            ends.append(self._order.until)
        if self._parser is None or self._parser.poll:
            ends.append(self._next_poll)
        return min(ends)

    def ticked(self, t: float) -> None:
        if self._order and (result := self._order.expired(t)):
            self._finish(result, t)
        if t >= self._next_poll:
            self._next_poll = t + POLL_EVERY_MS
            self._dispatch(t)
            self._ask(t)
        if t >= self._silent_at():
            self._told_at = t
            self._dispatch(t)
            self._say_silence(t)

    # What follows from it

    def _keep_pace(self, t: float) -> None:
        gap = t - self._sampled_at
        by_itself = self._parser is not None and not self._parser.poll
        self._pace = max(gap, self._pace / 2) if by_itself and gap <= SLOWEST_MS else 0.0
        self._sampled_at = self._told_at = t

    def _silent_at(self) -> float:
        waiting = self._order.until if self._order and not self._order.accepted else 0.0
        return max(self._told_at + max(SILENT_AFTER_MS, 1.5 * self._pace), waiting)

    def _detect(self, data: bytes, t: float, pause: float) -> None:
        if self._detector is None:
            return
        self._send(self._detector.feed(data, t))
        if self._detector.protocol:
            self._parser = self._detector.parser()
            self._sampled_at = self._told_at = t
            self._pace = 0.0 if self._parser.poll else min(pause, SLOWEST_MS)

    def _ask(self, t: float) -> None:
        if self._order and not self._order.accepted:
            return
        if self._parser:
            self._send(self._parser.poll)
        elif self._detector:
            self._send(self._detector.poll(t))

    def _say_silence(self, t: float) -> None:
        """No weight for a second: either nothing comes, or it is not understood."""
        speaks = t - self._heard_at < SILENT_AFTER_MS
        if not speaks:
            self._tell(Sample(None, "silent"))
        elif self._detector is None or self._parser or self._detector.unknown(t):
            self._tell(Sample(None, "unknown_protocol"))
        again_after = DETECT_AGAIN_AFTER_MS if not speaks else SLOWEST_MS
        if self._detector and self._parser and t - self._sampled_at >= again_after:
            heard_at = self._heard_at
            self._listen(t)
            self._heard_at = heard_at

    def _dispatch(self, t: float) -> None:
        """Send the command that is wanted, now that no poll waits for its answer."""
        if self._wanted is None or self._order or self._parser is None:
            return
        command, self._wanted = self._wanted, None
        orders = self._parser.orders()
        self._order = Order(command, orders, t)
        self._send(orders.requests[command])

    def _finish(self, result: CommandResult, t: float) -> None:
        command = self._order.command if self._order else self._wanted
        self._order = self._wanted = None
        self._told_at = t
        if command:
            self._on_result(command, result)

    def _send(self, data: bytes) -> None:
        if data:
            self._connection.send(data, timeout_s=POLL_EVERY_MS / 1000)

    def _tell(self, sample: Sample) -> None:
        last = self.last
        if last and (last.grams, last.status, last.net) == (sample.grams, sample.status, sample.net):
            return
        self.last = Reading(sample.grams, sample.status, utc_ms(), sample.net)
        self._on_reading(self.last)
