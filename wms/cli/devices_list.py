"""`wms devices list`: every port, by the name to write down, and what uses it."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import configured, emit
from wms.config import ONLY_PRINTER
from wms.terminal.text import safe

if TYPE_CHECKING:
    from drivers.ports import PortInfo
    from wms.config import Config


def run(options: Namespace) -> int:
    from drivers.ports import list_ports

    ports, wanted = list_ports(), _written(configured(options))
    used = {id(port): [role for role, path in wanted.items() if _leads_to(path, port)] for port in ports}
    elsewhere = {role: path for role, path in wanted.items() if not any(_leads_to(path, port) for port in ports)}
    absent = {role: path for role, path in elsewhere.items() if "://" not in path and not Path(path).exists()}
    emit(
        options,
        {
            "ports": [_as_json(port, used[id(port)]) for port in ports],
            "elsewhere": [_written_as(role, path) for role, path in elsewhere.items() if role not in absent],
            "absent": [_written_as(role, path) for role, path in absent.items()],
        },
        lambda: _text(ports, used, elsewhere, absent),
    )
    return 0


def _written(config: Config) -> dict[str, str]:
    """Where the devices of wms.toml are, by role; those whose address is none are left to `wms doctor`."""
    from drivers.address import parse_address
    from drivers.framing_options import parse_scanner

    named = {f"scanner{n}": text for n, text in enumerate(config.scanners, 1)}
    named |= {"scale": config.scale} if config.scale else {}
    for printer in config.all_printers():
        named[ONLY_PRINTER if printer.name == ONLY_PRINTER else f"printer {printer.name}"] = printer.uri
    found = {}
    for role, text in named.items():
        try:
            address = parse_scanner(text).address if role.startswith("scanner") else text.partition(",")[0]
            where = parse_address(address)
        except ValueError:
            continue
        found[role] = where.target if where.kind in ("device", "file") else text
    return found


def _written_as(role: str, path: str) -> dict[str, str]:
    return {"used_as": role, "written": path}


def _is_port(path: str) -> bool:
    return path.startswith("/dev/")


def _leads_to(path: str, port: PortInfo) -> bool:
    from drivers.port_system import device_number

    if path in (port.name, port.device, *port.links):
        return True
    number = device_number(path) if _is_port(path) else None
    return number is not None and number == device_number(port.device)


def _setting(port: PortInfo) -> str:
    """The line for wms.toml. An adapter does not tell what is behind it: most often a scanner."""
    name = json.dumps(port.name)
    return {"scale": f"scale = {name}", "printer": f"printer = {name}"}.get(port.kind, f"scanners = [{name}]")


def _as_json(port: PortInfo, used_as: list[str]) -> dict[str, Any]:
    return {
        **asdict(port),
        "owners": [{"pid": owner.pid, "program": owner.program} for owner in port.owners],
        "used_as": used_as,
        "setting": "" if used_as else _setting(port),
    }


def _text(ports: list[PortInfo], used: dict[int, list[str]], elsewhere: dict[str, str], absent: dict[str, str]) -> str:
    lines: list[str] = []
    for port in ports:
        lines += _described(port, used[id(port)])
    if not ports:
        lines += [
            "No serial or printer port is there. Plug the device in and look again.",
            "A scanner that types like a keyboard has no port: wms devices test --keyboard",
        ]
    for role, path in elsewhere.items():
        if role in absent:
            lines += [f"wms.toml names {path} as {role}, but it is not there: plug it in, or correct the line"]
        else:
            lines += [f"{path}", f"    wms.toml uses it as {role}; it is none of the machine's own ports"]
    return "\n".join(safe(line) for line in lines)


def _described(port: PortInfo, used_as: list[str]) -> list[str]:
    ids = f"{port.vendor_id}:{port.product_id}" if port.vendor_id else ""
    what = ", ".join(part for part in (port.description, ids, port.kind) if part)
    lines = [port.name, f"    {what or 'a port on the board'}" + (f", now {port.device}" * (port.device != port.name))]
    if not port.stable:
        lines.append("    this name may change with the socket: have udev give it one, deploy/udev/70-wms.rules")
    if port.detail:
        lines.append(f"    {port.detail}")
    if port.mend:
        lines.append(f"    -> {port.mend}")
    if used_as:
        lines.append(f"    wms.toml uses it as {' and '.join(used_as)}")
    else:
        lines.append(f"    not in wms.toml: {_setting(port)}")
        if port.kind in ("adapter", "") and not port.description.startswith("USB printer"):
            lines.append(f"    or, if it is a scale: scale = {json.dumps(port.name)}")
    return lines
