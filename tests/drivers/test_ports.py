"""Names, makers, owners and permissions of ports, on pseudo-terminals laid out like a machine's USB ports."""

import fcntl
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.address import parse_address
from drivers.port_access import access_to
from drivers.port_faults import explained
from drivers.port_makers import SCANNER_VENDORS, kind_of, maker_of
from drivers.port_owner import modem_manager, owners_of
from drivers.port_system import System, links_to, stable_link
from drivers.ports import better_name, list_ports, port_named
from drivers.transport import PortError, open_port
from tests.drivers.usb_machine import Gadget, UsbMachine, as_nobody, eventually

HONEYWELL = Gadget("0C2E", "0b6a", "20123B1234", "Honeywell Imaging", "Xenon 1950")
CLONE = Gadget("1a86", "7523", "", "QinHeng", "USB Serial")
CHIP = Gadget("10c4", "ea60", "0001", "Silicon Labs", "CP2102")
TWIN = Gadget("0403", "6001", "A1", "FTDI", "FT232R")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[UsbMachine]:
    machine = UsbMachine(tmp_path)
    yield machine
    machine.close()


def test_everything_is_told_of_a_port(machine: UsbMachine) -> None:
    plugged = machine.plug(HONEYWELL, "ttyACM0", "1-2", site="wms/scanner-desk")
    dev = machine.system.dev
    (port,) = list_ports(machine.system)
    by_id = str(dev / "serial/by-id/usb-Honeywell_Imaging_Xenon_1950_20123B1234-if00")
    assert (port.name, port.device, port.stable, port.access) == (by_id, str(dev / "ttyACM0"), True, True)
    assert (port.vendor_id, port.product_id, port.serial_number) == ("0c2e", "0b6a", "20123B1234")
    assert (port.maker, port.product, port.kind) == ("Honeywell", "Xenon 1950", "scanner")
    assert port.description == "Honeywell Xenon 1950"
    assert set(port.links) == {
        by_id,
        str(dev / "serial/by-path/pci-0000:00:14.0-usb-0:2:1.0"),
        str(dev / "wms/scanner-desk"),
    }
    assert not port.owners
    for name in (*port.links, port.device, plugged.device):
        found = port_named(name, machine.system)
        assert found is not None
        assert found.device == port.device
    assert better_name(str(dev / "ttyACM0"), machine.system) == by_id
    assert better_name(by_id, machine.system) is None
    assert better_name(str(dev / "wms/scanner-desk"), machine.system) is None
    assert better_name(str(dev / "ttyACM7"), machine.system) is None


@pytest.mark.parametrize(
    ("gadget", "site", "name"),
    [
        (CLONE, "", "serial/by-path/pci-0000:00:14.0-usb-0:1:1.0"),
        (CLONE, "wms/scale-bench", "wms/scale-bench"),
        (CHIP, "", "serial/by-path/pci-0000:00:14.0-usb-0:1:1.0"),  # the factory's serial number tells nothing
        (CLONE, "gps0", "serial/by-path/pci-0000:00:14.0-usb-0:1:1.0"),  # named after the kernel's number
        (TWIN, "wms/scanner-9", "serial/by-id/usb-FTDI_FT232R_A1-if00"),
    ],
)
def test_best_name(machine: UsbMachine, gadget: Gadget, site: str, name: str) -> None:
    machine.plug(gadget, "ttyUSB0", site=site)
    assert stable_link(str(machine.system.dev / "ttyUSB0"), machine.system) == str(machine.system.dev / name)


def test_serial_number_that_two_share_names_neither(machine: UsbMachine) -> None:
    machine.plug(TWIN, "ttyUSB0", "1-1")
    machine.plug(TWIN, "ttyUSB1", "1-2")
    names = [Path(port.name).parent.name for port in list_ports(machine.system)]
    assert names == ["by-path", "by-path"]


def test_port_without_any_link_is_unstable_and_one_without_a_chip_is_none(machine: UsbMachine) -> None:
    plugged = machine.plug(CLONE, "ttyUSB0")
    for link in links_to(plugged.number, machine.system):
        Path(link).unlink()
    (port,) = list_ports(machine.system)
    assert (port.name, port.stable) == (port.device, False)
    assert better_name(port.device, machine.system) is None
    (machine.system.sys / "class/tty/ttyUSB0/type").write_text("0\n")
    assert list_ports(machine.system) == []


