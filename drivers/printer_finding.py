"""Which printers there are to choose from: on USB, at serial ports, in CUPS queues.

Source for what a USB printer says of itself: IEEE 1284 device ids, which the kernel's usblp shows in `ieee1284_id`
(drivers/usb/class/usblp.c).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drivers.port_system import HERE, System, device_number, stable_link, usb_identity
from drivers.ports import list_ports
from drivers.printer_cups import queues

Way: TypeAlias = Literal["usb", "serial", "cups"]

_ABBREVIATED = {"MFG": "MANUFACTURER", "MDL": "MODEL", "CMD": "COMMAND SET"}


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """`uri` is what `drivers.printer.open_printer` takes. `maker` and `model` are '' where it does not tell them; a
    serial port never tells what is behind it, and `may_be` is then False unless its maker builds printers."""

    uri: str
    way: Way
    maker: str = ""
    model: str = ""
    may_be: bool = True

    def __str__(self) -> str:
        if self.model.lower().startswith(self.maker.lower()):
            return self.model
        return f"{self.maker} {self.model}".strip()


def find_printers(system: System = HERE) -> list[FoundPrinter]:
    """USB printers first, then CUPS queues, then serial ports."""
    ports = [port for port in list_ports(system) if port.description != "USB printer"]
    serial = [
        FoundPrinter(port.name, "serial", port.maker, port.product, may_be=port.kind == "printer")
        for port in ports
        if port.kind in ("printer", "adapter", "")
    ]
    cups = [FoundPrinter(f"cups:{name}", "cups", model=name) for name in queues()]
    return [*usb_printers(system), *cups, *serial]


def usb_printers(system: System = HERE) -> list[FoundPrinter]:
    """Printers of the kernel's own driver, with what they say of themselves."""
    found = []
    for path in sorted((system.dev / "usb").glob("lp*")):
        number = device_number(path)
        said = _device_id(system, path.name)
        identity = usb_identity(number, system)
        maker = said.get("MANUFACTURER") or (identity.maker if identity else "")
        model = said.get("MODEL") or (identity.product if identity else "")
        found.append(FoundPrinter(stable_link(str(path), system) or str(path), "usb", maker, model))
    return found


def _device_id(system: System, name: str) -> dict[str, str]:
    try:
        text = (system.sys / "class" / "usbmisc" / name / "device" / "ieee1284_id").read_text("utf-8", "replace")
    except OSError:
        return {}
    pairs = (part.partition(":") for part in re.split(r";\s*", text.strip().strip("\0")))
    return {
        _ABBREVIATED.get(key.strip().upper(), key.strip().upper()): value.strip() for key, _, value in pairs if value
    }
