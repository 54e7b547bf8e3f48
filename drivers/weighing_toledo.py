"""Toledo's two: the continuous output, and the 8217 that answers a single letter.

Sources: Rockwell 57C428 user guide, appendix D, and Fairbanks FB2550 manual, appendix II, for the continuous output and
its status words; KERN FTC-BA-e-0720, 5.2, and IND445 user manual, 5.2, for its commands and the checksum; PSC Magellan
8500 (DIVA) service manual, 6.1.4, for the 8217's status byte, Salter Brecknell 3700LP manual, page 11, for its weights.
"""

from __future__ import annotations

import re
from decimal import Decimal

from drivers.weighing_frames import Answer, Command, FrameParser, Orders, Parser, Sample, weighed

STX = 0x02


class ToledoContinuous:
    """STX, status words A B C, 6 digits of weight, 6 of tare, CR, and on some a checksum.

    What follows the CR tells whether there is one: the next STX, or the two's complement of the sum of the 7-bit
    characters. A stream that had checksums must go on having them; `FORGET` frames without are needed to be believed.
    """

    FORGET = 3
    poll = b""
    _SHAPE = re.compile(rb"\x02([\x20-\x7f])([\x20-\x7f])([\x20-\x7f])([ \d]{6})[ \d]{6}\r")
    _LENGTH = 17

    def __init__(self) -> None:
        self.understood = 0
        self._buffer = b""
        self._checked = 0

    def feed(self, data: bytes, t: float) -> list[Sample]:
        self._buffer += data
        samples: list[Sample] = []
        while (start := self._buffer.find(STX)) >= 0:
            self._buffer = self._buffer[start:]
            frame = self._SHAPE.match(self._buffer)
            if frame is None:
                if len(self._buffer) < self._LENGTH and self._buffer.find(STX, 1) < 0:
                    return samples
                self._buffer = self._buffer[1:]
                continue
            length = self._whole(frame.group(), self._buffer[self._LENGTH : self._LENGTH + 2])
            if length is None:
                return samples
            self._buffer = self._buffer[max(length, self._LENGTH) :]
            if length and (sample := self._sample(frame)) is not None:
                self.understood += length
                samples.append(sample)
        self._buffer = b""
        return samples

    def _whole(self, frame: bytes, after: bytes) -> int | None:
        """The frame's length with its checksum, 0 if it is to be refused, None while that can't be told."""
        checksum = -sum(byte & 0x7F for byte in frame) & 0x7F
        if not after or (after[0] == STX and len(after) < 2):
            return None
        if after[0] == checksum and (after[0] != STX or after[1] == STX):
            self._checked = self.FORGET
            return len(frame) + 1
        if after[0] != STX or after[1] == STX:
            return 0
        if self._checked:
            self._checked -= 1
            return 0
        return len(frame)

    @staticmethod
    def _sample(frame: re.Match[bytes]) -> Sample | None:
        a, b, c = frame.group(1)[0], frame.group(2)[0], frame.group(3)[0]
        net, negative, out_of_range, moving, kilograms, unzeroed = (bool(b & bit) for bit in (1, 2, 4, 8, 16, 64))
        if out_of_range:
            return Sample(None, "under" if negative else "over", net)
        unit = {0: "kg" if kilograms else "lb", 1: "g", 2: "t", 3: "oz"}.get(c & 7, "")
        digits = frame.group(4).decode("ascii").strip()
        if not digits.isdigit():
            return None
        value = Decimal(digits).scaleb(2 - (a & 7))
        expanded = bool(c & 16)  # ten times the resolution, a service display
        stable = not (moving or unzeroed or expanded)
        return weighed(f"{value:f}", unit, stable=stable, negative=negative, net=net)

    def reply(self, data: bytes) -> bytes:
        return b""

    def orders(self) -> Orders:
        """Single letters, never answered; the line ends are ignored by the makes that need none."""
        return Orders({"zero": b"Z\r\n", "tare": b"T\r\n", "clear_tare": b"C\r\n"}, quiet=True)


# 8217: W is answered by STX weight CR, or STX ? status CR while there is no weight to show. The unit is never told.


def _unweighable(status: int) -> Sample | None:
    if status & 2:
        return Sample(None, "over")
    if status & 4:
        return Sample(None, "negative")
    if status & 1:
        return Sample(None, "moving")
    return Sample(None, "under") if status & 8 else None


def _tol8217_answer(command: Command, heard: bytes) -> Answer | None:
    """Bit 0 moving; 1 over, 2 under zero, 3 outside the range that may be zeroed."""
    found = re.search(rb"\x02\?([\x40-\x7f])\r", heard)
    if not found:
        return None
    status = found[1][0]
    return "moving" if status & 1 else "out_of_range" if status & 14 else "done"


def tol8217(unit: str = "kg") -> Parser:
    def read(frame: re.Match[bytes]) -> Sample | None:
        if frame[3]:
            return _unweighable(frame[3][0])
        return weighed(frame[1].decode("ascii"), unit, stable=True, net=bool(frame[2]))

    pattern = rb"\x02(?:([\d.]{5,7})(N?)|\?([\x40-\x7f]))\r"
    return FrameParser(pattern, read, b"W", Orders({"zero": b"Z"}, _tol8217_answer))
