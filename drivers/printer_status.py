"""What an ESC/POS printer says of itself: DLE EOT answers, automatic status, and GS r answers, told apart.

Source: Epson ESC/POS command reference. DLE EOT is answered at once, before buffered data prints; GS r in its turn,
after everything sent before it, which makes it the barrier that proves a job went through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
BARRIER = b"\x1dr\x01"

Paper: TypeAlias = Literal["ok", "low", "out", "unknown"]


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """`answered` is False for a printer that says nothing; the rest is then unknown.

    `reason` is '' when it can print, else `paper_out`, `cover_open`, `error`, `offline`, `silent`, or why the way to
    it could not be opened (`refused`, `missing`, `denied`, `busy`, `timeout`, `unreachable`, `lost`, …).
    """

    answered: bool
    online: bool = False
    paper: Paper = "unknown"
    cover_open: bool = False
    error: bool = False
    reason: str = "silent"


def status_of(printer: int, cause: int | None, paper: int | None) -> PrinterStatus:
    """The status from the answers to DLE EOT 1, 2 and 4; None for one that did not come."""
    online = not printer & 0x08
    cover_open = bool(cause and cause & 0x04)
    error = bool(cause and cause & 0x40)
    out = bool((cause and cause & 0x20) or (paper and paper & 0x60))
    low = bool(paper and paper & 0x0C)
    known: Paper = "out" if out else "low" if low else "unknown" if paper is None else "ok"
    reason = ""
    if cover_open:
        reason = "cover_open"
    elif out:
        reason = "paper_out"
    elif error:
        reason = "error"
    elif not online:
        reason = "offline"
    return PrinterStatus(True, online, known, cover_open, error, reason)


def paper_at_barrier(answer: int) -> Paper:
    """The paper's state in an answer to GS r 1."""
    if answer & 0x0C:
        return "out"
    return "low" if answer & 0x03 else "ok"


class StatusReader:
    """Sorts a printer's bytes by their fixed bits: `realtime` answers to DLE EOT, `barrier` answers to GS r.

    Automatic status (four bytes, the first `0xx1xx00`) may come in between and is skipped whole, since its other
    bytes look like answers to GS r.
    """

    def __init__(self) -> None:
        self.realtime: list[int] = []
        self.barrier: list[int] = []
        self._automatic_left = 0

    def feed(self, data: bytes) -> None:
        for byte in data:
            if byte & 0x93 == 0x12:
                self.realtime.append(byte)
            elif byte & 0x93 == 0x10:
                self._automatic_left = 3
            elif byte & 0x90 == 0x00:
                if self._automatic_left:
                    self._automatic_left -= 1
                else:
                    self.barrier.append(byte)
