"""What a simulated printer is like at the moment, and how ESC/POS says so.

Source: Epson ESC/POS command reference, DLE EOT, GS r, GS a (automatic status back) and GS ( H function 48.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Paper = Literal["ok", "low", "out"]

_FIXED = 0x12


@dataclass(frozen=True, slots=True)
class PrinterState:
    """`error` is a jammed cutter. `is_ready` tells whether it prints."""

    paper: Paper = "ok"
    cover_open: bool = False
    error: bool = False

    @property
    def is_ready(self) -> bool:
        return self.paper != "out" and not self.cover_open and not self.error

    def real_time(self, what: int) -> int:
        """The answer to DLE EOT 1 to 4: printer, cause of being offline, cause of error, paper sensors."""
        match what:
            case 1:
                return _FIXED | 0x08 * (not self.is_ready)
            case 2:
                return _FIXED | 0x04 * self.cover_open | 0x20 * (self.paper == "out") | 0x40 * self.error
            case 3:
                return _FIXED | 0x08 * self.error
        return _FIXED | 0x0C * (self.paper != "ok") | 0x60 * (self.paper == "out")

    @property
    def paper_sensors(self) -> int:
        """The answer to GS r 1."""
        return 0x03 * (self.paper != "ok") | 0x0C * (self.paper == "out")

    @property
    def automatic(self) -> bytes:
        """Automatic status back: four bytes, of which the first tells them from every other answer."""
        return bytes(
            (
                0x10 | 0x08 * (not self.is_ready) | 0x20 * self.cover_open,
                0x08 * self.error,
                self.paper_sensors,
                0x00,
            )
        )


def process_response(command: bytes) -> bytes:
    """The answer to GS ( H function 48: the four bytes it was asked to give back; nothing for another function."""
    asked = command[5:]
    return b"\x37\x22" + asked[2:6] + b"\0" if len(asked) == 6 and asked[:2] == b"00" else b""
