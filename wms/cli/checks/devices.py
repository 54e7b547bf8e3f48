"""Ports and what is plugged into them: may they be opened, and does somebody answer?"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from wms.cli.checks.finding import Finding, Subject, bad, look, ok

OPEN_S, STATUS_S, LISTEN_S = 2.0, 2.0, 3.0

MENDS = {
    "missing": "plug it in; wms doctor lists the ports there are",
    "denied": "sudo usermod -aG dialout,lp $USER, then sign in again",
    "busy": "another program has it: close the terminal that uses it, or ModemManager",
    "refused": "switch it on; check its address and port",
    "unreachable": "check cable, network and address",
    "timeout": "switch it off and on; check cable, network and address",
    "silent": "switch it on; check speed and protocol",
    "paper_out": "put in a new roll",
    "cover_open": "close the cover",
    "error": "switch it off and on; look for jammed paper",
    "offline": "press its online key; look at its display",
}
OTHERWISE = "check that it is switched on and plugged in, and how it is written in wms.toml"


def ports(_: Subject) -> Iterator[Finding]:
    from drivers.ports import list_ports

    found = list_ports()
    if not found:
        yield ok("ports", "no serial or printer port is there")
    for port in found:
        says = f"{port.name}{f' ({port.description})' if port.description else ''}"
        if not port.access:
            yield look("port", f"{says} may not be opened", MENDS["denied"])
        else:
            yield ok("port", says if port.stable else f"{says}: this name may change with the socket")


def scanners(subject: Subject) -> Iterator[Finding]:
    from drivers.framing_options import parse_scanner
    from drivers.transport import PortError, open_port

    if not subject.config.scanners:
        yield ok("scanner", "none configured: one that types like a keyboard needs no setting")
    for text in subject.config.scanners:
        try:
            address, _ = parse_scanner(text)
            open_port(address, OPEN_S).close(discard=True)
        except ValueError as error:
            yield bad("scanner", f"{text}: {error}", "write it as PORT[,FRAMING] in wms.toml")
        except PortError as error:
            yield bad("scanner", f"{text}: {error}", MENDS.get(error.reason, OTHERWISE))
        else:
            yield ok("scanner", f"{text} is there")


def scale(subject: Subject) -> Iterator[Finding]:
    """It must say a weight by itself or when asked."""
    from drivers.scale import Reading, Scale

    text = subject.config.scale
    if not text:
        yield ok("scale", "none configured: weights are typed")
        return
    heard = threading.Event()

    def listen(reading: Reading) -> None:
        if reading.status != "silent":
            heard.set()

    address, _, protocol = text.partition(",")
    try:
        one = Scale(address, protocol or "auto", listen, lambda _: None)
    except ValueError as error:
        yield bad("scale", f"{text}: {error}", "write it as PORT[,PROTOCOL] in wms.toml")
        return
    one.start()
    try:
        answered = heard.wait(LISTEN_S)
        problem, last, spoken = one.problem, one.last, one.protocol
    finally:
        one.stop()
    if problem is not None:
        yield bad("scale", f"{text}: {problem}", MENDS.get(problem, OTHERWISE))
    elif not answered:
        yield bad("scale", f"{text}: it says nothing", MENDS["silent"])
    else:
        shown = f"{last.grams} g" if last is not None and last.grams is not None else "no weight"
        yield ok("scale", f"{text} speaks {spoken}, shows {shown}")


def printer(subject: Subject) -> Iterator[Finding]:
    from drivers.printer import open_printer

    uri = subject.config.printer
    if not uri:
        yield look("printer", "none configured: labels wait", 'put printer = "socket://HOST:9100" into wms.toml')
        return
    try:
        status = open_printer(uri).status(STATUS_S)
    except ValueError as error:
        yield bad("printer", f"{uri}: {error}", "write it as socket://HOST:9100, a device or file:PATH in wms.toml")
        return
    if status.answered and not status.reason:
        if status.paper == "low":
            yield look("printer", f"{uri}: paper is low", "have a new roll ready")
        else:
            yield ok("printer", f"{uri} is ready")
    elif status.reason in ("", "silent"):
        yield ok("printer", f"{uri} is there; it does not tell its state")
    else:
        yield bad("printer", f"{uri}: {status.reason.replace('_', ' ')}", MENDS.get(status.reason, OTHERWISE))
