"""Opening a device again after its cable was pulled: the same one, wherever the system put it now."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.address import Address
from drivers.port_system import (
    HERE,
    System,
    UsbIdentity,
    device_number,
    is_only_one,
    stable_link,
    usb_identity,
    usb_ports,
)
from drivers.transport import DEVICES_BY_PYSERIAL, DescriptorPort, Port, PortError, open_port

LIST_PORTS = "give a port: wms doctor lists those there are"
_NUMBERED_BY_ARRIVAL = re.compile(r"tty(?:ACM|USB)\d+")


@dataclass(frozen=True, slots=True)
class _Known:
    """The device as it was opened last; `link` is the name that leads to it however it is numbered, if it has one."""

    identity: UsbIdentity
    link: str | None
    only_one: bool


class Place:
    """Where a device is opened.

    A name like /dev/ttyACM0 goes to whoever is plugged in first. So under such a name it is noted which USB device
    was opened, and only that one is opened again: by its stable name, else under whatever number it came back.
    Two devices are the same if maker, model and serial number are; without a serial number of its own, only in the
    same USB socket. A stable name that was configured is opened as it is: what it leads to is its author's choice.
    """

    def __init__(self, address: Address, system: System = HERE) -> None:
        self._configured, self._system = address, system
        self.address = address  # under the name that was tried last
        path = Path(address.target)
        self._is_watched = (
            address.kind == "device"
            and not DEVICES_BY_PYSERIAL
            and path.parent == system.dev
            and _NUMBERED_BY_ARRIVAL.fullmatch(path.name) is not None
        )
        self._known: _Known | None = None

    def open(self, timeout_s: float) -> Port:
        """Raises PortError: `other_device` when another one bears the name."""
        if self._is_watched:
            self.address = replace(self._configured, target=self._path_now())
        port = open_port(self.address, timeout_s, explain=False)
        try:
            self._refuse_what_never_waits(port)
            if self._is_watched:
                self._note(port)
        except BaseException:
            port.close(discard=True)
            raise
        return port

    def _refuse_what_never_waits(self, port: Port) -> None:
        """/dev/null and its like are devices, and always ready to read: nothing is ever scanned or weighed there."""
        if isinstance(port, DescriptorPort) and self.address.kind == "device" and not os.isatty(port.fd):
            raise PortError("unsupported", f"{self.address.target} is no serial port", LIST_PORTS)

    def _path_now(self) -> str:
        if self._known is None:
            return self._configured.target
        there = usb_ports(self._system)
        for path in (self._known.link, self._configured.target, *there):
            if path and self._is_same(usb_identity(device_number(path), self._system)):
                return path
        other = there.get(self._configured.target)
        if other is None:
            raise PortError("missing", f"{self._known.identity} is not plugged in")
        raise PortError(
            "other_device",
            f"{self._configured.target} is now {other}, not {self._known.identity}",
            "plug the right one in; to use this one from now on, start the program again",
        )

    def _note(self, port: Port) -> None:
        """Look once more, at what was opened: it may have been swapped between look and opening."""
        if not isinstance(port, DescriptorPort):
            return
        identity = usb_identity(os.fstat(port.fd).st_rdev, self._system)
        if self._known is not None and not self._is_same(identity):
            raise PortError("missing", "it was unplugged while it was opened")
        if identity is not None:
            link = stable_link(self.address.target, self._system) or (self._known.link if self._known else None)
            self._known = _Known(identity, link, is_only_one(identity, self._system))

    def _is_same(self, other: UsbIdentity | None) -> bool:
        if self._known is None or other is None:
            return False
        known = self._known.identity
        if (other.model, other.serial_number) != (known.model, known.serial_number):
            return False
        if other.socket == known.socket:
            return True
        return self._known.only_one and is_only_one(other, self._system)
