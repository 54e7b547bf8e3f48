"""What scanners' makers publish on setting up their scanners: codes to scan where the text of a code is public, and
else the page of the manual that has the picture.

Nothing here resets a scanner to its factory settings: that would take away the interface it is connected by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from labels import code128
from labels.symbols import Symbol

Maker = Literal["honeywell", "zebra", "datalogic", "newland"]
Purpose = Literal["suffix_cr", "usb_serial", "aim_id"]


@dataclass(frozen=True, slots=True)
class ProgrammingCode:
    """One setting. `command` is what its symbol holds, '' where the maker publishes the picture only; `setting` is the
    maker's name for it, `source` the manual and the place in it."""

    purpose: Purpose
    setting: str
    source: str
    command: str = ""

    @property
    def symbol(self) -> Symbol | None:
        """Code 128 ending in FNC3, which tells a reader that the symbol is for itself (ISO/IEC 15417)."""
        if not self.command:
            return None
        bars = code128.bars(self.command + code128.FNC3)
        return Symbol("code128", self.command, (bars,), 10, 10)


# Honeywell: "The serial programming commands can be used in place of the programming bar codes" (chapter 12), tag,
# subtag, data, and a full stop for settings that are kept. What VSUFCR and TRMUSB130 do was read in published programs
# that send them, not in the guide; FNC3 behind the full stop is what its support asks for (JsBarcode issue 361).
_SYNTAX = "command syntax: Serial Programming Commands (ch. 12)"
_XENON = "Honeywell Xenon 1900/1910 User's Guide"
PROGRAMMING_CODES: Final[dict[Maker, tuple[ProgrammingCode, ...]]] = {
    "honeywell": (
        ProgrammingCode("usb_serial", "USB Serial", f"{_XENON}, {_SYNTAX}", "TRMUSB130."),
        ProgrammingCode("suffix_cr", "Add CR Suffix, All Symbologies", f"{_XENON}, {_SYNTAX}", "VSUFCR."),
        ProgrammingCode("aim_id", "Add Prefix: all symbologies (99), AIM I.D.", f"{_XENON}, Data Editing (ch. 6)"),
    ),
    "zebra": (
        ProgrammingCode(
            "aim_id",
            "Transmit Code ID Character: AIM Code ID Character",
            "Symbol LS4208 Product Reference Guide, Miscellaneous Scanner Options, p. 13-3",
        ),
    ),
    "datalogic": (
        ProgrammingCode(
            "aim_id",
            "Global AIM ID = Enable",
            "Datalogic QuickScan I QD2400 Product Reference Guide, Data Format, p. 57",
        ),
    ),
    "newland": (
        ProgrammingCode(
            "aim_id", "Enable AIM ID Prefix (AIDENA1)", "Newland NLS-HR42 User Guide, Prefix & Suffix; commands: p. 15"
        ),
    ),
}
