"""How devices are named.

`/dev/serial/by-id/…?baud=9600`, `serial:COM3`, `socket://host:9100`, `file:PATH`, `cups:QUEUE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit

RAW_PRINTING_PORT = 9100

AddressKind: TypeAlias = Literal["device", "tcp", "file", "cups", "pyserial"]


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Speed, character format and flow control of a serial line; USB devices ignore them."""

    baud: int = 9600
    bits: int = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: Literal[1, 2] = 1
    rtscts: bool = False
    xonxoff: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device is. `target` is a path, a host, a queue or, for `pyserial`, a whole URL.

    `answers` is False (`?status=0`) for a printer that would print the questions of ESC/POS instead of answering.
    """

    kind: AddressKind
    target: str
    port: int = 0
    line: LineSettings = LineSettings()
    answers: bool = True


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"{text!r} is neither 0 nor 1")
    return text == "1"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError(f"baud cannot be {text!r}: use the scanner's or scale's speed, such as 9600")
    return int(text)


def _parse_settings(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}


def _parse_line(settings: dict[str, str]) -> LineSettings:
    values: dict[str, object] = {}
    for name, text in settings.items():
        try:
            match name:
                case "baud":
                    values[name] = _positive(text)
                case "bits":
                    values[name] = {"7": 7, "8": 8}[text]
                case "parity":
                    values[name] = {"N": "N", "E": "E", "O": "O"}[text.upper()]
                case "stop":
                    values[name] = {"1": 1, "2": 2}[text]
                case "rtscts" | "xonxoff":
                    values[name] = _flag(text)
                case _:
                    raise ValueError(f"unknown line setting {name!r}: use baud, bits, parity, stop, rtscts, xonxoff")
        except KeyError:
            raise ValueError(f"line setting {name} cannot be {text!r}") from None
    return LineSettings(**values)  # type: ignore[arg-type]


def _port(parts: SplitResult) -> int:
    try:
        port = RAW_PRINTING_PORT if parts.port is None else parts.port
    except ValueError:
        port = 0
    if not port:
        raise ValueError("the port must be a number from 1 to 65535, as in socket://HOST:9100")
    return port


def parse_address(text: str) -> Address:
    """The address that `text` names. Raises ValueError saying what is wrong."""
    if any(char < " " or char == "\x7f" for char in text):
        raise ValueError("a control character is in the address")
    if text.startswith("socket://"):
        parts = urlsplit(text)
        if not parts.hostname:
            raise ValueError(f"no host in {text!r}")
        if parts.path not in ("", "/") or parts.fragment:
            raise ValueError("nothing may follow the port: use socket://HOST:PORT")
        settings = _parse_settings(parts.query)
        answers = _flag(settings.pop("status", "1"))
        if settings:
            raise ValueError(f"unknown setting {min(settings)!r}: use status")
        return Address("tcp", parts.hostname, _port(parts), answers=answers)
    if "://" in text:
        return Address("pyserial", text)
    scheme, colon, rest = text.partition(":")
    if colon and scheme in ("file", "cups"):
        if not rest:
            raise ValueError(f"nothing after {scheme}:")
        return Address("file" if scheme == "file" else "cups", rest)
    path, _, query = (rest if colon and scheme == "serial" else text).partition("?")
    if not path:
        raise ValueError("the device's path is missing")
    settings = _parse_settings(query)
    answers = _flag(settings.pop("status", "1"))
    return Address("device", path, line=_parse_line(settings), answers=answers)


def parse_two_way(text: str) -> Address:
    """The address of a device that is read. Raises ValueError as `parse_address` does, and for what is only written."""
    address = parse_address(text)
    if address.kind in ("file", "cups"):
        raise ValueError(f"{text} can only be written to: give a port, or socket://host:port")
    return address
