"""Scans that arrive as keystrokes: tells a keyboard wedge from a person, and loses nothing of either.

A wedge set up with a prefix key (F12, or STX which a terminal calls ctrl+b) and an Enter or Tab after the code is
lossless. Without a prefix, six or more keys no further than 35 ms apart and an Enter make a scan: a person leaves 90 ms
or more. A line that stalls in mid-scan may cost such a scan, but never makes a shorter code of it. Times are
milliseconds of one monotonic clock, taken where the key arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from wms.domain.records import Record

# A terminal's name for a control character that arrived as a key of its own (kitty's protocol sends no character).
_CONTROL = {
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+d": "\x04",
}
_IN_CODES = frozenset(_CONTROL.values())  # GS, RS, EOT: ISO/IEC 15434 and FNC1
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424
_LINE_FEED = "ctrl+j"
_ETX = "ctrl+c"
_NEVER = float("-inf")


class WedgeConfig(Record):
    """How the site's wedges are set up."""

    prefixes: frozenset[str] = frozenset({"f12", "ctrl+b"})
    suffixes: frozenset[str] = frozenset({"enter", "tab"})
    gap_ms: int = 35
    shortest: int = 6
    longest: int = 512
    patience_ms: int = 1000  # how long a scan may pause before its end is given up
    stall_ms: int = 300  # how long a line may hold up a scan that has no prefix


class Scan(Record):
    """A code read. `fault` is '', `partial` (its end never came) or `overlong`."""

    text: str
    aim: str = ""
    fault: str = ""


class Typed(Record):
    """Characters a person typed (or a burst too short, or unfinished, to be a scan)."""

    text: str


class KeyPressed(Record):
    """A key that is no part of a scan, by its terminal name."""

    name: str


Routed: TypeAlias = Scan | Typed | KeyPressed


@dataclass(slots=True)
class Router:
    """Takes keys in the order they came; gives scans, typing and keys in that same order."""

    config: WedgeConfig = field(default_factory=WedgeConfig)
    _scan: list[str] | None = None  # after a prefix
    _burst: list[str] = field(default_factory=list)  # without a prefix, not yet known whether scan or typing
    _last: float = 0.0  # when the last key of either came
    _burst_since: float = 0.0
    _doubt_until: float = _NEVER  # a burst that begins before is the rest of a scan already given up
    _after_end: bool = False  # an LF right after the CR, or the CR after an ETX, belongs to it

    def key(self, name: str, character: str | None, at: float) -> list[Routed]:
        """What the key completes."""
        after_end, self._after_end = self._after_end, False
        if name == _LINE_FEED:
            if after_end:
                return []
            name = "enter"
        done = self._expired(at)
        if name in self.config.prefixes:
            done += self._abandoned() + self._typed()
            self._scan, self._last = [], at
        elif self._scan is not None:
            self._last = at
            done += self._in_scan(self._scan, name, character)
        elif name in self.config.suffixes:
            done += self._ended(name, at)
        else:
            done += self._outside(name, character, at)
        return done

    def paste(self, text: str, at: float) -> list[Routed]:
        """A bracketed paste: each of its lines that is not empty is a scan."""
        done = self._expired(at) + self._typed()
        self._scan = None  # the prefix announced this paste
        return done + [self._read(line) for line in re.split(r"[\r\n]+", text) if line.strip()]

    def tick(self, at: float) -> list[Routed]:
        """Gives out what has waited long enough."""
        done = self._expired(at)
        if self._burst and at - self._last > self._hold:
            done += self._typed()
        return done

    @property
    def deadline(self) -> float | None:
        """When `tick` will have something to do; `None` while nothing is held."""
        if self._scan is not None:
            return self._last + self.config.patience_ms + 1
        return self._last + self._hold + 1 if self._burst else None

    @property
    def _hold(self) -> int:
        """How long the burst may pause: longer once it can only be a machine's (a held key repeats one character)."""
        machine = len(self._burst) >= self.config.shortest and len(set(self._burst)) > 1
        return self.config.stall_ms if machine else self.config.gap_ms

    def _in_scan(self, scan: list[str], name: str, character: str | None) -> list[Routed]:
        if name in self.config.suffixes or name == _ETX:
            self._scan = None
            self._after_end = True
            return [self._read("".join(scan))] if scan else []
        if (taken := _CONTROL.get(name, character)) is None:
            return [KeyPressed(name)]
        if len(scan) <= self.config.longest:
            scan.append(taken)
        return []

    def _outside(self, name: str, character: str | None, at: float) -> list[Routed]:
        taken = _CONTROL.get(name, character)
        if taken is None or not (taken.isprintable() or taken in _IN_CODES):
            return [*self._typed(), KeyPressed(name)]
        done = self._typed() if self._burst and at - self._last > self._hold else []
        if not self._burst:
            self._burst_since = at
        self._burst.append(taken)
        self._last = at
        return done

    def _ended(self, name: str, at: float) -> list[Routed]:
        self._after_end = name == "enter"
        fast = len(self._burst) >= self.config.shortest and at - self._last <= self._hold
        if not fast:
            done = self._typed()
            self._doubt_until = _NEVER
            return [*done, KeyPressed(name)]
        text = "".join(self._burst)
        self._burst.clear()
        doubtful, self._doubt_until = self._burst_since <= self._doubt_until, _NEVER
        return [Scan(text, fault="partial")] if doubtful else [self._read(text)]

    def _typed(self) -> list[Routed]:
        if not self._burst:
            return []
        text = "".join(self._burst)
        self._burst.clear()
        self._doubt_until = self._last + (self.config.patience_ms if len(text) > 1 else self.config.stall_ms)
        if not _IN_CODES & set(text):
            return [Typed(text)]
        return [Scan(text, fault="partial")] if set(text) - _IN_CODES else []

    def _expired(self, at: float) -> list[Routed]:
        if self._scan is None or at - self._last <= self.config.patience_ms:
            return []
        return self._abandoned()

    def _abandoned(self) -> list[Routed]:
        text, self._scan = "".join(self._scan or ()), None
        return [Scan(text[: self.config.longest], fault="partial")] if text else []

    def _read(self, text: str) -> Scan:
        if len(text) > self.config.longest:
            return Scan(text[: self.config.longest], fault="overlong")
        aim = _AIM.match(text)
        return Scan(text[3:], aim=aim[0]) if aim and len(text) > 3 else Scan(text)
