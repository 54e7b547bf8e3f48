"""What bytes, identifiers and a scanner's settings mean, in words for people at a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drivers.learning import Remark
    from wms.domain.rows import Rows

# ISO/IEC 15424, by identifier; then by the letter alone.
_SYMBOLOGIES = {
    "]C1": "GS1-128",
    "]E4": "EAN-8",
    "]d2": "GS1 DataMatrix",
    "]Q3": "GS1 QR Code",
    "]J1": "GS1 DotCode",
    "A": "Code 39",
    "C": "Code 128",
    "E": "EAN-13 or UPC",
    "F": "Codabar",
    "G": "Code 93",
    "H": "Code 11",
    "I": "Interleaved 2 of 5",
    "J": "DotCode",
    "L": "PDF417",
    "M": "MSI",
    "Q": "QR Code",
    "U": "MaxiCode",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "z": "Aztec",
}


def symbology(aim: str) -> str:
    """What kind of code an AIM identifier names, '' for none or an unknown one."""
    return _SYMBOLOGIES.get(aim) or _SYMBOLOGIES.get(aim[1:2], "")


def code_says(text: str, aim: str, rows: Rows | None) -> dict[str, Any]:
    """What GS1 makes of a code, and the warehouse if there is one."""
    import msgspec

    from wms.domain.gs1 import Gs1, Rejected, parse
    from wms.workflows.inputs import Scanned
    from wms.workflows.resolve import resolve

    message = parse(text, aim)
    meaning = None
    if rows is not None:
        meant = resolve(Scanned(text, aim), rows)
        meaning = {"type": type(meant).__name__} | msgspec.to_builtins(meant)
    return {
        "result": "ais" if isinstance(message, Gs1) else "reject" if isinstance(message, Rejected) else "plain",
        "ais": [list(element) for element in message.elements] if isinstance(message, Gs1) else [],
        "reason": str(message.fault) if isinstance(message, Rejected) else "",
        "meaning": meaning,
    }


TROUBLES = {
    "flood": "it sends without end: take it off its stand or out of continuous mode; is it a scanner at all?",
    "speaks_ssi": "it sends SSI packets: add ,ssi behind the port",
    "speaks_stx": "it frames codes by STX and ETX: add ,stx behind the port",
    "speaks_lines": "it sends plain lines: take ,ssi or ,stx away behind the port",
    "no_terminator": "its codes have no end: set the suffix CR, or add ,idle behind the port",
    "unreadable": "what comes can't be read: try another speed (PORT?baud=115200), check the cable",
    "bounces": "one pull of the trigger reads more than once: add ,line:dup=150 behind the port",
}
"""By the words of `drivers.diagnosis`."""

_REMARKS = {
    "ssi": "it speaks SSI: each code comes as a packet and is acknowledged, so none is lost unseen",
    "stx": "each code is framed by STX and ETX: noise between codes can't be taken for one",
    "terminator": "each code ends with {bytes}",
    "no_terminator": "codes end by silence alone. Set the suffix CR: codes scanned fast one after the other may join",
    "suffix": "each code ends with {bytes}, which is more than an end. Take this suffix away, or leave only CR",
    "prefix": "each code begins with {bytes}: it is taken off. Better take this prefix away",
    "aim": "AIM ids come: the kind of each code is known",
    "code_ids": "{text} code ids come: the kind of most codes is known. AIM ids would tell them all: switch them on",
    "no_aim": "no AIM ids come: a lot number can be taken for an article. Switch them on (Transmit AIM ID)",
    "unknown_ids": "what stands before the codes is not understood: {bytes}. Switch code ids off, and AIM ids on",
    "gs1_as_code128": "a GS1-128 code comes as plain Code 128 ({text}): lots can't be told. Enable GS1-128",
    "gs_kept": "the separators in GS1 codes come: lots and serial numbers can be told apart",
    "gs_lost": (
        "the separators in GS1 codes are lost: lots can't be told. Have GS (FNC1) transmitted. A scanner that types"
        " can't send it: make it a USB serial port (COM port emulation)"
    ),
    "gs_replaced": "in GS1 codes {bytes} comes for the separator GS: it needs AIM ids to be put right. Send GS itself",
    "gs_brackets": "GS1 codes come with brackets, as printed, not as coded. Switch off the brackets around AIs",
    "case": "letters change their case on the way: {bytes}. Switch off Caps Lock and case conversion",
    "spaces_cut": "spaces at the ends of a code are cut: {bytes}. Harmless unless your codes have some",
    "cut": "characters are cut off: only {bytes} came of the code. Switch off data formatting (ADF)",
    "utf8": "Chinese comes as UTF-8",
    "gb18030": "Chinese comes as GB 18030 (GBK): it is understood. UTF-8 is safer: set it if the scanner can",
    "chinese_lost": "Chinese is lost: {bytes} came. Set the scanner's output to UTF-8, or use no Chinese in codes",
    "no_chinese": "no QR code was read: how Chinese comes is not known",
    "seven_bits": "it sends seven bits with parity: {text}. Eight bits without parity carry Chinese too",
    "slow": "it pauses for {text} ms within a code. Is the radio weak, or the speed too low?",
    "unusable": "codes end with {bytes}: with that no setting of ours brings the codes out. Set the suffix CR",
}


def remark_says(remark: Remark) -> str:
    """A remark on a scanner's settings, and what to change."""
    from drivers.readable import readable

    text = remark.detail.decode("ascii", "backslashreplace")
    says = _REMARKS[remark.what].format(bytes=readable(remark.detail) or "nothing", text=text)
    if remark.what == "gs_replaced" and remark.grade == "look":
        says = f"in GS1 codes {readable(remark.detail)} comes for the separator GS: it is put right"
    return says
