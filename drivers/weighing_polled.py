"""Scales that answer when asked, and obey: MT-SICS, CAS ENQ/DC1, NCI, Dini Argeo.

Sources: Mettler-Toledo, "MT-SICS Interface Commands" (levels 0 and 1); CAS AP-1 transmission protocol, and Ohaus
Aviator 7000 service manual 6.1.1 for the same; Avery Weigh-Tronix SCP-01 as in the NCI 6702 and ZM400 manuals; Dini
Argeo 3590 E-AF03 technical manual 5.4, DGT4X technical manual, "Serial commands".
"""

from __future__ import annotations

import re
from functools import reduce
from operator import xor

from drivers.weighing_frames import Answer, Command, FrameParser, LineParser, Orders, Parser, Sample, weighed

UNITS = rb"[Kk]?[Gg]|[Ll][Bb]|[Oo][Zz]|[Tt]"

# MT-SICS: "S S      1.234 kg"; S stable, D moving, I busy, + and - out of range.


def _read_sics(frame: re.Match[bytes]) -> Sample | None:
    state, number, unit = (group.decode("ascii") if group else "" for group in frame.groups())
    match state:
        case "+" | "-":
            return Sample(None, "over" if state == "+" else "under")
        case "I":
            return Sample(None, "moving")
    return weighed(number, unit, stable=state == "S")


_SICS_NAMES: dict[Command, bytes] = {"zero": b"Z", "tare": b"T", "clear_tare": b"TAC"}


def _sics_answer(command: Command, heard: bytes) -> Answer | None:
    """`I`: not executable now, moving or busy. `+`, `-`: outside what may be zeroed or tared."""
    found = re.search(rb"(?:^|[\r\n])(?:%b (.)[^\r\n]*|(E[SLT]))[\r\n]" % _SICS_NAMES[command], heard)
    if not found:
        return None
    if found[2]:
        return "refused"
    words: dict[bytes, Answer] = {
        b"A": "done",
        b"S": "done",
        b"I": "moving",
        b"+": "out_of_range",
        b"-": "out_of_range",
    }
    return words.get(found[1], "refused")


def sics() -> Parser:
    """Asked with SI; a scale left in SIR speaks by itself in the same words."""
    orders = Orders({name: text + b"\r\n" for name, text in _SICS_NAMES.items()}, _sics_answer)
    return LineParser(rb"S ([SDI+-])(?: +(-?[\d.]+) (%b))? *" % UNITS, _read_sics, b"SI\r\n", orders)


# CAS: ENQ, ACK, DC1, then SOH STX, S|U|F, sign, 6 places, unit, BCC, ETX EOT. BCC is the XOR of what lies between.


def _read_cas(frame: re.Match[bytes]) -> Sample | None:
    body, check = frame.group(1), frame.group(2)[0]
    if reduce(xor, body) != check:
        return None
    state, sign, number, unit = (part.decode("ascii") for part in (body[:1], body[1:2], body[2:8], body[8:]))
    if "F" in (state, sign):
        return Sample(None, "over")
    return weighed(number, unit, stable=state == "S", negative=sign == "-")


class CasEnquiry(FrameParser):
    """The handshake has no command for zero or tare."""

    ACK, DC1 = b"\x06", b"\x11"

    def __init__(self) -> None:
        super().__init__(rb"\x01\x02([SUF][ F-][ \d.]{6}[ A-Za-z]{2})(.)\x03\x04", _read_cas, b"\x05")

    def reply(self, data: bytes) -> bytes:
        return self.DC1 if data.endswith(self.ACK) else b""


# NCI / Weigh-Tronix SCP-01: W CR is answered by LF weight unit CR, LF status CR ETX; some models leave the second LF
# out, and some send the status alone where there is no weight to show.


def _nci_status(text: bytes) -> bytes | None:
    """Two bytes or more; from the second on, bit 6 says that another follows."""
    more = [bool(byte & 0x40) for byte in text]
    return text if len(text) > 1 and more == [False, *[True] * (len(text) - 2), False] else None


def _read_nci(frame: re.Match[bytes]) -> Sample | None:
    number, unit = ((group or b"").decode("ascii") for group in (frame[1], frame[2]))
    status = _nci_status(frame[3])
    if status is None or status[0] & 0x0C or status[1] & 0x0C:  # memory or calibration errors
        return None
    if "^" in number or status[1] & 2:
        return Sample(None, "over")
    if "_" in number or status[1] & 1 or re.fullmatch(r"[ -]*-[ -]*-[ -]*", number):
        return Sample(None, "under")
    moving, net = bool(status[0] & 1), len(status) > 2 and bool(status[2] & 4)
    if not number:
        return Sample(None, "moving") if moving else None
    return weighed(number, unit, stable=not moving, net=net)


def _nci_answer(command: Command, heard: bytes) -> Answer | None:
    """A zero that was not done is told by the status alone: not at zero (PSC Magellan 8500 / DIVA manual, note 4)."""
    if re.search(rb"\?\r\n?\x03", heard):
        return "refused"
    found = re.search(rb"\n([\x30-\x7f]{2,5})\r\x03", heard)
    status = _nci_status(found[1]) if found else None
    if status is None:
        return None
    if status[0] & 1:
        return "moving"
    if status[1] & 3:
        return "out_of_range"
    return "done" if command == "tare" or status[0] & 2 else "out_of_range"


def nci() -> Parser:
    pattern = rb"\n(?:([ \d.^_+-]{3,10})(%b)\r\n?)?([\x30-\x3f][\x30-\x7f]{1,4})\r\x03" % UNITS
    return FrameParser(pattern, _read_nci, b"W\r", Orders({"zero": b"Z\r", "tare": b"T\r"}, _nci_answer))


# Dini Argeo: "ST,GS,   1.234,kg" when asked READ, or by itself.


def _read_dini(frame: re.Match[bytes]) -> Sample | None:
    state, kind, number, unit = (group.decode("ascii") for group in frame.groups())
    if state in ("OL", "UL"):
        return Sample(None, "over" if state == "OL" else "under")
    return weighed(number, unit, stable=state == "ST", net=kind.startswith("N"))


def _dini_answer(command: Command, heard: bytes) -> Answer | None:
    """`OK` does not mean that the command was carried out, only that it was understood (DGT4X manual)."""
    found = re.search(rb"(?:^|[\r\n])(?:\d\d)?(OK|ERR\d+)[\r\n]", heard)
    if not found:
        return None
    return "accepted" if found[1] == b"OK" else "refused"


def dini() -> Parser:
    pattern = rb"(?:\d\d)?(ST|US|OL|UL|TL),(GS|NT|G |N ),([ \d.+-]{6,10}), *(%b) *" % UNITS
    orders = Orders({"zero": b"ZERO\r\n", "tare": b"TARE\r\n", "clear_tare": b"CLEAR\r\n"}, _dini_answer)
    return LineParser(pattern, _read_dini, b"READ\r\n", orders)
