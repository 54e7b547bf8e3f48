"""How a scanner's byte stream is cut into reads, without any I/O and in virtual time.

All times are milliseconds of one monotonic clock of the caller's choosing. Only `Framer` keeps state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from drivers.cutting import Cut, Cutter
from drivers.framing_line import LineCutter
from drivers.framing_ssi import SsiCutter
from drivers.framing_stx import StxCutter
from drivers.framing_wedge import WedgeCutter
from drivers.handshake import ACK, NAK, Owed
from drivers.payload import Payload, read_payload

Mode: TypeAlias = Literal["line", "stx", "ssi", "wedge"]
Charset: TypeAlias = Literal["ascii", "auto"]
CodeId: TypeAlias = Literal["none", "honeywell", "zebra"]
Handshake: TypeAlias = Literal["none", "acknak"]
Kind: TypeAlias = Literal[
    "scan", "duplicate", "garbled", "partial", "overlong", "bad_checksum", "unplugged", "replugged"
]


@dataclass(frozen=True, slots=True)
class FramingConfig:
    """What the scanner has been set up to send.

    `line`: a code, then one of `terminators`; with `idle_ms` > 0 that much silence ends a code too.
    `stx`: STX code ETX. `ssi`: Zebra's packets, acknowledged. `wedge`: keys of a keyboard, then Enter.
    `stale_ms`: after this silence an unfinished code is given up. `duplicate_ms`: the same code again
    within it is a bounce of the trigger; 0 keeps every read. `gs_alternative`: what the scanner sends in
    place of GS inside GS1 symbols. `max_length` counts the bytes of a frame. `handshake`: `acknak` for a scanner that
    waits for ACK or NAK after each code and sends it again after NAK (SSI has its own).
    """

    mode: Mode = "line"
    terminators: tuple[bytes, ...] = (b"\r", b"\n")
    idle_ms: int = 0
    stale_ms: int = 500
    charset: Charset = "ascii"
    prefix: bytes = b""
    code_id: CodeId = "none"
    gs_alternative: bytes = b""
    duplicate_ms: int = 0
    max_length: int = 8192
    handshake: Handshake = "none"


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that came out of the stream, at `at` (the caller's clock, ms).

    `raw` is the frame as it arrived, `data` the payload without prefix and identifiers, `text` the payload
    decoded, `aim` the AIM symbology identifier (ISO/IEC 15424) or ''. Only a `scan` may be acted on.
    """

    kind: Kind
    raw: bytes = b""
    data: bytes = b""
    text: str = ""
    aim: str = ""
    at: float = 0.0


