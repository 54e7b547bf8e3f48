"""Where one ESC/POS command ends and the next begins, so that a cut inside a picture is not taken for a cut.

Source: Epson ESC/POS command reference; covers what label printers are sent, and takes anything else as text.
"""

from __future__ import annotations

_ESC, _GS, _FS, _DLE = 0x1B, 0x1D, 0x1C, 0x10

# Parameter bytes after the two bytes of the command.
_FIXED: dict[int, dict[int, int]] = {
    _ESC: {
        **dict.fromkeys(b"@SiLm2\x0c", 0),
        **dict.fromkeys(b"! -3EGJKMRTVadet{=%r", 1),
        **dict.fromkeys(b"\\$c", 2),
        ord("p"): 3,
        ord("W"): 8,
    },
    _GS: {
        **dict.fromkeys(b":\x0c", 0),
        **dict.fromkeys(b"!BHafhwrbI/", 1),
        **dict.fromkeys(b"LWP\\$", 2),
        ord("^"): 3,
    },
    _FS: {**dict.fromkeys(b"&.", 0), **dict.fromkeys(b"!C-W", 1), **dict.fromkeys(b"Sp", 2)},
    _DLE: {0x04: 1, 0x05: 1, 0x14: 3},
}


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def command_length(data: bytes) -> int:
    """Bytes of the command or text byte at the start of `data`; 0 when its end has not come yet."""
    if data[0] not in _FIXED:
        return 1
    if len(data) < 2:
        return 0
    fixed = _FIXED[data[0]].get(data[1])
    length = 2 + fixed if fixed is not None else _variable_length(data)
    return length if 0 < length <= len(data) else 0


def _variable_length(data: bytes) -> int:
    introducer, command, rest = data[0], data[1:2], data[2:]
    if introducer == _GS and command == b"V":
        return 0 if not rest else 3 if rest[0] in (0, 1, 48, 49) else 4
    if introducer == _GS and command == b"v":
        return 0 if len(rest) < 6 else 8 + _little(rest[2:4]) * _little(rest[4:6])
    if introducer == _GS and command == b"k":
        return _barcode_length(rest)
    if introducer == _GS and command == b"8":
        return 0 if len(rest) < 5 else 7 + _little(rest[1:5])
    if introducer in (_GS, _FS) and command == b"(":
        return 0 if len(rest) < 3 else 5 + _little(rest[1:3])
    if introducer == _ESC and command == b"*":
        return 0 if len(rest) < 3 else 5 + _little(rest[1:3]) * (3 if rest[0] >= 32 else 1)
    if introducer == _ESC and command == b"D":
        end = rest.find(b"\0")
        return 0 if end < 0 else 3 + end
    return 1


def _barcode_length(rest: bytes) -> int:
    if len(rest) < 2:
        return 0
    if rest[0] <= 6:
        end = rest.find(b"\0", 1)
        return 0 if end < 0 else 3 + end
    return 4 + rest[1]


def is_cut(command: bytes) -> bool:
    return command[:2] in (b"\x1dV", b"\x1bi", b"\x1bm")
