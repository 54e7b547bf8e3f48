"""What is wrong with a scanner that sends, in a word: it floods, is set to another mode, or cannot be read.

Pure and in virtual time (milliseconds of the caller's clock): it is told the bytes and the frames they became.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Literal, TypeAlias

from drivers.bounce import BOUNCE_MS
from drivers.framing import Frame, FramingConfig
from drivers.ssi import find_decode_data

Trouble: TypeAlias = Literal[
    "",
    "flood",  # more than anybody scans, for longer than a cart full of stored codes takes
    "speaks_ssi",  # SSI packets, and another mode is set here
    "speaks_stx",  # STX … ETX, and lines are set here
    "speaks_lines",  # lines, and packets or STX … ETX are set here
    "no_terminator",  # readable codes, none with an end
    "unreadable",  # mostly noise: another speed or parity, a bad cable
    "bounces",  # each pull of the trigger reads more than once
]

# Scanners that store codes send some hundred at once when docked; nobody scans 20 a second for long.
READS_AT_ONCE, READS_PER_S = 2000, 20
# Of what cannot be acted on, a few tell as much as all.
FAULTS_AT_ONCE, FAULTS_PER_S = 50, 5
FLOOD_OVER_MS = 2000

_REMEMBERED = 8
_WINDOW_MS = 60_000
_BOUNCES_OVER_MS = 30_000
_TAIL = 600
_NEEDED: dict[Trouble, int] = {
    "speaks_ssi": 1,
    "speaks_stx": 2,
    "speaks_lines": 2,
    "no_terminator": 2,
    "unreadable": 3,
    "bounces": 3,
}
_STX_FRAME = re.compile(rb"\x02[\x1d\x20-\x7e]+\x03")
_READABLE = bytes([*range(0x20, 0x7F), 0x09, 0x0A, 0x0D, 0x1D])
_SHORTEST_CODE = 3


class Bucket:
    """So many at once, then so many a second."""

    def __init__(self, at_once: int, per_s: float) -> None:
        self._at_once, self._per_ms = at_once, per_s / 1000
        self._left, self._at = float(at_once), 0.0

    def take(self, t: float) -> bool:
        self._left = min(self._at_once, self._left + max(0.0, t - self._at) * self._per_ms)
        self._at = t
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Diagnosis:
    """Watches one scanner. `trouble` is the word that fits now, '' while all is well."""

    def __init__(self, config: FramingConfig) -> None:
        self._mode = config.mode
        self.trouble: Trouble = ""
        self.dropped = 0
        self.reset()

    def reset(self) -> None:
        """The scanner was plugged in again, perhaps another one."""
        self._reads = Bucket(READS_AT_ONCE, READS_PER_S)
        self._faults = Bucket(FAULTS_AT_ONCE, FAULTS_PER_S)
        self._tail = b""
        self._recent: deque[tuple[float, Trouble]] = deque(maxlen=_REMEMBERED)
        self._last: tuple[bytes, float] | None = None
        self._flood_until: float | None = None
        self.trouble = ""

    def admits(self, frame: Frame) -> bool:
        """Whether the frame is to be handed on. One that is not is counted in `dropped`, and floods."""
        admitted = not self.exceeds(frame)
        self.dropped += not admitted
        return admitted

    def exceeds(self, frame: Frame) -> bool:
        """Whether the frame is one more than anybody scans, or than anybody needs to see."""
        bucket = self._reads if frame.kind == "scan" else self._faults
        if bucket.take(frame.at):
            return False
        if frame.kind == "scan":
            self.flooded(frame.at)
        return True

    def flooded(self, t: float) -> None:
        """More came than is taken, at `t`."""
        self._flood_until = t + FLOOD_OVER_MS

    def watch(self, data: bytes, frames: Iterable[Frame], t: float) -> None:
        """What came at `t`, and which of what it became is handed on: of a flood a few frames tell as much as all."""
        self._tail = (self._tail + data)[-_TAIL:]
        for frame in frames:
            if frame.kind not in ("unplugged", "replugged"):
                self._recent.append((t, self._symptom(frame)))
        self.tick(t)

    def due(self) -> float | None:
        """When `tick` may change the word although nothing comes."""
        if self._flood_until is not None:
            return self._flood_until
        if self.trouble != "bounces":
            return None
        return max(at for at, trouble in self._recent if trouble == "bounces") + _BOUNCES_OVER_MS

    def tick(self, t: float) -> None:
        if self._flood_until is not None and t >= self._flood_until:
            self._flood_until = None
        self.trouble = "flood" if self._flood_until is not None else self._judge(t)

    def _judge(self, t: float) -> Trouble:
        recent = [trouble for at, trouble in self._recent if t - at <= _WINDOW_MS]
        if not recent:
            return "" if self.trouble in ("flood", "bounces") else self.trouble
        if recent.count("unreadable") >= max(_NEEDED["unreadable"], 0.6 * len(recent)):
            return "unreadable"
        since_a_good_read: list[Trouble] = []
        for trouble in reversed(recent):
            if trouble in ("", "bounces"):
                break
            since_a_good_read.append(trouble)
        for trouble in since_a_good_read:
            if trouble != "unreadable" and since_a_good_read.count(trouble) >= _NEEDED[trouble]:
                return trouble
        bounced = [at for at, trouble in self._recent if trouble == "bounces" and t - at < _BOUNCES_OVER_MS]
        return "bounces" if len(bounced) >= _NEEDED["bounces"] else ""

    def _symptom(self, frame: Frame) -> Trouble:
        if frame.kind in ("scan", "duplicate"):
            last, self._last = self._last, (frame.data, frame.at)
            again = last is not None and last[0] == frame.data and frame.at - last[1] < BOUNCE_MS
            return "bounces" if again or (frame.kind == "duplicate" and frame.text) else ""
        if self._mode != "ssi" and find_decode_data(self._tail) is not None:
            return "speaks_ssi"
        if self._mode == "line" and _STX_FRAME.search(frame.raw):
            return "speaks_stx"
        if len(frame.raw) < _SHORTEST_CODE or len(frame.raw.translate(None, _READABLE)) > len(frame.raw) // 10:
            return "unreadable"
        if self._mode == "ssi" or (self._mode == "stx" and frame.kind == "garbled"):
            return "speaks_lines"
        return "unreadable" if frame.kind == "garbled" else "no_terminator"
