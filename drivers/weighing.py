"""What scales send, as pure parsers: bytes and the time they came in, samples out.

Weights are Decimal grams. Sources: Mettler-Toledo MT-SICS reference manual and continuous output, CAS CI series manual,
Dini Argeo protocol, NCI/Weigh-Tronix SCP-01, Yaohua XK3190 manual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import xor
from typing import Literal, Protocol, TypeAlias

Status: TypeAlias = Literal["stable", "moving", "over", "under", "negative", "silent"]

GRAMS_PER_UNIT = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),  # international pound, exact
    "oz": Decimal("28.349523125"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One statement of the scale; `grams` is None where it shows no weight."""

    grams: Decimal | None
    status: Status


def weighed(number: str, unit: str, *, stable: bool, negative: bool = False) -> Sample | None:
    """A sample from the display's digits, or None when they are no number or the unit is unknown."""
    digits = number.replace(" ", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", digits) or unit.strip() not in GRAMS_PER_UNIT:
        return None
    grams = Decimal(digits) * GRAMS_PER_UNIT[unit.strip()]
    grams = -grams if negative else grams
    if grams < 0:
        return Sample(grams, "negative")
    return Sample(grams, "stable" if stable else "moving")


class Parser(Protocol):
    """`poll` is what must be sent to get an answer, b'' when the scale speaks by itself."""

    poll: bytes

    def feed(self, data: bytes, t: float) -> list[Sample]:
        """Samples that `data`, read at `t` ms, completes."""
        ...


class FrameParser:
    """Finds frames of one fixed shape, wherever the stream is cut, and skips what is none."""

    LONGEST = 64

    def __init__(self, pattern: bytes, read: Callable[[re.Match[bytes]], Sample | None], poll: bytes = b"") -> None:
        self.poll = poll
        self._pattern = re.compile(pattern, re.DOTALL)
        self._read = read
        self._buffer = b""

    def frames(self, data: bytes) -> Iterator[re.Match[bytes]]:
        self._buffer += data
        end = 0
        for frame in self._pattern.finditer(self._buffer):
            end = frame.end()
            yield frame
        self._buffer = self._buffer[end:][-self.LONGEST :]

    def feed(self, data: bytes, t: float) -> list[Sample]:
        return [sample for frame in self.frames(data) if (sample := self._read(frame))]


# Mettler-Toledo MT-SICS: "S S      1.234 kg"; S stable, D moving, + and - out of range.


def _read_sics(frame: re.Match[bytes]) -> Sample | None:
    state, number, unit = (group.decode("ascii") if group else "" for group in frame.groups())
    if state in ("+", "-"):
        return Sample(None, "over" if state == "+" else "under")
    return weighed(number, unit, stable=state == "S")


def sics(poll: bytes = b"SI\r\n") -> Parser:
    return FrameParser(rb"(?:^|(?<=\n))S ([SD+-])(?: +(-?[\d.]+) (\w+)\s*?)?\r\n", _read_sics, poll)


# Toledo continuous: STX, status words A B C, 6 digits of weight, 6 of tare, CR, and on some a checksum.


class ToledoContinuous(FrameParser):
    def __init__(self) -> None:
        super().__init__(rb"\x02([\x20-\x7f])([\x20-\x7f])([\x20-\x7f])([ \d]{6})[ \d]{6}\r", self._sample)
        self._has_checksum = False
        self._last_sum = -1

    def frames(self, data: bytes) -> Iterator[re.Match[bytes]]:
        self._buffer += data
        end = 0
        for frame in self._pattern.finditer(self._buffer):
            between = self._buffer[end : frame.start()]
            if len(between) == 1 and between[0] & 0x7F == self._last_sum:
                self._has_checksum = True
            follows = self._buffer[frame.end() : frame.end() + 1]
            self._last_sum = -sum(byte & 0x7F for byte in frame.group()) & 0x7F
            if self._has_checksum and follows == b"\x02" and self._last_sum != 2:
                self._has_checksum = False
            if self._has_checksum and not follows:
                break
            end = frame.end() + self._has_checksum
            if not self._has_checksum or follows[0] & 0x7F == self._last_sum:
                yield frame
        self._buffer = self._buffer[end:][-self.LONGEST :]

    @staticmethod
    def _sample(frame: re.Match[bytes]) -> Sample | None:
        a, b, c = frame.group(1)[0], frame.group(2)[0], frame.group(3)[0]
        negative, out_of_range, moving, kilograms, unzeroed = (bool(b & bit) for bit in (2, 4, 8, 16, 64))
        if out_of_range:
            return Sample(None, "under" if negative else "over")
        unit = {0: "kg" if kilograms else "lb", 1: "g", 2: "t", 3: "oz"}.get(c & 7, "")
        digits = frame.group(4).decode("ascii").strip()
        if not digits.isdigit():
            return None
        value = Decimal(digits).scaleb(2 - (a & 7))
        return weighed(f"{value:f}", unit, stable=not moving and not unzeroed, negative=negative)


# CAS, 22 bytes: ST|US|OL, GS|NT, device, lamps, 8 places of weight, unit.


def _read_cas(frame: re.Match[bytes]) -> Sample | None:
    state, number, unit = (group.decode("ascii", "replace") for group in frame.groups())
    return Sample(None, "over") if state == "OL" else weighed(number, unit, stable=state == "ST")


def cas22() -> Parser:
    return FrameParser(rb"(ST|US|OL),(?:GS|NT),..,([ \d.+-]{8}) (kg|g |lb|oz|t )\r\n", _read_cas)


# Dini Argeo: "ST,GS,   1.234,kg" when asked READ, or by itself.


def _read_dini(frame: re.Match[bytes]) -> Sample | None:
    state, number, unit = (group.decode("ascii") for group in frame.groups())
    if state in ("OL", "UL"):
        return Sample(None, "over" if state == "OL" else "under")
    return weighed(number, unit, stable=state == "ST")


def dini(poll: bytes = b"READ\r\n") -> Parser:
    return FrameParser(rb"(ST|US|OL|UL|TL),(?:GS|NT|G |N ),([ \d.+-]{6,12}),\s*(kg|g|lb|oz|t)\s*\r\n", _read_dini, poll)


# NCI / Weigh-Tronix SCP-01: answers W CR by LF weight unit CR, LF status CR ETX; some models leave the second LF out.


def _read_nci(frame: re.Match[bytes]) -> Sample | None:
    number, unit, first, second = (group.decode("ascii") for group in frame.groups())
    if "^" in number or ord(second) & 2:
        return Sample(None, "over")
    if "_" in number or ord(second) & 1:
        return Sample(None, "under")
    if ord(first) & 0x0C or ord(second) & 0x0C:  # memory or calibration errors
        return None
    return weighed(number, unit.lower(), stable=not ord(first) & 1)


def nci() -> Parser:
    pattern = rb"\n([ \d.^_+-]+)(kg|g|lb|oz|KG|G|LB|OZ)\r\n?([\x30-\x3f])([\x30-\x3f])[\x30-\x3f]?\r\x03"
    return FrameParser(pattern, _read_nci, b"W\r")


# Yaohua XK3190, three formats, none with a mark for "stable".


class Settling:
    """Calls a weight stable after `count` equal ones over `span_ms`, for scales that do not say."""

    def __init__(self, inner: Parser, count: int = 5, span_ms: float = 500) -> None:
        self.poll = inner.poll
        self._inner, self._count, self._span_ms = inner, count, span_ms
        self._last: Sample | None = None
        self._equal, self._since = 0, 0.0

    def feed(self, data: bytes, t: float) -> list[Sample]:
        return [self._settle(sample, t) for sample in self._inner.feed(data, t)]

    def _settle(self, sample: Sample, t: float) -> Sample:
        if sample != self._last:
            self._last, self._equal, self._since = sample, 0, t
        self._equal += 1
        settled = self._equal >= self._count and t - self._since >= self._span_ms
        return Sample(sample.grams, "stable") if settled and sample.status == "moving" else sample


def _read_xk3190(frame: re.Match[bytes]) -> Sample | None:
    sign, digits, places, check = frame.groups()
    if reduce(xor, sign + digits + places) != int(check, 16):
        return None
    value = Decimal(digits.decode()).scaleb(-int(places))
    return weighed(f"{value:f}", "kg", stable=False, negative=sign == b"-")


def _read_xk3190_reversed(frame: re.Match[bytes]) -> Sample | None:
    text = frame.group(1)[::-1].decode("ascii")
    return weighed(text, "kg", stable=False) if text.count(".") == 1 else None


def _read_xk3190_wg(frame: re.Match[bytes]) -> Sample | None:
    body, check = frame.groups()
    if reduce(xor, body) != int(check, 16):
        return None
    text = body.decode("ascii")
    if text.strip() in ("OL", "LO"):
        return Sample(None, "over" if text.strip() == "OL" else "under")
    return weighed(text[2:9], text[9:], stable=False)


def xk3190() -> Parser:
    return Settling(FrameParser(rb"\x02([+-])(\d{6})(\d)([0-9A-F]{2})\x03", _read_xk3190))


def xk3190_reversed() -> Parser:
    return Settling(FrameParser(rb"=([\d.]{7}[\d-])(?=[=\r\n]|$)", _read_xk3190_reversed))


def xk3190_wg() -> Parser:
    return Settling(FrameParser(rb"(W[GN][-\d.]{7}(?:kg|g |lb|t )| {9}(?:OL|LO))([0-9A-F]{2})\r\n", _read_xk3190_wg))


PARSERS: dict[str, Callable[[], Parser]] = {
    "sics": sics,
    "sics-continuous": lambda: sics(poll=b""),
    "toledo": ToledoContinuous,
    "cas22": cas22,
    "dini": dini,
    "dini-continuous": lambda: dini(poll=b""),
    "nci": nci,
    "xk3190": xk3190,
    "xk3190r": xk3190_reversed,
    "xk3190w": xk3190_wg,
}
