"""Printers: is each there, can it print, and what is to be done if not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wms.cli.checks.finding import Finding, State, Subject, bad, look
from wms.config import ONLY_PRINTER, PrinterConfig

if TYPE_CHECKING:
    from drivers.address import Address
    from drivers.printer_status import PrinterStatus

STATUS_S = 2.0

MENDS = {
    "missing": "plug it in; wms printer list shows what there is",
    "denied": "sudo usermod -aG lp,dialout $USER, then sign in again",
    "busy": "another program prints, or has it open: close it there",
    "refused": "switch it on; check its address and port",
    "unreachable": "check cable, network and address",
    "timeout": "switch it off and on; check cable, network and address",
    "lost": "check cable and network; look at the last label",
    "paper_out": "put in a new roll",
    "cover_open": "close the cover",
    "error": "switch it off and on; look for jammed paper",
    "offline": "press its online key; look at its display",
    "unsupported": "write it as socket://HOST:9100, a device, cups:QUEUE or file:PATH",
}
_MISSING = {
    "file": "make the folder it is to be written into",
    "cups": "lpstat -e names the queues there are; write the address as cups:QUEUE",
}
OTHERWISE = "check that it is switched on and plugged in, and how it is written in wms.toml"
NO_FLOW_CONTROL = "long labels may lose lines"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a printer found. `says` and `mend` are for people."""

    printer: PrinterConfig
    status: PrinterStatus
    state: State
    says: str
    mend: str = ""


def check(subject: Subject) -> Iterator[Finding]:
    printers = subject.config.all_printers()
    if not printers:
        yield look("printer", "none configured: labels wait", "wms printer add: it asks, and prints a test page")
    for printer in printers:
        yield finding(printer)


def finding(printer: PrinterConfig) -> Finding:
    """What the doctor says of a printer of wms.toml."""
    name = ONLY_PRINTER if printer.name == ONLY_PRINTER else f"printer {printer.name}"
    try:
        seen = look_at(printer)
    except ValueError as error:
        return bad(name, str(error), "write it as socket://HOST:9100, a device, cups:QUEUE or file:PATH in wms.toml")
    gap = ": " if seen.state == State.BAD else " "
    return Finding(name, seen.state, f"{printer.uri}{gap}{seen.says}", seen.mend)


def look_at(printer: PrinterConfig) -> Look:
    """Ask a printer how it is. Raises ValueError for an address or a model that is none."""
    from drivers.address import parse_address
    from drivers.printer import open_printer
    from labels.profiles import profile_named

    try:
        address = parse_address(printer.uri)
        port = open_printer(printer.uri)
    except ValueError as error:
        raise ValueError(f"{printer.uri}: {error}") from error
    if printer.profile:
        profile_named(printer.profile)
    status = port.status(STATUS_S)
    if status.reason not in ("", "silent"):
        return Look(printer, status, State.BAD, status.reason.replace("_", " "), mend_for(address, status.reason))
    if status.paper == "low":
        return Look(printer, status, State.LOOK, "is ready, its paper is low", "have a new roll ready")
    says = "is ready" if status.answered else "is there; it does not tell its state"
    if concern := _concern(address):
        return Look(printer, status, State.LOOK, f"{says}; {concern[0]}", concern[1])
    return Look(printer, status, State.OK, says)


def _concern(address: Address) -> tuple[str, str] | None:
    """What will be trouble one day though it works now, and what to do about it."""
    from drivers.ports import better_name

    if address.kind != "device":
        return None
    if not (address.line.rtscts or address.line.xonxoff) and needs_flow_control(address.target):
        mend = "add ?rtscts=1 (or ?xonxoff=1, as the printer is set up) behind the port in wms.toml"
        return f"without flow control {NO_FLOW_CONTROL}", mend
    if better := better_name(address.target):
        return "another device may bear that name tomorrow", f"write {better} into wms.toml instead"
    return None


def needs_flow_control(device: str) -> bool:
    """Whether a port is a serial line, which drops what the printer has no room for; USB devices wait by themselves."""
    from pathlib import Path

    name = Path(device).resolve().name
    return name.startswith(("ttyS", "ttyUSB", "ttyAMA"))


def mend_for(address: Address, reason: str) -> str:
    """What is to be done about that reason of a printer which is there."""
    from drivers.port_faults import explained
    from drivers.transport import PortError

    if reason == "queue_stopped":
        return f"sudo cupsenable {address.target}; sudo cupsaccept {address.target}"
    if reason == "missing" and address.kind in _MISSING:
        return _MISSING[address.kind]
    told = ""
    if reason in ("busy", "denied"):
        told = explained(PortError("busy" if reason == "busy" else "denied"), address).mend
    return told or MENDS.get(reason, OTHERWISE)