class Framer:
    """Cuts the bytes of one device into frames.

    Call `feed` for bytes, `tick` when `due()` has come, `unplugged`/`replugged` when the cable says so, and
    send `take_replies()` to the device after each call.

    `live`: `t` is when bytes were read, which may be long after they came. Then only `tick` tells of a silence, at a
    time at which the device had nothing to read. Where bytes come first and `due()` is over, nobody knows whether
    there was one: the code they end or continue is `partial`. Nor is a code a bounce of one out of the same read.
    Where silence alone may end a code, `due()` comes twice within that time even at rest: a read after a longer time
    in which nobody looked may hold two codes and the silence between them, so none in it is a scan.
    """

    pieces: int
    """How many pieces the stream was cut into, those included that are no frame: empty lines, parts of a symbol."""

    def __init__(self, config: FramingConfig, *, live: bool = False) -> None:
        self.config = config
        self._live = live
        self._plugged = True
        self._reset()

    def _reset(self) -> None:
        self._cutter = _cutter_for(self.config)
        self._last_read: tuple[bytes, str, float, int] | None = None
        self.pieces = 0
        self._looked_at = 0.0
        self._feed = 0
        self._doubtful = False
        self._owed = Owed()
        self._replies: list[bytes] = []

    @property
    def busy(self) -> bool:
        """Whether a frame has begun that has not ended."""
        return self._cutter.busy

    def feed(self, data: bytes, t: float, *, continued: bool = False) -> list[Frame]:
        """The frames that `data`, read at `t`, completes; `continued` where the read before could not take all."""
        if not self._live:
            frames = self.tick(t)
            return frames + self._finish(self._cutter.feed(data, t), t) if data else frames
        if _is_over(self._cutter.due(), t) and self._cutter.half_read:
            self._doubtful = True
        if not data:
            return []
        self._feed += not continued
        unseen = 0 < self.config.idle_ms <= t - self._looked_at
        self._looked_at = t
        cuts = self._cutter.feed(data, t)
        if unseen:
            cuts = [replace(cut, verdict="partial") if cut.verdict == "whole" else cut for cut in cuts]
        frames = self._finish(cuts, t)
        self._doubtful = self._doubtful or (unseen and self._cutter.busy)
        return frames

    def due(self) -> float | None:
        """When `tick` next has something to do, or None while the stream is at rest."""
        look = self._looked_at + self.config.idle_ms / 2 if self._live and self.config.idle_ms else None
        ends = (self._cutter.due(), self._owed.due(busy=self._cutter.busy), look)
        return min((end for end in ends if end is not None), default=None)

    def tick(self, t: float) -> list[Frame]:
        """Close or give up what has been silent for too long by `t`."""
        self._looked_at = t
        frames = self._finish(self._cutter.expire(), t) if _is_over(self._cutter.due(), t) else []
        if self._owed.take_fault(t, busy=self._cutter.busy):
            self._replies.append(NAK)
        return frames

    def unplugged(self, t: float) -> list[Frame]:
        """The device is gone: nothing from before may join what comes after."""
        if not self._plugged:
            return []
        frames = ([] if self._live else self.tick(t)) + self._finish(self._cutter.drop(), t)
        self._reset()
        self._plugged = False
        return [*frames, Frame("unplugged", at=t)]

    def replugged(self, t: float) -> list[Frame]:
        """The device is back."""
        self._looked_at = t
        if self._plugged:
            return []
        self._plugged = True
        return [Frame("replugged", at=t)]

    def take_replies(self) -> list[bytes]:
        """What the protocol wants sent to the device now, in order: acknowledgements."""
        replies, self._replies = self._replies, []
        return replies

    def _finish(self, cuts: list[Cut], t: float) -> list[Frame]:
        self.pieces += len(cuts)
        self._replies += [cut.raw for cut in cuts if cut.verdict == "reply"]
        frames = [frame for cut in cuts if (frame := self._framed(cut, t))]
        if self.config.handshake == "acknak":
            self._replies += [ACK] * len(self._owed.settle([frame.kind for frame in frames], t))
        self._doubtful = self._doubtful and self._cutter.busy
        return frames

    def _framed(self, cut: Cut, t: float) -> Frame | None:
        if cut.verdict == "reply":
            return None
        doubtful = self._doubtful and cut.verdict in ("whole", "partial", "overlong")
        if doubtful:
            self._doubtful = False
            if cut.verdict == "whole":
                return Frame("partial", raw=cut.raw, at=t)
        if cut.verdict != "whole":
            return Frame(cut.verdict, raw=cut.raw, data=cut.raw if cut.verdict == "duplicate" else b"", at=t)
        if not cut.raw.strip(b"\0"):
            return None
        config = self.config
        payload = read_payload(
            cut.raw,
            config.charset,
            prefix=config.prefix,
            code_id=config.code_id,
            gs_alternative=config.gs_alternative,
            aim=cut.aim,
        )
        if payload is None:
            return Frame("garbled", raw=cut.raw, at=t)
        kind: Kind = "duplicate" if self._repeats(payload, t) else "scan"
        self._last_read = (payload.data, payload.aim, t, self._feed)
        return Frame(kind, cut.raw, payload.data, payload.text, payload.aim, t)

    def _repeats(self, payload: Payload, t: float) -> bool:
        if not self.config.duplicate_ms or self._last_read is None:
            return False
        data, aim, at, feed = self._last_read
        if self._live and feed == self._feed:
            return False
        return (payload.data, payload.aim) == (data, aim) and t - at <= self.config.duplicate_ms


def _is_over(due: float | None, t: float) -> bool:
    return due is not None and t >= due


def _cutter_for(config: FramingConfig) -> Cutter:
    match config.mode:
        case "line":
            return LineCutter(config.terminators, config.max_length, config.idle_ms, config.stale_ms)
        case "stx":
            return StxCutter(config.max_length, config.stale_ms)
        case "ssi":
            return SsiCutter(config.max_length, config.stale_ms)
        case "wedge":
            return WedgeCutter(config.max_length)
