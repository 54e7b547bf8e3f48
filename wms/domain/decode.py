"""How a scanner's byte stream is cut into reads, without any I/O and in virtual time.

All times are milliseconds of one monotonic clock of the caller's choosing. Only `Framer` keeps state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from drivers.payload import Payload, read_payload
from drivers.ssi import Packet, Splitter, acknowledge, refuse

Mode: TypeAlias = Literal["line", "stx", "ssi", "wedge"]
Charset: TypeAlias = Literal["ascii", "auto"]
CodeId: TypeAlias = Literal["none", "honeywell", "zebra"]
Kind: TypeAlias = Literal[
    "scan", "duplicate", "garbled", "partial", "overlong", "bad_checksum", "unplugged", "replugged"
]

STX, ETX = b"\x02", b"\x03"
WEDGE_KEY_GAP_MS = 35
WEDGE_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class FramingConfig:
    """What the scanner has been set up to send.

    `line`: a code, then one of `terminators`; with `idle_ms` > 0 that much silence ends a code too.
    `stx`: STX code ETX. `ssi`: Zebra's packets, acknowledged. `wedge`: keys of a keyboard, then Enter.
    `stale_ms`: after this silence an unfinished code is given up. `duplicate_ms`: the same code again
    within it is a bounce of the trigger; 0 keeps every read. `gs_alternative`: what the scanner sends in
    place of GS inside GS1 symbols. `max_length` counts the bytes of a frame.
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


@dataclass(slots=True)
class _Tail:
    """Bytes of a frame whose end has not come yet."""

    bytes: bytearray = field(default_factory=bytearray)
    since: float = 0.0
    discarding: bool = False
    inside: bool = False

    def clear(self) -> None:
        self.bytes.clear()
        self.discarding = self.inside = False


