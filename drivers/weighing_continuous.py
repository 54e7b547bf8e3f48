"""Scales that speak by themselves: CAS 22 bytes, Yaohua XK3190 in three forms, and a plain line.

Sources: CAS CI-400 series owner's manual, appendices 1 and 2; Yaohua XK3190-A26 manual, continuous formats 0 and 1;
XK3190-A23p manual for the minus sign of the reversed form, XK3190-A22 for its digit; XK3190-A12(E) manual, page 12.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import reduce
from operator import xor

from drivers.weighing_frames import Answer, Command, FrameParser, LineParser, Orders, Parser, Sample, weighed

# CAS, 22 bytes: ST|US|OL, GS|NT, device, lamps, 8 places of weight, unit.


def _cas_answer(command: Command, heard: bytes) -> Answer | None:
    """The command comes back when it was carried out; `!` when it could not be, `?` when it was not understood."""
    found = re.search(rb"(?:^|[\r\n])(?:\d\d(MZ|MT)|([!?]))[\r\n]", heard)
    if not found:
        return None
    return "done" if found[1] else "refused"


class Cas22(LineParser):
    """Commands carry the device number that the frames show."""

    def __init__(self) -> None:
        super().__init__(rb"(ST|US|OL),(GS|NT),(.).,([ \d.+-]{8}) (kg|g |lb|oz|t )", self._sample)
        self._device = 1

    def _sample(self, frame: re.Match[bytes]) -> Sample | None:
        state, kind, number, unit = (frame[n].decode("ascii") for n in (1, 2, 4, 5))
        self._device = max(frame[3][0] - 0x30, 0)
        net = kind == "NT"
        return Sample(None, "over", net) if state == "OL" else weighed(number, unit, stable=state == "ST", net=net)

    def orders(self) -> Orders:
        device = b"%02d" % self._device
        return Orders({"zero": device + b"MZ\r\n", "tare": device + b"MT\r\n"}, _cas_answer)


# Yaohua XK3190, three formats, none with a mark for "stable" and two without a unit: stable by settling.


def _read_xk3190(frame: re.Match[bytes], unit: str) -> Sample | None:
    sign, digits, places, check = frame.groups()
    if reduce(xor, sign + digits + places) != int(check, 16):
        return None
    value = Decimal(digits.decode()).scaleb(-int(places))
    return weighed(f"{value:f}", unit, stable=True, negative=sign == b"-")


def xk3190(unit: str = "kg") -> Parser:
    """Format 0: STX, sign, 6 digits, places after the point, XOR of these as two hexadecimal digits, ETX."""
    return FrameParser(rb"\x02([+-])(\d{6})([0-4])([0-9A-F]{2})\x03", lambda frame: _read_xk3190(frame, unit))


def _read_reversed(frame: re.Match[bytes], unit: str) -> Sample | None:
    digits, sign = frame.group(1)[::-1].decode("ascii"), frame.group(2)
    return weighed(digits, unit, stable=True, negative=sign != b"0") if digits.count(".") <= 1 else None


def xk3190_reversed(unit: str = "kg") -> Parser:
    """`=432.1000` is 1.234: seven places, the lowest first, then 0, or - (on some makes 1) below zero.

    A frame counts when the next one begins: a place too many or too few is then seen.
    """
    return FrameParser(rb"=([\d.]{7})([01-])(?=[=\r\n])", lambda frame: _read_reversed(frame, unit))


def _read_xk3190w(frame: re.Match[bytes]) -> Sample | None:
    body, check = frame.groups()
    if reduce(xor, body) != int(check, 16):
        return None
    text = body.decode("ascii")
    if text.strip() in ("OL", "LO"):
        return Sample(None, "over" if text.strip() == "OL" else "under")
    return weighed(text[2:9], text[9:], stable=True, net=text[1] == "N")


def xk3190_wg() -> Parser:
    """`WG004.139kg3D`: gross or net, weight, unit, XOR of these as two hexadecimal digits."""
    return LineParser(rb"(W[GN][-\d. ]{7}(?:kg|g |lb|oz|t )| {9}(?:OL|LO))([0-9A-F]{2})", _read_xk3190w)


# A plain line, "    1.234 kg", with ? for the blank while it moves; bars when out of range.


def _read_plain(frame: re.Match[bytes]) -> Sample | None:
    number, moving, unit, bars = ((group or b"").decode("ascii") for group in frame.groups())
    if bars:
        return Sample(None, "over" if bars[0] == "-" else "under")
    return weighed(number, unit, stable=not moving)


def plain() -> Parser:
    pattern = rb" *([+-]? *[\d.]+) *(\?)? *(kg|g|lb|oz|t) *| *(-{4,}|_{4,}) *"
    return LineParser(pattern, _read_plain, marked=False)
