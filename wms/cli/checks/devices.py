"""Ports and what is plugged into them: may they be opened, and does somebody answer?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wms.cli.checks.finding import Finding, State, Subject, bad, look, ok

if TYPE_CHECKING:
    from drivers.ports import PortInfo
    from drivers.transport import PortError

OPEN_S, LISTEN_S = 2.0, 3.5
OURS = "wms"

MENDS = {
    "missing": "plug it in; wms doctor lists the ports there are",
    "denied": "sudo usermod -aG dialout,lp $USER, then sign in again",
    "busy": "another program has it: close it there",
    "other_device": "plug the right one in, or write its stable name into wms.toml",
    "refused": "switch it on; check its address and port",
    "unreachable": "check cable, network and address",
    "timeout": "switch it off and on; check cable, network and address",
    "silent": "switch it on; check speed and protocol",
}
OTHERWISE = "check that it is switched on and plugged in, and how it is written in wms.toml"


def ports(_: Subject) -> Iterator[Finding]:
    from drivers.ports import list_ports

    found = list_ports()
    if not found:
        yield ok("ports", "no serial or printer port is there")
    yield from map(port_finding, found)


def port_finding(port: PortInfo) -> Finding:
    """What is to be said of one port: who may open it, who has it open, whether its name will last."""
    says = f"{port.name}{f' ({port.description})' if port.description else ''}"
    if not port.access:
        return look("port", f"{says}: {port.detail or 'it may not be opened'}", port.mend or MENDS["denied"])
    if port.owners and not all(owner.program == OURS for owner in port.owners):
        return look("port", f"{says}: {port.detail}", port.mend)
    return ok("port", says if port.stable else f"{says}: this name may change with the socket")


def scanners(subject: Subject) -> Iterator[Finding]:
    if not subject.config.scanners:
        yield ok("scanner", "none configured: one that types like a keyboard needs no setting")
    for text in subject.config.scanners:
        yield scanner_finding(text)


def scanner_finding(text: str) -> Finding:
    """Whether a scanner, as wms.toml names it, can be opened by us and by nobody else, under a name that lasts."""
    from drivers.framing_options import parse_scanner

    try:
        return device_trouble("scanner", text, parse_scanner(text).address) or ok("scanner", f"{text} is there")
    except ValueError as error:
        return bad("scanner", f"{text}: {error}", "write it as PORT[,FRAMING] in wms.toml")


def device_trouble(name: str, text: str, address: str) -> Finding | None:
    """What stands in the way of a device, None if nothing does. Opens it. Raises ValueError for a wrong address."""
    from drivers.address import parse_address
    from drivers.port_faults import shared_words
    from drivers.ports import better_name
    from drivers.transport import PortError, open_port

    where = parse_address(address)
    try:
        open_port(where, OPEN_S).close(discard=True)
    except PortError as error:
        return _refused(name, text, where.target, error)
    shared, mend = shared_words(where)
    if shared:
        return look(name, f"{text}: {shared}", mend)
    better = better_name(where.target) if where.kind == "device" else None
    if better:
        return look(
            name,
            f"{text} is there; another device may bear that name tomorrow",
            f"write {better} into wms.toml instead",
        )
    return None


def _refused(name: str, text: str, target: str, error: PortError) -> Finding:
    from drivers.port_owner import owners_of

    if error.reason == "busy":
        ours = [owner for owner in owners_of(target) if owner.program == OURS]
        if ours:
            return ok(name, f"{text} is in use by {ours[0]}")
    says = f"{error.reason.replace('_', ' ')}: {error.detail}" if error.detail else error.reason.replace("_", " ")
    return bad(name, f"{text}: {says}", error.mend or MENDS.get(error.reason, OTHERWISE))


def wedge(subject: Subject) -> Iterator[Finding]:
    from wms.terminal.wedge_options import parse_wedge

    if not (text := subject.config.wedge):
        return
    try:
        parse_wedge(text)
    except ValueError as error:
        yield bad("wedge", f"{text}: {error}", 'write it as "prefix=f12:suffix=enter" in wms.toml')
    else:
        yield ok("wedge", f"scanners that type: {text}")


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
        trouble = device_trouble("scale", text, address)
    except ValueError as error:
        yield bad("scale", f"{text}: {error}", "write it as PORT[,PROTOCOL] in wms.toml")
        return
    if trouble is not None:
        yield trouble
        if trouble.state != State.LOOK:
            return
    one.start()
    try:
        answered = heard.wait(LISTEN_S)
        problem, last, spoken = one.problem, one.last, one.protocol
    finally:
        one.stop()
    if problem is not None:
        yield bad("scale", f"{text}: {problem}", MENDS.get(problem, OTHERWISE))
    elif last is not None and last.status == "unknown_protocol":
        yield bad(
            "scale", f"{text}: what it sends is no weight", "switch its interface to a protocol that wms --help lists"
        )
    elif not answered:
        yield bad("scale", f"{text}: it says nothing", MENDS["silent"])
    else:
        shown = f"{last.grams} g" if last is not None and last.grams is not None else "no weight"
        yield ok("scale", f"{text} speaks {spoken}, shows {shown}")
