"""Which ports there are, under names that outlive a pulled cable, and who may use them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from drivers.port_access import access_to
from drivers.port_faults import busy_words
from drivers.port_makers import Kind, kind_of, maker_of
from drivers.port_owner import Owner, owners_of
from drivers.port_system import HERE, System, device_number, links_to, serial_devices, stable_link, usb_identity


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A port as it is now (`device`) and as it should be written down (`name`).

    `stable` is False where the system offers only a name that may change. `access` tells whether we may open it;
    if not, `detail` and `mend` say why and what to do, as they do for a port that others have open (`owners`).
    `links` are all names that lead to it, the site's own of udev rules included. `kind` is a guess by the maker.
    Ids are four hexadecimal digits; '' where there is no USB device behind the port, or it does not tell.
    """

    name: str
    device: str
    description: str
    stable: bool
    access: bool
    vendor_id: str = ""
    product_id: str = ""
    maker: str = ""
    product: str = ""
    serial_number: str = ""
    kind: Kind = ""
    links: tuple[str, ...] = ()
    group: str = ""
    owners: tuple[Owner, ...] = ()
    detail: str = ""
    mend: str = ""


def list_ports(system: System = HERE) -> list[PortInfo]:
    """Serial ports, and USB printers of the kernel's own driver, each by its best name.

    By serial number where there is one of its kind only, else as the site named it, else by the socket it is in.
    Asks each process for its open files: some milliseconds a port.
    """
    if sys.platform != "linux":
        return _ports_of_pyserial()
    found = [_serial_port(device, system) for device in serial_devices(system)]
    printers = sorted(str(path) for path in (system.dev / "usb").glob("lp*"))
    return found + [_usb_printer(path, system) for path in printers]


def port_named(path: str, system: System = HERE) -> PortInfo | None:
    """The port that any of its names, stable or not, leads to now; None where there is none."""
    number = device_number(path)
    if number is None:
        return None
    ports = list_ports(system)
    return next((port for port in ports if device_number(port.device) == number), None)


def better_name(path: str, system: System = HERE) -> str | None:
    """The stable name to write down instead of `path`; None if `path` is one, or there is no better."""
    port = port_named(path, system)
    if port is None or not port.stable or path in port.links or path == port.name:
        return None
    return port.name


def _serial_port(device: str, system: System) -> PortInfo:
    number = device_number(device)
    link = stable_link(device, system)
    identity = usb_identity(number, system)
    links = tuple(links_to(number, system)) if number is not None else ()
    if identity is None:  # a socket on the board keeps its number
        return _described(PortInfo(link or device, device, "", True, True, links=links), system)
    maker = maker_of(identity.vendor_id) or identity.maker
    product = identity.product
    return _described(
        PortInfo(
            link or device,
            device,
            product if product.lower().startswith(maker.lower()) else f"{maker} {product}".strip(),
            link is not None,
            True,
            identity.vendor_id,
            identity.product_id,
            maker,
            product,
            identity.serial_number,
            kind_of(identity.vendor_id),
            links,
        ),
        system,
    )


def _usb_printer(device: str, system: System) -> PortInfo:
    link = stable_link(device, system)
    number = device_number(device)
    links = tuple(links_to(number, system)) if number is not None else ()
    return _described(
        PortInfo(link or device, device, "USB printer", link is not None, True, kind="printer", links=links), system
    )


def _described(port: PortInfo, system: System = HERE) -> PortInfo:
    from dataclasses import replace

    access = access_to(port.device)
    owners = tuple(owners_of(port.device, system))
    if not access.allowed:
        detail, mend = access.detail, access.mend
    else:
        detail, mend = busy_words(port.device, list(owners), system) if owners else ("", "")
    return replace(port, access=access.allowed, group=access.group, owners=owners, detail=detail, mend=mend)


def _ports_of_pyserial() -> list[PortInfo]:
    from serial.tools import list_ports as pyserial_ports

    found = []
    for port in sorted(pyserial_ports.comports(), key=lambda port: port.device):
        vendor_id = f"{port.vid:04x}" if port.vid is not None else ""
        found.append(
            PortInfo(
                port.device,
                port.device,
                "" if port.description in (None, "n/a") else port.description,
                # Windows keeps a COM number for each device; macOS builds the name of serial number or socket
                stable=True,
                access=os.name == "nt" or os.access(port.device, os.R_OK | os.W_OK),
                vendor_id=vendor_id,
                product_id=f"{port.pid:04x}" if port.pid is not None else "",
                maker=maker_of(vendor_id) or port.manufacturer or "",
                product=port.product or "",
                serial_number=port.serial_number or "",
                kind=kind_of(vendor_id),
            )
        )
    return found
