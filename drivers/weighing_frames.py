"""What every scale protocol is made of: samples, units, and parsers that cut a stream into frames.

Weights are Decimal grams, exactly as shown. Nothing here knows a clock: times are given, in ms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

Status: TypeAlias = Literal["stable", "moving", "over", "under", "negative", "silent", "unknown_protocol"]
Command: TypeAlias = Literal["zero", "tare", "clear_tare"]
CommandResult: TypeAlias = Literal["done", "moving", "out_of_range", "refused", "no_answer", "unsupported"]
Answer: TypeAlias = "CommandResult | Literal['accepted']"
"""`accepted`: the scale heard the command; whether it obeyed is seen by what it shows next."""

GRAMS_PER_UNIT = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),  # international pound, exact
    "oz": Decimal("28.349523125"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One statement of the scale; `grams` is None where it shows no weight, `net` when a tare is taken off."""

    grams: Decimal | None
    status: Status
    net: bool = False


def weighed(number: str, unit: str, *, stable: bool, negative: bool = False, net: bool = False) -> Sample | None:
    """A sample from the display's digits, or None when they are no number or the unit is unknown."""
    digits = number.replace(" ", "")
    factor = GRAMS_PER_UNIT.get(unit.strip().lower())
    if factor is None or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", digits, re.ASCII):
        return None
    grams = Decimal(digits) * factor
    grams = -grams if negative else grams
    if grams < 0:
        return Sample(grams, "negative", net)
    return Sample(grams, "stable" if stable else "moving", net)


@dataclass(frozen=True, slots=True)
class Orders:
    """The commands a protocol has. `read` makes of what was heard since a command its answer, None while there is none.

    `quiet`: the scale never answers a command; what it shows next is its answer.
    """

    requests: Mapping[Command, bytes] = field(default_factory=dict)
    read: Callable[[Command, bytes], Answer | None] = lambda _command, _heard: None
    quiet: bool = False


NO_ORDERS = Orders()


class Parser(Protocol):
    """`poll` is what must be sent to get a weight, b'' when the scale speaks by itself."""

    poll: bytes

    @property
    def understood(self) -> int:
        """How many bytes belonged to whole frames."""
        ...

    def feed(self, data: bytes, t: float) -> list[Sample]:
        """Samples that `data`, read at `t` ms, completes."""
        ...

    def reply(self, data: bytes) -> bytes:
        """What must be sent at once because `data` came; mostly b''."""
        ...

    def orders(self) -> Orders:
        """How the scale is told to zero or to tare."""
        ...


class FrameParser:
    """Finds frames of one shape, wherever the stream is cut, and skips what is none."""

    LONGEST = 64

    def __init__(
        self,
        pattern: bytes,
        read: Callable[[re.Match[bytes]], Sample | None],
        poll: bytes = b"",
        orders: Orders = NO_ORDERS,
    ) -> None:
        self.poll = poll
        self.understood = 0
        self._pattern = re.compile(pattern, re.DOTALL)
        self._read, self._orders = read, orders
        self._buffer = b""

    def feed(self, data: bytes, t: float) -> list[Sample]:
        self._buffer += data
        end, samples = 0, []
        for frame in self._pattern.finditer(self._buffer):
            end = frame.end()
            if (sample := self._read(frame)) is not None:
                self.understood += len(frame.group())
                samples.append(sample)
        self._buffer = self._buffer[end:][-self.LONGEST :]
        return samples

    def reply(self, data: bytes) -> bytes:
        return b""

    def orders(self) -> Orders:
        return self._orders


class LineParser(FrameParser):
    """Takes whole lines only. The first is skipped: its beginning may be missing and what is left look like another."""

    _TERMINATOR = re.compile(rb"[\r\n]+")

    def __init__(
        self,
        pattern: bytes,
        read: Callable[[re.Match[bytes]], Sample | None],
        poll: bytes = b"",
        orders: Orders = NO_ORDERS,
        *,
        marked: bool = True,
    ) -> None:
        """`marked`: a line's beginning tells it from the rest of a longer one, so that the first may be taken."""
        super().__init__(pattern, read, poll, orders)
        self._whole = marked

    def feed(self, data: bytes, t: float) -> list[Sample]:
        self._buffer += data
        *lines, rest = self._TERMINATOR.split(self._buffer)
        samples = []
        for line in lines:
            frame = self._pattern.fullmatch(line) if self._whole else None
            self._whole = True
            if frame and (sample := self._read(frame)) is not None:
                self.understood += len(line) + 1
                samples.append(sample)
        if len(rest) > self.LONGEST:
            rest, self._whole = b"", False
        self._buffer = rest
        return samples


class Settled:
    """Calls a weight stable after `count` equal stable frames in a row that span `span_ms`, `moving` until then.

    For scales that have no mark for "stable"; and, with a count of two, against a digit mutilated on a line without
    a checksum. Frames further apart than `gap_ms` are not in a row.
    """

    def __init__(self, inner: Parser, count: int = 2, span_ms: float = 0, gap_ms: float = 2500) -> None:
        self.poll = inner.poll
        self._inner = inner
        self._count, self._span_ms, self._gap_ms = count, span_ms, gap_ms
        self._last: Sample | None = None
        self._equal, self._since, self._at = 0, 0.0, 0.0

    @property
    def understood(self) -> int:
        return self._inner.understood

    def feed(self, data: bytes, t: float) -> list[Sample]:
        return [self._settle(sample, t) for sample in self._inner.feed(data, t)]

    def reply(self, data: bytes) -> bytes:
        return self._inner.reply(data)

    def orders(self) -> Orders:
        return self._inner.orders()

    def _settle(self, sample: Sample, t: float) -> Sample:
        if sample != self._last or t - self._at > self._gap_ms:
            self._last, self._equal, self._since = sample, 0, t
        self._equal += 1
        self._at = t
        if sample.status != "stable" or (self._equal >= self._count and t - self._since >= self._span_ms):
            return sample
        return replace(sample, status="moving")
