"""What Linux knows of its serial ports: the USB device behind each, and the names udev gave it.

Sources: the kernel's Documentation/ABI (sysfs-class-tty, sysfs-bus-usb), udev's 60-serial.rules and its database.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class System:
    """Where the kernel and udev show their things."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    udev: Path = Path("/run/udev")


HERE = System()

# Left at the factory, the same in every piece: the CP2102's 0001 (Silicon Labs AN978), and what cloners type.
NO_SERIAL_NUMBERS = frozenset({"", "0", "1", "0000", "0001", "00000000", "00000001", "12345678", "0123456789ABCDEF"})


# Dozens of them everywhere, and no hardware behind any.
_CONSOLES = re.compile(r"tty\d*|console|ptmx")


@dataclass(frozen=True, slots=True)
class UsbIdentity:
    """A port of a USB device. Ids are four hexadecimal digits; `socket` is where it is plugged in, like `1-2.1`."""

    vendor_id: str
    product_id: str
    serial_number: str
    interface: str
    port: str
    socket: str
    maker: str = ""
    product: str = ""

    @property
    def model(self) -> tuple[str, str, str, str]:
        return self.vendor_id, self.product_id, self.interface, self.port

    def __str__(self) -> str:
        name = " ".join(part for part in (self.maker, self.product) if part)
        number = f" serial number {self.serial_number}" if self.serial_number else ""
        return f"{name} ({self.vendor_id}:{self.product_id}){number} in USB socket {self.socket}".strip()


def device_number(path: str | Path) -> int | None:
    """The number of the character device that `path` leads to; None where there is none."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_rdev if stat.S_ISCHR(found.st_mode) else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def _in_sys(number: int, system: System) -> Path:
    return (system.sys / "dev" / "char" / f"{os.major(number)}:{os.minor(number)}").resolve()


def usb_identity(number: int | None, system: System = HERE) -> UsbIdentity | None:
    """Which USB device a character device belongs to; None for another bus, or when it is gone."""
    if number is None:
        return None
    folder = _in_sys(number, system)
    interface = port = ""
    for level in (folder, *folder.parents):
        port = port or _text(level / "port_number")
        interface = interface or _text(level / "bInterfaceNumber")
        if vendor_id := _text(level / "idVendor"):
            serial_number = _text(level / "serial")
            return UsbIdentity(
                vendor_id.lower(),
                _text(level / "idProduct").lower(),
                "" if serial_number in NO_SERIAL_NUMBERS else serial_number,
                interface,
                port,
                level.name,
                _text(level / "manufacturer"),
                _text(level / "product"),
            )
        if level == system.sys:
            break
    return None


def usb_ports(system: System = HERE) -> dict[str, UsbIdentity]:
    """Every serial port on USB that is plugged in now, by its device path."""
    found = {}
    for path in _device_paths(system):
        if (identity := usb_identity(device_number(path), system)) is not None:
            found[path] = identity
    return found


def serial_devices(system: System = HERE) -> list[str]:
    """The device paths of all serial ports there are; not of those the kernel only keeps a number for."""
    return list(_device_paths(system))


def _device_paths(system: System) -> Iterator[str]:
    folder = system.sys / "class" / "tty"
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except OSError:
        return
    for name in sorted((name for name in names if not _CONSOLES.fullmatch(name)), key=_natural):
        port = folder / name
        # type 0 is PORT_UNKNOWN: a number without a chip (include/uapi/linux/serial_core.h)
        if (port / "device").exists() and _text(port / "type") != "0":
            path = system.dev / name
            if device_number(path) is not None:
                yield str(path)


def _natural(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)


def links_to(number: int, system: System = HERE) -> list[str]:
    """The names udev gave a device besides the kernel's: `/dev/serial/by-id/…`, and those of the site's rules."""
    database = _text(system.udev / "data" / f"c{os.major(number)}:{os.minor(number)}")
    names = {str(system.dev / line[2:]) for line in database.splitlines() if line.startswith("S:")}
    for folder in ("serial/by-id", "serial/by-path", "wms", "wms/by-port"):
        with contextlib.suppress(OSError):  # udev takes a folder away with its last link
            names |= {str(link) for link in (system.dev / folder).iterdir() if link.is_symlink()}
    return sorted(name for name in names if device_number(name) == number)


def stable_link(device: str, system: System = HERE) -> str | None:
    """The name of a port that outlives a pulled cable; None where udev gave it none.

    By serial number if no other device shares it, else as the site's rules call it, else by the socket it is in.
    """
    number = device_number(device)
    if number is None:
        return None
    identity = usb_identity(number, system)
    numbered = identity is not None and is_only_one(identity, system)
    by_number = re.search(r"\d+$", _in_sys(number, system).name)

    def rank(link: str) -> int | None:
        name = str(Path(link).relative_to(system.dev)) if Path(link).is_relative_to(system.dev) else link
        if name.startswith("serial/by-id/"):
            return 0 if numbered else 4
        if name.startswith("serial/by-path/"):
            return 2
        if name.startswith("wms/by-port/"):
            return 3
        if by_number and re.search(rf"(?<!\d){by_number[0]}$", name):
            return None  # like gpsd's gps0: named after the kernel's number, which changes
        return 1

    ranked = [(place, link) for link in links_to(number, system) if (place := rank(link)) is not None]
    return min(ranked)[1] if ranked else None


def is_only_one(identity: UsbIdentity, system: System = HERE) -> bool:
    """Whether its serial number tells this device from all others plugged in now."""
    if not identity.serial_number:
        return False
    twins = [
        each
        for each in usb_ports(system).values()
        if each.model == identity.model and each.serial_number == identity.serial_number
    ]
    return len(twins) <= 1
