"""`wms devices learn`: a scanner's settings, told from its reads of the setup sheet."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit_line

if TYPE_CHECKING:
    from drivers.address import Address
    from drivers.known_codes import KnownCode
    from drivers.learning import Chunk, Learned
    from drivers.transport import Port

QUIET_S = 0.7
"""A code is over when nothing came for so long; slow radios pause within one."""
OPTIONAL_S = 15.0
TRIES = 5
SPEEDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200)
_UNREADABLE_SHARE = 0.3


def run(options: Namespace) -> int:
    from drivers.address import parse_address

    text = options.port.partition(",")[0]
    try:
        address = parse_address(text)
    except ValueError as error:
        raise Refusal(f"{options.port}: {error}", 2) from error
    session = _Session(options, address)
    try:
        learned = session.learn()
    except KeyboardInterrupt:
        raise Refusal("stopped before all codes were scanned; nothing was changed") from None
    finally:
        session.close()
    return _tell(options, learned, text, session.address)


class _Session:
    """The port while codes are scanned; opened again at another speed where what comes is unreadable."""

    def __init__(self, options: Namespace, address: Address) -> None:
        self.address = address
        self._options = options
        self._port: Port | None = None
        self._speeds = [speed for speed in SPEEDS if speed != address.line.baud] if _has_speed(address) else []

    def close(self) -> None:
        if self._port is not None:
            self._port.close(discard=True)
            self._port = None

    def learn(self) -> Learned:
        from drivers.known_codes import SETUP_CODES
        from drivers.learning import learn

        self._open()
        reads = [self._read(number, code) for number, code in enumerate(SETUP_CODES, 1)]
        return learn(reads)

    def _open(self) -> None:
        from drivers.port_faults import explained
        from drivers.transport import PortError, open_port

        self.close()
        try:
            self._port = open_port(self.address)
        except PortError as error:
            raise Refusal(f"{self._options.port}: {explained(error, self.address)}") from error

    def _read(self, number: int, code: KnownCode) -> list[Chunk]:
        """The read of one code; nothing for an optional one that nobody scanned."""
        from drivers.known_codes import SETUP_CODES
        from drivers.learning import heard

        self._ask(number, code)
        for _ in range(TRIES + len(self._speeds)):
            chunks = self._collect(self._patience(code))
            if not chunks and code.optional:
                return []
            if not chunks:
                raise Refusal(_nothing_came(number, self._options.port, self._options.seconds))
            raw = b"".join(data for _, data in chunks)
            self._show(code, raw)
            read = heard(raw)
            if read is code:
                return chunks
            self._again(code, self._why_again(number, raw, SETUP_CODES.index(read) + 1 if read else 0))
        raise Refusal(
            f"code {number} could not be read. Scan it from a fresh print (wms devices sheet -o sheet.pdf),"
            f" or look at the bytes: wms devices test {self._options.port}"
        )

    def _patience(self, code: KnownCode) -> float:
        seconds: int = self._options.seconds
        return min(OPTIONAL_S, seconds) if code.optional else seconds

    def _why_again(self, number: int, raw: bytes, other: int) -> str:
        if other:
            return f"That was code {other}. Scan code {number}."
        if self._speeds and _is_unreadable(raw):
            speed = self._speeds.pop(0)
            self.address = replace(self.address, line=replace(self.address.line, baud=speed))
            self._open()
            return f"That is unreadable: is it the speed? Now at {speed} baud. Scan code {number} again."
        return f"That is not code {number} of the sheet, or a part of it is missing. Scan code {number} again."

    def _collect(self, seconds: float) -> list[Chunk]:
        """What comes until it is quiet. SSI packets are acknowledged, or the scanner would send them again."""
        from drivers.ssi import Packet, Splitter, acknowledge
        from drivers.transport import PortError

        if self._port is None:
            raise RuntimeError("the port is not open")
        chunks: list[Chunk] = []
        splitter, until = Splitter(), time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                self._port.wait(left)
                if not (data := self._port.read()):
                    continue
                now = time.monotonic()
                chunks.append((now * 1000, data))
                until = now + QUIET_S
                for item in splitter.feed(data):
                    if isinstance(item, Packet) and item.intact and item.is_decode:
                        self._port.write(acknowledge())
        except PortError as error:
            raise Refusal(f"{self._options.port}: {error}: plug it in and begin again") from error
        return chunks

    # To the person, and to scripts

    def _ask(self, number: int, code: KnownCode) -> None:
        if self._options.json:
            emit_line({"type": "scan", "number": number, "code": code.name, "text": code.text})
            return
        skip = f" (a scanner without camera can't: wait {self._patience(code):.0f} s)" if code.optional else ""
        print(f"Scan code {number} of the setup sheet{skip}", flush=True)

    def _show(self, code: KnownCode, raw: bytes) -> None:
        from drivers.readable import readable

        if self._options.json:
            emit_line({"type": "bytes", "code": code.name, "hex": raw.hex(), "readable": readable(raw)})
        else:
            print(f"    {readable(raw)}", flush=True)

    def _again(self, code: KnownCode, why: str) -> None:
        if self._options.json:
            emit_line({"type": "again", "code": code.name, "why": why})
        else:
            print(f"    {why}", flush=True)


def _has_speed(address: Address) -> bool:
    """Whether the speed of the line matters; USB devices that are their own serial port ignore it."""
    return address.kind == "device" and not Path(address.target).resolve().name.startswith("ttyACM")


def _is_unreadable(raw: bytes) -> bool:
    strange = sum(byte >= 0x7F or (byte < 0x20 and byte not in b"\t\r\n\x02\x03\x1d") for byte in raw)
    return strange > len(raw) * _UNREADABLE_SHARE


def _nothing_came(number: int, port: str, seconds: int) -> str:
    if number > 1:
        return (
            f"nothing came for {seconds} s. If the scanner stopped after a code, it waits for an answer: switch off"
            " its ACK/NAK or host acknowledgement, and begin again"
        )
    return (
        f"nothing came for {seconds} s. Is the scanner set to serial (USB COM port), not to keyboard? Is {port} its"
        " port (wms devices list)? A scanner that types: wms devices test --keyboard"
    )


def _written(text: str, address: Address, line: str) -> str:
    """The address with the speed that was found, under the name that outlives a pulled cable."""
    from drivers.ports import better_name

    if address.kind != "device":
        return text
    query = [part for part in text.partition("?")[2].split("&") if part and not part.startswith("baud=")]
    if address.line.baud != 9600:
        query.insert(0, f"baud={address.line.baud}")
    query += [part for part in line.split("&") if part]
    name = better_name(address.target) or address.target
    return f"{name}?{'&'.join(query)}" if query else name


def _tell(options: Namespace, learned: Learned, text: str, address: Address) -> int:
    from drivers.learning import framing_text
    from wms.cli.devices_words import remark_says

    framing = framing_text(learned.framing) if learned.framing else ""
    scanner = ",".join(part for part in (_written(text, address, learned.line), framing) if part)
    usable = learned.framing is not None
    named = _among(list(configured(options).scanners), scanner)
    setting = f"scanners = [{', '.join(json.dumps(one, ensure_ascii=False) for one in named)}]" if usable else ""
    written = _write(options, named) if usable and options.write else ""
    remarks = [{"what": one.what, "grade": one.grade, "says": remark_says(one)} for one in learned.remarks]
    if options.json:
        found: dict[str, Any] = {"type": "learned", "usable": usable, "scanner": scanner if usable else ""}
        emit_line(found | {"setting": setting, "remarks": remarks, "written": written})
    else:
        for remark in remarks:
            print(f"{ {'good': '[+]', 'look': '[!]', 'bad': '[x]'}[remark['grade']] } {remark['says']}")
        if usable:
            print(f"\n{f'{written} now has' if written else 'For wms.toml'}:\n    {setting}")
    if not usable:
        what = f" ({', '.join(learned.missed)} did not come)" if learned.missed else ""
        print(f"wms: no setting brings these codes out{what}: change the scanner as said, then again", file=sys.stderr)
    return 0 if usable else 1


def _among(scanners: list[str], learnt: str) -> list[str]:
    """The scanners of wms.toml with the one learnt, in the place of the same port if it is there."""
    from drivers.framing_options import parse_scanner
    from drivers.port_system import device_number

    def port(text: str) -> str:
        return parse_scanner(text).address.partition("?")[0]

    mine = port(learnt)
    for place, text in enumerate(scanners):
        number = device_number(port(text)) if port(text).startswith("/") else None
        if port(text) == mine or (number is not None and number == device_number(mine)):
            return [*scanners[:place], learnt, *scanners[place + 1 :]]
    return [*scanners, learnt]


def _write(options: Namespace, scanners: list[str]) -> str:
    """The file that now names these scanners. Raises Refusal with the line to write by hand."""
    from wms.cli.devices_settings import CannotEdit, with_scanners, write
    from wms.config import FILE, data_folder

    path = data_folder(options.data) / FILE
    line = f"scanners = {json.dumps(scanners, ensure_ascii=False)}"
    try:
        write(path, with_scanners(path.read_text("utf-8") if path.exists() else "", scanners))
    except (CannotEdit, UnicodeDecodeError) as error:
        raise Refusal(f"{path} was left as it is: {error}. Put in by hand: {line}") from error
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}. Put in by hand: {line}") from error
    return str(path)
