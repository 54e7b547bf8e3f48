"""`wms devices test --keyboard`: what this terminal gets from a scanner that types."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from argparse import Namespace
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from drivers.readable import readable
from wms.cli.output import Refusal, emit_line, is_terminal
from wms.terminal.text import safe

if TYPE_CHECKING:
    from drivers.known_codes import Found

QUIET_S = 0.3
# What terminals send for the keys F6 to F12 (xterm, "PC-Style Function Keys"), and STX.
_PREFIX_KEYS = {
    b"\x1b[17~": "f6",
    b"\x1b[18~": "f7",
    b"\x1b[19~": "f8",
    b"\x1b[20~": "f9",
    b"\x1b[21~": "f10",
    b"\x1b[23~": "f11",
    b"\x1b[24~": "f12",
    b"\x02": "stx",
}
_AIM_ID = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_CTRL_C, _CTRL_D = b"\x03", b"\x04"
_LAYOUT = "other characters than printed: set the scanner to this computer's keyboard layout, or to ALT codes"


def run(options: Namespace) -> int:
    if not is_terminal(sys.stdin) or os.name != "posix":
        raise Refusal("a scanner that types needs a terminal to type into: run this in one", 2)
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    if not options.json:
        print("Scan code 1, 2 and 3 of the setup sheet (wms devices sheet). Ctrl-C ends.", flush=True)
    read = 0
    try:
        tty.setraw(descriptor)
        until = time.monotonic() + options.seconds if options.seconds else None
        while (keys := _keys(descriptor, until)) not in (b"", _CTRL_C, _CTRL_D):
            read += len(keys) > 1
            _show(options, keys)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    if read:
        return 0
    print("wms: nothing was typed: is the scanner paired or plugged in, and set to keyboard?", file=sys.stderr)
    return 1


def _keys(descriptor: int, until: float | None) -> bytes:
    """What is typed until it is quiet; b'' when the time is up."""
    keys, quiet_at = b"", None
    while True:
        ends = [end for end in (quiet_at, until) if end is not None]
        left = max(0.0, min(ends) - time.monotonic()) if ends else None
        if not select.select([descriptor], [], [], left)[0]:
            return keys
        data = os.read(descriptor, 4096)
        keys += data
        quiet_at = time.monotonic() + QUIET_S
        if not data or keys in (_CTRL_C, _CTRL_D):
            return keys


def _show(options: Namespace, keys: bytes) -> None:
    hints = keyboard_hints(keys)
    if options.json:
        emit_line({"type": "keys", "hex": keys.hex(), "readable": readable(keys), "hints": hints})
        return
    for line in (readable(keys), *(f"    {hint}" for hint in hints)):
        sys.stdout.write(f"{safe(line)}\r\n")
    sys.stdout.flush()


def keyboard_hints(keys: bytes) -> list[str]:
    """What to set on a scanner that typed `keys`, and the line for wms.toml, if they are one of the sheet's codes."""
    from drivers.known_codes import SETUP_CODES, find

    found = next(((code, place) for code in SETUP_CODES if (place := find(keys, code))), None)
    if found is None:
        alike = any(len(keys.strip()) == len(code.text.strip()) for code in SETUP_CODES)
        return [_LAYOUT] if alike else []
    code, place = found
    hints = []
    if not place.tail.endswith((b"\r", b"\n", b"\t", b"\x03")):
        hints.append("it does not end with Enter: set the suffix CR")
    if not any(place.head.startswith(key) for key in _PREFIX_KEYS):
        hints.append("no key comes before the code: set the prefix F12 or STX, so that scans are told from typing")
    if "case" in place.changes:
        hints.append("letters change their case: switch off Caps Lock")
    if "gs_lost" in place.changes:
        hints.append("the GS1 separator does not arrive: make it a USB serial port (COM port emulation)")
    if code.name == "gs1" and not place.changes:
        hints.append("the GS1 separator arrives")
    if not hints or code.name == "gs1":
        setting = _wedge_setting(place)
        hints.append(f'for wms.toml: wedge = "{setting}"' if setting else "wms.toml needs no line for it")
    return hints


def _wedge_setting(place: Found) -> str:
    """What `wms.terminal.wedge_options` is told of this scanner; '' where the usual is right."""
    key = next((key for key in _PREFIX_KEYS if place.head.startswith(key)), b"")
    aim = _AIM_ID.search(place.head[len(key) :])
    text = _AIM_ID.sub(b"", place.head[len(key) :], count=1)
    prefix = _PREFIX_KEYS.get(key, "none")
    options = {
        "prefix": "" if prefix in ("f12", "stx") else prefix,
        "aim": "yes" if aim else "",
        "text": quote_from_bytes(text, safe=""),
        "gs": quote_from_bytes(place.separator, safe=""),
    }
    return ":".join(f"{name}={value}" for name, value in options.items() if value)