class Framer:
    """Cuts the bytes of one device into frames.

    Call `feed` for bytes, `tick` when `due()` has come, `unplugged`/`replugged` when the cable says so, and
    send `take_replies()` to the device after each call.
    """

    def __init__(self, config: FramingConfig) -> None:
        self.config = config
        ends = sorted(config.terminators, key=len, reverse=True)
        self._terminator = re.compile(b"|".join(re.escape(end) for end in ends)) if ends else None
        self._longest_terminator = max((len(end) for end in ends), default=1)
        self._replies: list[bytes] = []
        self._plugged = True
        self._reset()

    def _reset(self) -> None:
        self._tail = _Tail()
        self._last_read: tuple[bytes, str, float] | None = None
        self._packets = Splitter()
        self._accepted: Packet | None = None
        self._message: list[Packet] = []
        self._orphaned: Literal["", "head", "following"] = ""

    def feed(self, data: bytes, t: float) -> list[Frame]:
        """The frames that `data`, read at `t`, completes."""
        frames = self.tick(t)
        if not data:
            return frames
        match self.config.mode:
            case "line":
                frames += self._feed_line(data, t)
            case "stx":
                frames += self._feed_stx(data, t)
            case "ssi":
                frames += self._feed_ssi(data, t)
            case "wedge":
                frames += self._feed_wedge(data, t)
        self._tail.since = t
        return frames

    def due(self) -> float | None:
        """When `tick` next has something to do, or None while the stream is at rest."""
        waiting = self._tail.bytes or self._tail.inside or self._tail.discarding or self._packets.pending
        if not waiting and not self._message:
            return None
        return self._tail.since + self._patience()

    def tick(self, t: float) -> list[Frame]:
        """Close or give up what has been silent for too long by `t`."""
        due = self.due()
        if due is None or t < due:
            return []
        if self.config.mode == "wedge":
            self._tail.clear()
            return []
        if self.config.mode == "line" and self.config.idle_ms:
            return self._close_line(t)
        return self._give_up(t)

    def unplugged(self, t: float) -> list[Frame]:
        """The device is gone: nothing from before may join what comes after."""
        if not self._plugged:
            return []
        frames = self.tick(t)
        if self.config.mode != "wedge":
            frames += self._give_up(t)
        self._reset()
        self._plugged = False
        self._replies.clear()
        return [*frames, Frame("unplugged", at=t)]

    def replugged(self, t: float) -> list[Frame]:
        """The device is back."""
        if self._plugged:
            return []
        self._plugged = True
        return [Frame("replugged", at=t)]

    def take_replies(self) -> list[bytes]:
        """What the protocol wants sent to the device now, in order (SSI acknowledgements)."""
        replies, self._replies = self._replies, []
        return replies

    def _patience(self) -> int:
        match self.config.mode:
            case "wedge":
                return WEDGE_KEY_GAP_MS + 1
            case "line" if self.config.idle_ms:
                return self.config.idle_ms
        return self.config.stale_ms

    def _give_up(self, t: float) -> list[Frame]:
        tail, self._tail = self._tail, _Tail()
        left = bytes(tail.bytes) or self._packets.take_rest()
        if self._message:
            left = b"".join(packet.data for packet in self._message) + left
            self._message.clear()
            self._orphaned = "head"
        if tail.discarding:
            return []
        if self.config.mode == "stx":
            if tail.inside:
                return [Frame("partial", raw=left, at=t)]
            return [Frame("garbled", raw=left, at=t)] if left else []
        return [Frame("partial", raw=left, at=t)] if left.strip(b"\0") else []

    # Lines

    def _feed_line(self, data: bytes, t: float) -> list[Frame]:
        frames: list[Frame] = []
        tail = self._tail
        searched = max(0, len(tail.bytes) - self._longest_terminator + 1)
        tail.bytes += data
        while self._terminator and (end := self._terminator.search(tail.bytes, searched)):
            line = bytes(tail.bytes[: end.start()])
            del tail.bytes[: end.end()]
            searched = 0
            if tail.discarding:
                tail.discarding = False
            else:
                frames += self._deliver(line, t)
        return frames + self._cap_tail(t, keep=self._longest_terminator - 1)

    def _close_line(self, t: float) -> list[Frame]:
        tail, self._tail = self._tail, _Tail()
        return [] if tail.discarding else self._deliver(bytes(tail.bytes), t)

    def _cap_tail(self, t: float, keep: int = 0) -> list[Frame]:
        """Stop collecting a frame that is too long already; `keep` bytes may belong to its terminator."""
        tail = self._tail
        if tail.discarding:
            del tail.bytes[: max(0, len(tail.bytes) - keep)]
            return []
        if len(tail.bytes) <= self.config.max_length + keep:
            return []
        overlong = Frame("overlong", raw=bytes(tail.bytes[: self.config.max_length]), at=t)
        del tail.bytes[: len(tail.bytes) - keep]
        tail.discarding = True
        return [overlong]

    # STX … ETX

    def _feed_stx(self, data: bytes, t: float) -> list[Frame]:
        frames: list[Frame] = []
        tail = self._tail
        for part in re.split(rb"([\x02\x03])", data):
            if part == STX:
                if not tail.discarding:
                    frames += self._give_up(t)
                    tail = self._tail
                tail.clear()
                tail.inside = True
            elif tail.inside and part == ETX:
                code, discarded = bytes(tail.bytes), tail.discarding
                tail.clear()
                frames += [] if discarded else self._deliver(code, t)
            else:
                tail.bytes += part if tail.inside else part.translate(None, b"\r\n\0")
                frames += self._cap_tail(t)
        return frames

    # Keyboard wedge

    def _feed_wedge(self, keys: bytes, t: float) -> list[Frame]:
        frames: list[Frame] = []
        tail = self._tail
        for part in re.split(rb"([\r\n])", keys):
            if part not in (b"\r", b"\n"):
                tail.bytes += part
                frames += self._cap_tail(t)
                continue
            code, discarded = bytes(tail.bytes), tail.discarding
            tail.clear()
            if not discarded and len(code.decode("utf-8", "replace")) >= WEDGE_SHORTEST:
                frames += self._deliver(code, t)
        return frames

    # Zebra SSI

    def _feed_ssi(self, data: bytes, t: float) -> list[Frame]:
        frames: list[Frame] = []
        for item in self._packets.feed(data):
            if isinstance(item, bytes):
                frames.append(Frame("garbled", raw=item, at=t))
            elif not item.intact:
                # A fresh packet that broke will come again marked as resent: it is not the one accepted before.
                if not item.resent:
                    self._accepted = None
                self._replies.append(refuse())
                frames.append(Frame("bad_checksum", raw=item.raw, at=t))
            elif not item.is_reply:
                self._replies.append(acknowledge())
                frames += self._accept(item, t)
        return frames

    def _accept(self, packet: Packet, t: float) -> list[Frame]:
        if not packet.is_decode:
            return []
        if self._orphaned == "following" or (self._orphaned and packet.resent):
            # The rest of a message whose head was given up: never a code of its own.
            self._orphaned = "following" if packet.continued else ""
            self._accepted = packet
            return [] if packet.continued else [Frame("partial", raw=packet.data, at=t)]
        self._orphaned = ""
        if packet.resent and self._accepted and packet.same_as(self._accepted):
            return [Frame("duplicate", raw=packet.data, data=packet.data, at=t)]
        self._accepted = packet
        self._message.append(packet)
        length = sum(len(part.data) for part in self._message)
        if packet.continued and length <= self.config.max_length:
            return []
        code, aim = b"".join(part.data for part in self._message), self._message[0].aim
        self._message.clear()
        if length > self.config.max_length:
            self._orphaned = "following" if packet.continued else ""
            return [Frame("overlong", raw=code[: self.config.max_length], at=t)]
        return self._deliver(code, t, aim)

    # What all modes share

    def _deliver(self, raw: bytes, t: float, aim: str = "") -> list[Frame]:
        if len(raw) > self.config.max_length:
            return [Frame("overlong", raw=raw[: self.config.max_length], at=t)]
        if not raw.strip(b"\0"):
            return []
        config = self.config
        payload = read_payload(
            raw,
            config.charset,
            prefix=config.prefix,
            code_id=config.code_id,
            gs_alternative=config.gs_alternative,
            aim=aim,
        )
        if payload is None:
            return [Frame("garbled", raw=raw, at=t)]
        kind: Kind = "duplicate" if self._repeats(payload, t) else "scan"
        self._last_read = (payload.data, payload.aim, t)
        return [Frame(kind, raw, payload.data, payload.text, payload.aim, t)]

    def _repeats(self, payload: Payload, t: float) -> bool:
        if not self.config.duplicate_ms or self._last_read is None:
            return False
        data, aim, at = self._last_read
        return (payload.data, payload.aim) == (data, aim) and t - at <= self.config.duplicate_ms
