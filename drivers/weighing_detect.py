"""Which protocol a scale speaks, told from what it sends: from a recording, or live with polls in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from drivers.weighing import PROTOCOLS, bare_parser, settle
from drivers.weighing_frames import Parser, Sample

Undetected: TypeAlias = Literal["", "silent", "unknown_protocol"]

ENOUGH_FRAMES = 2
SHARE, PLAIN_SHARE = 0.6, 0.9
"""How much of what came must have been understood. A plain line is also part of other protocols and of receipts."""
STRAY = 10
"""A protocol with a tenth of another's frames is no rival of it: noise looks like a short frame now and then."""

# A scale that speaks by itself does so at least once a second. Only then is it asked, and never to zero or to tare.
LISTEN_MS, QUIET_MS = 700.0, 1200.0
ASK_TIMES = 3
UNKNOWN_AFTER_MS, FORGET_AFTER_MS = 2500.0, 10_000.0

POLLS: tuple[tuple[bytes, str], ...] = (
    (b"\x05", "casenq"),
    (b"W\r", "nci tol8217"),
    (b"SI\r\n", "sics"),
    (b"READ\r\n", "dini"),
)
"""What to send, and for whom. The order matters: S configures scales of the 8217's family and A tests them, so they are
asked before; a Dini Argeo takes a line that begins with W for a tare, and does not see one that begins with ENQ."""


@dataclass(frozen=True, slots=True)
class Detection:
    """`protocol` is '' while none is certain; then `problem` says why and `candidates` which were possible."""

    protocol: str
    problem: Undetected = ""
    candidates: tuple[str, ...] = ()
    frames: Mapping[str, int] = field(default_factory=dict)


class Listener:
    """Feeds what comes to the parsers of all protocols and says which of them it is."""

    def __init__(self) -> None:
        self._parsers: dict[str, Parser] = {name: bare_parser(name) for name in PROTOCOLS}
        self._frames = dict.fromkeys(PROTOCOLS, 0)
        self._first: dict[str, int] = {}
        self._bytes = 0

    def feed(self, data: bytes, t: float) -> None:
        before, self._bytes = self._bytes, self._bytes + len(data)
        for name, parser in self._parsers.items():
            samples = parser.feed(data, t)
            if samples:
                self._first.setdefault(name, max(before - parser.understood, 0))
            self._frames[name] += sum(_is_evidence(name, sample) for sample in samples)

    def parser(self, name: str) -> Parser:
        return self._parsers[name]

    def verdict(self) -> Detection:
        frames = {name: count for name, count in self._frames.items() if count}
        most = max(frames.values(), default=0)
        named = tuple(name for name in frames if name != "plain") or tuple(frames)
        named = tuple(name for name in named if frames[name] * STRAY > most)
        if not self._bytes:
            return Detection("", "silent")
        if len(named) == 1 and frames[named[0]] >= ENOUGH_FRAMES and self._understood(named[0]):
            return Detection(named[0], "", named, frames)
        return Detection("", "unknown_protocol", named, frames)

    def _understood(self, name: str) -> bool:
        """Of what came since the protocol's first frame; the piece of a frame at the end is not held against it."""
        whole = self._parsers[name].understood
        since = self._bytes - self._first[name] - whole / self._frames[name]
        return whole >= (PLAIN_SHARE if name == "plain" else SHARE) * since


def _is_evidence(name: str, sample: Sample) -> bool:
    """Bars alone are no sign of a scale: receipts are ruled with them."""
    return name != "plain" or sample.grams is not None


def detect(recording: Iterable[tuple[float, bytes]]) -> Detection:
    """The protocol of a recording: pairs of ms and the bytes read then. Two whole frames are enough."""
    listener = Listener()
    for t, data in recording:
        listener.feed(data, t)
    return listener.verdict()


class Detector:
    """Listens a while, asks in each protocol in turn, and hears all of them all the time. `poll` is to be called
    several times a second.

    Whoever speaks by itself is never asked. `protocol` is '' until it is certain. What was not understood for ten
    seconds is forgotten.
    """

    def __init__(self) -> None:
        self.protocol = ""
        self._listener = Listener()
        self._ask_from: float | None = None
        self._heard_since: float | None = None
        self._fresh_since = 0.0
        self._asking, self._asked = "", 0

    def poll(self, t: float) -> bytes:
        """What to send now, b'' while listening."""
        if self._ask_from is None:
            self._ask_from = t + LISTEN_MS
        if t < self._ask_from:
            return b""
        request, self._asking = POLLS[self._asked // ASK_TIMES % len(POLLS)]
        self._asked += 1
        return request

    def feed(self, data: bytes, t: float) -> bytes:
        """Takes what came; what it returns must be sent at once."""
        if self._heard_since is None:
            self._heard_since = self._fresh_since = t
        if t - self._fresh_since > FORGET_AFTER_MS:
            self._listener, self._fresh_since = Listener(), t
        if not self._asking:
            self._ask_from = t + QUIET_MS
        self._listener.feed(data, t)
        self.protocol = self._listener.verdict().protocol
        return b"".join(self._listener.parser(name).reply(data) for name in self._asking.split())

    def parser(self) -> Parser:
        """The parser of `protocol`, in the middle of what it has heard."""
        return settle(self.protocol, self._listener.parser(self.protocol))

    def unknown(self, t: float) -> bool:
        """Bytes came for a good two seconds, and are none of the protocols."""
        return self._heard_since is not None and not self.protocol and t - self._heard_since >= UNKNOWN_AFTER_MS
