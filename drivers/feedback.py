"""The signals a scanner gives its holder after the verdict, in the dialects of its makers.

Sources: Zebra SSI Programmer Guide (BEEP), Honeywell host acknowledgement, Datalogic and Newland manuals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drivers.ssi import BEEP, host_packet

Signal: TypeAlias = Literal["good", "bad", "attention"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The bytes of each signal, b'' where there is none. The same signal is not sent twice within `pause_ms`."""

    good: bytes = b""
    bad: bytes = b""
    attention: bytes = b""
    pause_ms: int = 100

    def bytes_of(self, signal: Signal) -> bytes:
        return {"good": self.good, "bad": self.bad, "attention": self.attention}[signal]


_DIALECTS = {
    "none": Dialect(),
    "bel": Dialect(bad=b"\a", attention=b"\a\a"),
    "ssi": Dialect(
        good=host_packet(BEEP, b"\x00"),  # one short high
        bad=host_packet(BEEP, b"\x06"),  # two short low
        attention=host_packet(BEEP, b"\x02"),  # three short high
    ),
    # The scanner waits for exactly one answer to each read, so none may be left out.
    "honeywell": Dialect(good=b"\x1b7,", bad=b"\x1b8,\x1b8,", attention=b"\x1b5,", pause_ms=0),
    "datalogic": Dialect(good=b"\x1b[3q", bad=b"\x1b[4q", attention=b"\x1b[2q"),
    "datalogic232": Dialect(good=b"B", bad=b"F", attention=b"\x01"),
}

# What a Newland answers to a command comes between the reads: STX SOH 0000 … ACK|NAK|ENQ ; ETX.
_NEWLAND_ANSWER = re.compile(rb"\x02\x010000[^\x02\x03]*[\x05\x06\x15];\x03")
_NEWLAND_ANSWER_HEAD = re.compile(rb"\x02(?:\x01[^\x02\x03]*)?\Z")


def parse_feedback(text: str) -> Dialect:
    """The dialect `text` names: none, bel, ssi, honeywell, datalogic, datalogic232, or newland with the model's
    own commands, `newland:good=TAG:bad=TAG:attention=TAG`. Raises ValueError for others."""
    name, *tags = text.split(":")
    if name == "newland":
        commands = dict(tag.partition("=")[::2] for tag in tags)
        if unknown := set(commands) - {"good", "bad", "attention"}:
            raise ValueError(f"unknown newland signal {min(unknown)!r}: use good, bad, attention")
        codes = {signal: b"~\x010000#" + tag.encode("ascii") + b";\x03" for signal, tag in commands.items()}
        return Dialect(codes.get("good", b""), codes.get("bad", b""), codes.get("attention", b""))
    if name not in _DIALECTS or tags:
        raise ValueError(f"unknown feedback {text!r}: use one of {', '.join(_DIALECTS)}, newland:good=TAG:bad=TAG")
    return _DIALECTS[name]


class NewlandAnswers:
    """Takes a Newland's answers to our commands out of the stream of reads."""

    def __init__(self) -> None:
        self._held = b""

    def strip(self, data: bytes) -> bytes:
        """The bytes that belong to reads; a beginning that may become an answer is held back."""
        rest = _NEWLAND_ANSWER.sub(b"", self._held + data)
        head = _NEWLAND_ANSWER_HEAD.search(rest)
        self._held = rest[head.start() :] if head else b""
        return rest[: head.start()] if head else rest
