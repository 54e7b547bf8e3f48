"""Scans that arrive as keystrokes: tells a keyboard wedge from a person, and loses nothing of either.

A wedge set up with a prefix key (F12, or STX which a terminal calls ctrl+b) and an Enter or Tab after the code is
lossless while no pause within a scan is longer than a second. Without a prefix, six or more keys no further than 35 ms
apart and an Enter make a scan: a person leaves 90 ms or more.

A line that stalls in mid-scan may cost the scan, but makes no shorter code of it: what may be the rest of a scan is
`partial`. After a cut scan with a prefix, and after a cut paste, that is all that comes within 30 s up to the suffix,
the next prefix or a person's key. Without a prefix it is the first burst within 10 s of typing that no Enter ended and
that answered no question, be it a single key: only an identifier at its front then proves a scan whole. The rest of one
that was held up for longer passes for a scan, or for typing.

Times are milliseconds of one monotonic clock, taken where the key arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from drivers.payload import decode, read_payload
from wms.domain.records import Record, replace

# A terminal's name for a control character that arrived as a key of its own (kitty's protocol sends no character).
_CONTROL = {
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    "ctrl+d": "\x04",
}
_IN_CODES = frozenset(_CONTROL.values())  # FS, GS, RS, US, EOT: ISO/IEC 15434 and FNC1
_BYTES = "surrogateescape"  # how the driver hands on bytes that are no UTF-8
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424
_LINE_FEED = "ctrl+j"
_ETX = "ctrl+c"
_PERSONS_KEY = re.compile(r"escape|backspace|delete|up|down|left|right|pageup|pagedown|f[0-9]+")
_TORN_MS = 10_000  # how long the rest of a scan may be on its way, when what may be its front came
_REST_MS = 30_000  # the same when a prefix, or a paste's begin, proves that it was
_TOGETHER_MS = 5  # what a line held up arrives together; two reads of a trigger that bounces are further apart
_NEVER = float("-inf")


class WedgeConfig(Record):
    """How the site's wedges are set up.

    `aim`: they send an AIM identifier with every code. `text`: what they send before every code; it is taken off.
    `code_id`, `gs`: as `drivers.framing.FramingConfig` has them. With `gap_ms` 0 a scan needs its prefix.
    """

    prefixes: frozenset[str] = frozenset({"f12", "ctrl+b"})
    suffixes: frozenset[str] = frozenset({"enter", "tab", _ETX})
    aim: bool = False
    text: str = ""
    code_id: str = "none"
    gs: str = ""
    gap_ms: int = 35
    shortest: int = 6
    longest: int = 8192
    duplicate_ms: int = 0  # the same code again within it is the trigger's bounce; a line may bring two pulls so close
    patience_ms: int = 1000  # how long a scan may pause before its end is given up
    stall_ms: int = 300  # how long a line may hold up a scan that has no prefix


class Scan(Record):
    """A code read. `fault` is '', `duplicate` (the same again at once), `partial` (a part of it is missing), `overlong`
    or `garbled`."""

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
    _scan: list[str] | None = None  # after a prefix, or of what was torn
    _rest_until: float = _NEVER  # so long the scan is what is left of one that was told as partial
    _burst: list[str] = field(default_factory=list)  # without a prefix, not yet known whether scan or typing
    _times: list[float] = field(default_factory=list)  # of the keys in it
    _last: float = 0.0  # when the last key of either came
    _torn_until: float = _NEVER  # a burst that begins before is the rest of a scan already given up
    _torn_scan: bool = False  # and its front was told as a partial scan, not as typing
    _lone_until: float = _NEVER  # the same after a single key, which a question may yet take
    _after_return: bool = False  # an LF right after the CR belongs to it
    _last_read: tuple[Scan, float] | None = None
    _end_until: float = _NEVER  # so long a suffix belongs to the paste, or a CR to the ETX, right before it

    def key(self, name: str, character: str | None, at: float) -> list[Routed]:
        """What the key completes."""
        done = self._expired(at)
        after_return, self._after_return = self._after_return, False
        end_until, self._end_until = self._end_until, _NEVER
        if self._scan is None or "enter" in self.config.suffixes:
            self._after_return = name == "enter"
            if name == _LINE_FEED:
                if after_return or at <= end_until:
                    return done
                name = "enter"
        if name in self.config.prefixes:
            done += self._abandoned() + self._typed()
            self._trust()
            self._scan, self._last = [], at
        elif self._scan is not None:
            self._last = at
            done += self._in_scan(self._scan, name, character, at)
        elif at <= end_until and (name == "enter" or name in self.config.suffixes):
            pass
        elif name in self.config.suffixes:
            done += self._ended(name, at)
        else:
            done += self._outside(name, character, at)
        return done

    def paste(self, text: str, at: float, *, cut: bool = False) -> list[Routed]:
        """A bracketed paste: each of its lines that is not empty is a scan. `cut`: the end of the last never came."""
        done = self._expired(at) + self._typed()
        announced = self._scan == [] and self._rest_until == _NEVER
        done += self._abandoned()
        *lines, last = re.split(r"[\r\n]+", text)
        for line in lines if cut else (*lines, last):
            done += self._read(line, at) if line.strip() else []
        self._end_until = at + (self.config.patience_ms if announced else self.config.stall_ms)
        if cut:
            done += [Scan(_shown(last), fault="partial")] if last.strip() else []
            self._scan, self._rest_until, self._last = [], at + _REST_MS, at
        return done

    def tick(self, at: float) -> list[Routed]:
        """Gives out what has waited long enough."""
        done = self._expired(at)
        if self._burst and at - self._last > self._hold:
            done += self._typed()
        return done

    def answered(self) -> None:
        """The single key just typed has answered a question, so it was a person's and no part of a scan."""
        self._lone_until = _NEVER

    @property
    def deadline(self) -> float | None:
        """When `tick` will have something to do; `None` while nothing is held."""
        if self._scan or (self._scan is not None and self._rest_until == _NEVER):
            return self._last + self.config.patience_ms + 1
        return self._last + self._hold + 1 if self._burst else None

    @property
    def _hold(self) -> int:
        """How long the burst may pause: longer once it can only be a machine's (a held key repeats one character)."""
        machine = len(self._burst) >= self.config.shortest and len(set(self._burst)) > 1
        return self.config.stall_ms if machine else self.config.gap_ms

    def _in_scan(self, scan: list[str], name: str, character: str | None, at: float) -> list[Routed]:
        rest = self._rest_until != _NEVER
        if name in self.config.suffixes:
            self._end_until = at + self.config.stall_ms if name == _ETX else _NEVER
            if rest:
                self._trust()
                return self._abandoned()
            self._scan = None
            return self._read("".join(scan), at)
        if (taken := _CONTROL.get(name, character)) is None:
            done = self._abandoned() if rest and _PERSONS_KEY.fullmatch(name) else []
            return [*done, KeyPressed(name)]
        if len(scan) <= self.config.longest:
            scan.append(taken)
        return []

    def _outside(self, name: str, character: str | None, at: float) -> list[Routed]:
        taken = _CONTROL.get(name, character)
        if taken is None or not (taken.isprintable() or taken in _IN_CODES or "\udc80" <= taken <= "\udcff"):
            done = self._typed()
            if _PERSONS_KEY.fullmatch(name):  # whatever was on its way before has come
                self._trust()
            return [*done, KeyPressed(name)]
        if not self.config.gap_ms:
            return [] if taken in _IN_CODES else [Typed(_shown(taken))]
        done = self._typed() if self._burst and at - self._last > self._hold else []
        if len(self._burst) <= self.config.longest:
            self._burst.append(taken)
            self._times.append(at)
        self._last = at
        return done

    def _ended(self, name: str, at: float) -> list[Routed]:
        if self._torn_scan and at <= self._torn_until and (not self._burst or at - self._last <= self.config.gap_ms):
            text = self._taken()
            self._trust()
            return [Scan(_shown(text), fault="partial")] if text else []
        if len(self._burst) < self.config.shortest or at - self._last > self._hold:
            done = self._typed()
            self._trust()
            return [*done, KeyPressed(name)]
        whole, text = self._is_whole(at), self._taken()
        self._trust()
        return self._read(text, at) if whole else [Scan(_shown(text), fault="partial")]

    def _is_whole(self, at: float) -> bool:
        """Whether nothing can be missing at the burst's front, and no key of a person be in it."""
        keys = [*self._times, at]
        paused = [after - before > self.config.gap_ms for before, after in pairwise(keys)]
        if any(before and after for before, after in pairwise(paused)):
            return False
        text = "".join(self._burst[: len(self.config.text) + 3])
        if _AIM.match(text.removeprefix(self.config.text)) or (self.config.text and text.startswith(self.config.text)):
            return True
        return not self.config.aim and keys[0] > max(self._torn_until, self._lone_until)

    def _trust(self) -> None:
        self._torn_until = self._lone_until = _NEVER
        self._torn_scan = False

    def _taken(self) -> str:
        text = "".join(self._burst)
        self._burst.clear()
        self._times.clear()
        return text

    def _typed(self) -> list[Routed]:
        if not self._burst:
            return []
        since, text = self._times[0], self._taken()
        doubtful = since <= max(self._torn_until, self._lone_until)
        if len(text) == 1 and text not in _IN_CODES:
            self._lone_until = self._last + _TORN_MS
            return [Typed(_shown(text))]
        rest, self._torn_until = self._torn_scan and doubtful, self._last + _TORN_MS
        if not rest and not _IN_CODES & set(text):
            return [Typed(_shown(text))]
        if not doubtful and not set(text) - _IN_CODES:
            return []  # not of a scan at all
        self._torn_scan = True
        return [Scan(_shown(text), fault="partial")]

    def _expired(self, at: float) -> list[Routed]:
        if self._scan is None or at - self._last <= self.config.patience_ms:
            return []
        rest_until = self._rest_until
        if self._scan and rest_until == _NEVER:
            rest_until = self._last + _REST_MS
        done = self._abandoned()
        if at <= rest_until:
            self._scan, self._rest_until = [], rest_until
        return done

    def _abandoned(self) -> list[Routed]:
        """Ends the scan, or what is left of one, without its suffix."""
        text, self._scan, self._rest_until = "".join(self._scan or ()), None, _NEVER
        return [Scan(_shown(text[: self.config.longest]), fault="partial")] if text else []

    def _read(self, text: str, at: float) -> list[Routed]:
        """The code, by the same rules as any scanner's frame; an empty one is nothing."""
        config = self.config
        if not text.strip("\0"):
            return []
        if len(text) > config.longest:
            return [Scan(_shown(text[: config.longest]), fault="overlong")]
        try:
            raw = text.encode(errors=_BYTES)
        except UnicodeEncodeError:
            return [Scan(_shown(text), fault="garbled")]
        payload = read_payload(
            raw, "auto", prefix=config.text.encode(), code_id=config.code_id, gs_alternative=config.gs.encode()
        )
        return [Scan(_shown(text), fault="garbled") if payload is None else self._fresh(payload.text, payload.aim, at)]

    def _fresh(self, text: str, aim: str, at: float) -> Scan:
        read = Scan(text, aim)
        before, before_at = self._last_read or (None, at)
        self._last_read = read, at
        bounced = before == read and _TOGETHER_MS < at - before_at <= self.config.duplicate_ms
        return replace(read, fault="duplicate") if bounced else read


def _shown(text: str) -> str:
    """The text, its bytes that are no UTF-8 read as GB18030, or replaced where they are no text at all."""
    if text.isascii():
        return text
    try:
        raw = text.encode(errors=_BYTES)
    except UnicodeEncodeError:  # half a surrogate pair of a broken keyboard driver
        return text.encode(errors="replace").decode()
    return decode(raw, "auto") or raw.decode(errors="replace")