def test_names_are_asked_for_while_udev_takes_the_last_one_away(
    machine: UsbMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged = machine.plug(CLONE, "ttyUSB0")
    folder = machine.system.dev / "serial/by-path"
    really = Path.iterdir

    def a_moment_later(path: Path) -> Iterator[Path]:
        if path == folder:
            for link in really(folder):
                link.unlink()
            folder.rmdir()
        return really(path)

    monkeypatch.setattr(Path, "iterdir", a_moment_later)
    assert not any("by-path" in link for link in links_to(plugged.number, machine.system))


def test_makers_come_from_the_public_list() -> None:
    path = Path("/usr/share/misc/usb.ids")
    if not path.exists():
        pytest.skip("usb.ids is not installed")
    listed = {line[:4] for line in path.read_text("latin-1").splitlines() if line[:1].strip() and line[4:6] == "  "}
    assert listed >= SCANNER_VENDORS
    assert {"0c2e", "05e0", "05f9", "1eab"} <= SCANNER_VENDORS
    assert (maker_of("05E0"), kind_of("05E0"), maker_of("ffff"), kind_of("ffff")) == ("Zebra", "scanner", "", "")


HOLDER = """
import os, sys, time, fcntl
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
if sys.argv[2:] == ["lock"]:
    fcntl.flock(fd, fcntl.LOCK_EX)
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def terminal() -> Iterator[str]:
    master, slave = pty.openpty()
    name = os.ttyname(slave)
    os.close(slave)
    yield name
    os.close(master)


def _holder(tmp_path: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    script = tmp_path / "greedy_program"
    script.write_text(HOLDER)
    process = subprocess.Popen([sys.executable, str(script), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"open\n"
    return process


def test_busy_port_names_its_owner(terminal: str, tmp_path: Path) -> None:
    link = tmp_path / "scanner"
    link.symlink_to(terminal)
    with _holder(tmp_path, terminal, "lock") as process:
        with pytest.raises(PortError) as refused:
            open_port(str(link))
        assert refused.value.reason == "busy"
        assert refused.value.detail == f"{link} is open in greedy_program (process {process.pid})"
        process.stdin.close()  # type: ignore[union-attr]
    first = open_port(terminal)
    with pytest.raises(PortError, match="open in this program; close it there"):
        open_port(terminal)
    first.close()
    open_port(terminal).close()


def test_owner_is_seen_by_its_lock_alone(terminal: str, tmp_path: Path) -> None:
    """Of other users' processes the open files are hidden, the locks are not."""
    with _holder(tmp_path, terminal, "lock") as process:
        for entry in ("comm", "cmdline"):
            copy = tmp_path / "proc" / str(process.pid) / entry
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(Path(f"/proc/{process.pid}/{entry}").read_bytes())
        (tmp_path / "proc" / "locks").write_bytes(Path("/proc/locks").read_bytes())
        owners = owners_of(terminal, System(proc=tmp_path / "proc"))
        assert [str(owner) for owner in owners] == [f"greedy_program (process {process.pid})"]
        process.stdin.close()  # type: ignore[union-attr]


def test_modem_manager_is_suspected_where_nobody_is_seen(tmp_path: Path) -> None:
    system = System(proc=tmp_path)
    error = PortError("busy", "EBUSY")
    address = parse_address("/dev/ttyACM0")
    assert "another program" in explained(error, address, system).detail
    assert modem_manager(system) is None
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "comm").write_text("ModemManager\n")
    told = explained(error, address, system)
    assert "ModemManager (process 77)" in told.detail
    assert "70-wms.rules" in told.mend


OPEN = """
import sys
from drivers.transport import PortError, open_port
try:
    open_port(sys.argv[1]).close()
except PortError as error:
    print(error.reason, error.detail, error.mend, sep="|")
"""


def test_denied_port_names_group_and_command(terminal: str) -> None:
    import grp

    dialout = next((group for group in grp.getgrall() if group.gr_name in ("dialout", "uucp")), None)
    if dialout is None:
        pytest.skip("this system has no group for serial ports")
    os.chown(terminal, 0, dialout.gr_gid)
    Path(terminal).chmod(0o660)
    reason, detail, mend = as_nobody(OPEN, terminal).split("|")
    assert reason == "denied"
    assert detail == f"only root and members of {dialout.gr_name} may open {terminal}"
    assert mend == f"sudo usermod -aG {dialout.gr_name} nobody, then sign out and in again"
    assert access_to(terminal).group == dialout.gr_name
    Path(terminal).chmod(0o600)
    reason, detail, mend = as_nobody(OPEN, terminal).split("|")
    assert (reason, detail) == ("denied", f"only root may open {terminal}")
    assert "70-wms.rules" in mend


def test_others_are_kept_out_of_a_serial_port(terminal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """TIOCEXCL: even a program that asks for no lock is refused, which a lock alone would let in."""
    Path(terminal).chmod(0o666)
    assert as_nobody(OPEN, terminal) == ""
    monkeypatch.setattr(os, "ttyname", lambda _: "/dev/ttyACM0")
    port = open_port(terminal)
    try:
        plain = (
            "import os, sys\ntry: os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\nexcept OSError as e: print(e.errno)"
        )
        assert as_nobody(plain, terminal) == "16"
        assert as_nobody(OPEN, terminal).startswith("busy|")
    finally:
        port.close()
    assert as_nobody(plain, terminal) == ""


def test_lock_is_given_back(terminal: str) -> None:
    open_port(terminal).close()
    fd = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(fd)
    eventually(lambda: open_port(terminal).close() is None)
