"""Scans that arrive as keystrokes: tells a keyboard wedge from a person, and loses nothing of either.

A wedge set up with a prefix key (F12, or STX which a terminal calls ctrl+b) and an Enter or Tab after the code is
lossless. Without a prefix, six or more keys no further than 35 ms apart and an Enter as close make a scan: a person
leaves 90 ms or more. Times are milliseconds of one monotonic clock, taken where the key arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class WedgeConfig:
    """How the site's wedges are set up."""

    prefixes: frozenset[str] = frozenset({"f12", "ctrl+b"})
    suffixes: frozenset[str] = frozenset({"enter", "tab"})
    gap_ms: int = 35
    shortest: int = 6
    longest: int = 512
    patience_ms: int = 1000  # how long a scan may pause before its end is given up
    stall_ms: int = 300  # a burst that begins so soon after other keys is the rest of a scan the line held up


@dataclass(frozen=True, slots=True)
class Scan:
    """A code read. `fault` is '', `partial` (its end never came) or `overlong`."""

    text: str
    aim: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Characters a person typed (or a burst too short, or unfinished, to be a scan)."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
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
    _typed_at: float = float("-inf")  # when the last key came that was given out as typing
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
        if self._burst and at - self._last > self.config.gap_ms:
            done += self._typed()
        return done

    @property
    def deadline(self) -> float | None:
        """When `tick` will have something to do; `None` while nothing is held."""
        if self._scan is not None:
            return self._last + self.config.patience_ms + 1
        return self._last + self.config.gap_ms + 1 if self._burst else None

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
        done = self._typed() if self._burst and at - self._last > self.config.gap_ms else []
        if not self._burst:
            self._burst_since = at
        self._burst.append(taken)
        self._last = at
        return done

    def _ended(self, name: str, at: float) -> list[Routed]:
        self._after_end = name == "enter"
        fast = len(self._burst) >= self.config.shortest and at - self._last <= self.config.gap_ms
        if not fast:
            return [*self._typed(), KeyPressed(name)]
        text = "".join(self._burst)
        self._burst.clear()
        if self._burst_since - self._typed_at <= self.config.stall_ms:
            return [Scan(text, fault="partial")]
        return [self._read(text)]

    def _typed(self) -> list[Routed]:
        text = "".join(c for c in self._burst if c not in _IN_CODES)
        if self._burst:
            self._typed_at = self._last
        self._burst.clear()
        return [Typed(text)] if text else []

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
