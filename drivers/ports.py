"""Which ports there are, under names that outlive a pulled cable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_BY_ID, _BY_PATH = Path("/dev/serial/by-id"), Path("/dev/serial/by-path")
_USB_PRINTERS = Path("/dev/usb")


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port as it is now (`device`) and as it should be written down (`name`).

    `stable` is False where the system offers only a name that may change. `access` tells whether we may open it.
    """

    name: str
    device: str
    description: str
    stable: bool
    access: bool


def _links_to(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {str(link.resolve()): str(link) for link in sorted(folder.iterdir())}


def list_ports() -> list[PortInfo]:
    """Serial ports, and USB printers of the kernel's own driver, each by its best name.

    By serial number where there is one of its kind only, else by the socket it is plugged into.
    """
    from serial.tools import list_ports as pyserial_ports

    by_id, by_path = _links_to(_BY_ID), _links_to(_BY_PATH)
    found: list[PortInfo] = []
    for port in sorted(pyserial_ports.comports(), key=lambda port: port.device):
        device = port.device
        resolved = str(Path(device).resolve())
        name = by_id.get(resolved) if port.serial_number else None
        name = name or by_path.get(resolved) or by_id.get(resolved)
        description = "" if port.description in (None, "n/a") else port.description
        stable = name is not None or os.name == "nt"
        found.append(PortInfo(name or device, device, description, stable, _may_open(device)))
    printers = sorted(str(path) for path in _USB_PRINTERS.glob("lp*"))
    found += [PortInfo(path, path, "USB printer", stable=False, access=_may_open(path)) for path in printers]
    return found


def _may_open(device: str) -> bool:
    return os.name == "nt" or os.access(device, os.R_OK | os.W_OK)
