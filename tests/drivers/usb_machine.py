"""A machine whose USB ports are pseudo-terminals, with /dev and /sys as Linux lays them out."""

import os
import pty
import shutil
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.connection import Connection
from drivers.port_system import System


def eventually(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.002)


@dataclass(frozen=True)
class Gadget:
    """A USB device as its descriptors tell it."""

    vendor: str
    product: str
    serial: str = ""
    maker: str = "Maker"
    name: str = "Thing"

    @property
    def by_id(self) -> str:
        return "_".join(["usb-" + self.maker, self.name, *([self.serial] if self.serial else [])]).replace(" ", "_")


class Plugged:
    """The far side of a port: what the device writes and hears."""

    def __init__(self, machine: "UsbMachine", port: str, socket: str, made: list[Path]) -> None:
        self._machine, self.port, self._socket, self._made = machine, port, socket, made
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        self.number = os.fstat(slave).st_rdev
        os.close(slave)

    def say(self, data: bytes) -> None:
        os.write(self.master, data)

    def hear(self, size: int = 4096) -> bytes:
        return os.read(self.master, size)

    def unplug(self) -> None:
        for path in self._made:
            path.unlink(missing_ok=True)
        shutil.rmtree(self._machine.hub / self._socket)
        os.close(self.master)
        self._machine.plugged.remove(self)


class UsbMachine:
    def __init__(self, root: Path) -> None:
        self.system = System(root / "dev", root / "sys", Path("/proc"), root / "udev")
        self.hub = self.system.sys / "devices" / "pci0000:00" / "usb1"
        self.plugged: list[Plugged] = []
        for folder in ("dev/serial/by-id", "dev/serial/by-path", "sys/class/tty", "sys/dev/char", "udev/data"):
            (root / folder).mkdir(parents=True)

    def plug(self, gadget: Gadget, port: str = "ttyACM0", socket: str = "1-1", *, site: str = "") -> Plugged:
        made: list[Path] = []
        plugged = Plugged(self, port, socket, made)
        dev, sys = self.system.dev, self.system.sys
        usb = self.hub / socket
        interface = usb / f"{socket}:1.0"
        owner = interface / port if "USB" in port else interface
        node = owner / "tty" / port
        node.mkdir(parents=True)
        for path, text in (
            (usb / "idVendor", gadget.vendor),
            (usb / "idProduct", gadget.product),
            (usb / "serial", gadget.serial),
            (usb / "manufacturer", gadget.maker),
            (usb / "product", gadget.name),
            (interface / "bInterfaceNumber", "00"),
        ):
            path.write_text(text + "\n")
        if owner != interface:
            (owner / "port_number").write_text("0\n")
        number = f"{os.major(plugged.number)}:{os.minor(plugged.number)}"
        links = {
            node / "device": owner,
            sys / "class" / "tty" / port: node,
            sys / "dev" / "char" / number: node,
            dev / port: Path(plugged.device),
            dev / "serial" / "by-id" / f"{gadget.by_id}-if00": dev / port,
            dev / "serial" / "by-path" / f"pci-0000:00:14.0-usb-0:{socket[2:]}:1.0": dev / port,
        }
        if site:
            links[dev / site] = dev / port
            database = self.system.udev / "data" / f"c{number}"
            database.write_text(f"S:{site}\nE:ID_VENDOR_ID={gadget.vendor}\n")
            made.append(database)
        for link, target in links.items():
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():  # two devices of one serial number: udev gives the name to one of them
                link.symlink_to(target)
                made.append(link)
        self.plugged.append(plugged)
        return plugged

    def close(self) -> None:
        for plugged in list(self.plugged):
            plugged.unplug()


class Recorder:
    """A connection and all that came through it."""

    def __init__(self, address: str, system: System | None = None) -> None:
        self.events: list[str] = []
        self.data = bytearray()
        self.opened_at = 0.0
        self.block = threading.Event()
        self.block.set()
        self.connection = Connection(address, self, "r", *([system] if system else []))

    def __enter__(self) -> "Recorder":
        self.connection.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.block.set()
        self.connection.stop()

    def wait_for(self, event: str) -> None:
        eventually(lambda: self.events[-1:] == [event])

    def connecting(self) -> None:
        self.events.append("connecting")

    def opened(self, t: float) -> None:
        self.opened_at = time.monotonic()
        self.events.append("opened")

    def lost(self, t: float) -> None:
        self.events.append("lost")

    def received(self, data: bytes, t: float) -> None:
        self.block.wait(5)
        self.data += data

    def due(self) -> float | None:
        return None

    def ticked(self, t: float) -> None:
        raise AssertionError("nothing was due")


def as_nobody(code: str, *arguments: str) -> str:
    """What the code prints, run by a user who may nothing."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    root = Path(__file__).parents[2]
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", sys.executable, "-B", "-c", code]
    try:
        done = subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        pytest.skip("setpriv is not installed")
    if "Permission denied" in done.stderr or "No module named" in done.stderr:
        pytest.skip("nobody may not read this checkout")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
