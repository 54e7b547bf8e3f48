"""Devices that come, go, return elsewhere, flood and stall, on real pseudo-terminals and sockets."""

import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import connection
from drivers.port_budget import (
    BURST_BYTES,
    BURST_FRAMES,
    COST_OF_A_READ,
    LARGEST_READ,
    SUSTAINED_BYTES_PER_S,
    SUSTAINED_FRAMES_PER_S,
    ReadBudget,
)
from drivers.transport import DescriptorPort, PortError
from tests.drivers.usb_machine import Gadget, Recorder, UsbMachine, as_nobody, eventually

SCANNER = Gadget("0c2e", "0b6a", "S1", "Honeywell", "Xenon")
SAME_MODEL = Gadget("0c2e", "0b6a", "S2", "Honeywell", "Xenon")
SCALE = Gadget("0eb8", "2200", "W1", "Mettler", "Scale")
CLONE = Gadget("1a86", "7523", "", "QinHeng", "Serial")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[UsbMachine]:
    machine = UsbMachine(tmp_path)
    yield machine
    machine.close()


def bare(machine: UsbMachine, port: str = "ttyACM0") -> str:
    return str(machine.system.dev / port)


def says(recorder: Recorder, data: bytes) -> None:
    eventually(lambda: bytes(recorder.data).endswith(data))


# --- the same device under another number


def test_device_is_followed_to_its_new_number(machine: UsbMachine) -> None:
    first = machine.plug(SCANNER, "ttyACM0", "1-1")
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        desk.wait_for("lost")
        stranger = machine.plug(SCALE, "ttyACM0", "1-2")
        eventually(lambda: desk.connection.problem == "other_device")
        assert "Mettler Scale (0eb8:2200)" in desk.connection.detail
        assert "Honeywell Xenon (0c2e:0b6a)" in desk.connection.detail
        back = machine.plug(SCANNER, "ttyACM1", "1-3")
        desk.wait_for("opened")
        back.say(b"HERE\r")
        says(desk, b"HERE\r")
        stranger.say(b"12.5 kg\r")
        back.say(b"AGAIN\r")
        says(desk, b"AGAIN\r")
        assert bytes(desk.data) == b"HERE\rAGAIN\r"
        assert desk.connection.problem is None
        assert desk.connection.problem_text == ""


def test_stranger_under_the_old_name_is_never_opened(machine: UsbMachine) -> None:
    first = machine.plug(SCANNER, "ttyACM0", "1-1")
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        stranger = machine.plug(SAME_MODEL, "ttyACM0", "1-1")  # the same model in the same socket
        eventually(lambda: desk.connection.problem == "other_device")
        os.write(stranger.master, b"WRONG\r")
        time.sleep(0.2)
        assert desk.events == ["connecting", "opened", "lost"]
        assert not desk.data
        stranger.unplug()
        eventually(lambda: desk.connection.problem == "missing")


@pytest.mark.parametrize(("socket_", "opened"), [("1-1", True), ("1-4", False)])
def test_clone_without_serial_number_is_known_by_its_socket(machine: UsbMachine, socket_: str, opened: bool) -> None:
    first = machine.plug(CLONE, "ttyUSB0", "1-1")
    with Recorder(bare(machine, "ttyUSB0"), machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        desk.wait_for("lost")
        machine.plug(CLONE, "ttyUSB3" if opened else "ttyUSB0", socket_)
        if opened:
            desk.wait_for("opened")
        else:
            eventually(lambda: desk.connection.problem == "other_device")


def test_serial_number_of_two_devices_is_none(machine: UsbMachine) -> None:
    first = machine.plug(SCANNER, "ttyACM0", "1-1")
    machine.plug(SCANNER, "ttyACM1", "1-2")
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        desk.wait_for("lost")
        eventually(lambda: desk.connection.problem == "missing")
        machine.plug(SCANNER, "ttyACM2", "1-1")
        desk.wait_for("opened")


def test_configured_stable_name_is_followed_whatever_it_leads_to(machine: UsbMachine) -> None:
    first = machine.plug(CLONE, "ttyUSB0", "1-1")
    by_path = str(machine.system.dev / "serial/by-path/pci-0000:00:14.0-usb-0:1:1.0")
    with Recorder(by_path, machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        eventually(lambda: desk.connection.problem == "missing")
        spare = machine.plug(SCANNER, "ttyACM5", "1-1")
        desk.wait_for("opened")
        spare.say(b"SPARE\r")
        says(desk, b"SPARE\r")


def test_device_swapped_between_look_and_opening_is_given_back(
    machine: UsbMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from drivers import port_place

    first = machine.plug(CLONE, "ttyACM0", "1-1")
    swapped = threading.Event()
    really = port_place.open_port

    def slow_opening(*arguments: object, **options: object) -> object:
        if swapped.is_set():
            eventually(lambda: len(machine.plugged) == 1)
            machine.plugged[0].unplug()
            machine.plug(SCALE, "ttyACM0", "1-1")
            swapped.clear()
        return really(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(port_place, "open_port", slow_opening)
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        first.unplug()
        desk.wait_for("lost")
        swapped.set()
        machine.plug(CLONE, "ttyACM0", "1-1")
        eventually(lambda: desk.connection.problem == "other_device")
        assert desk.events == ["connecting", "opened", "lost"]


def test_several_scanners_come_and_go_without_each_other(machine: UsbMachine) -> None:
    names = [f"ttyACM{number}" for number in range(4)]
    gadgets = [Gadget("05e0", "1701", f"Z{number}") for number in range(4)]
    links = [str(machine.system.dev / "serial/by-id" / f"{gadget.by_id}-if00") for gadget in gadgets]
    desks = [Recorder(link, machine.system) for link in links]
    for desk in desks:
        desk.__enter__()
    try:
        for shift in range(4):  # another order of arrival each time: other numbers
            plugged = [
                machine.plug(gadget, names[(number + shift) % 4], f"1-{number + 1}")
                for number, gadget in enumerate(gadgets)
            ]
            for number, one in enumerate(plugged):
                one.say(b"scan %d of %d\r" % (shift, number))  # at once, whether it is open yet or not
            for number, desk in enumerate(desks):
                says(desk, b"scan %d of %d\r" % (shift, number))
            for one in plugged:
                one.unplug()
        for number, desk in enumerate(desks):
            desk.wait_for("lost")
            assert bytes(desk.data) == b"".join(b"scan %d of %d\r" % (shift, number) for shift in range(4))
    finally:
        for desk in desks:
            desk.__exit__()


def test_program_that_reads_along_is_named(machine: UsbMachine) -> None:
    plugged = machine.plug(SCANNER)
    along = os.open(plugged.device, os.O_RDONLY | os.O_NOCTTY)
    with subprocess.Popen(["sleep", "60"], stdin=along) as greedy:
        os.close(along)
        try:
            with Recorder(bare(machine), machine.system) as desk:
                eventually(lambda: desk.connection.detail)
                assert f"is open in sleep (process {greedy.pid}) too" in desk.connection.detail
                assert desk.connection.mend == "close it there"
                assert desk.connection.problem is None
        finally:
            greedy.kill()
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        time.sleep(0.1)
        assert desk.connection.detail == ""


# --- what a path can be


PERMISSION_TAKEN = """
import os, pty, sys, tempfile
from pathlib import Path
from tests.drivers.usb_machine import Recorder, eventually
link = Path(tempfile.mkdtemp()) / "scanner"
def plug(mode):
    master, slave = pty.openpty()
    Path(os.ttyname(slave)).chmod(mode)
    link.unlink(missing_ok=True)
    link.symlink_to(os.ttyname(slave))
    os.close(slave)
    return master
master = plug(0o600)
with Recorder(str(link)) as desk:
    desk.wait_for("opened")
    os.close(master)
    master = plug(0)
    eventually(lambda: desk.connection.problem == "denied")
    print(desk.connection.problem_text)
    link.chmod(0o600)
    desk.wait_for("opened")
link.unlink()
link.parent.rmdir()
"""


def test_permission_taken_away_and_given_back() -> None:
    said = as_nobody(PERMISSION_TAKEN)
    assert said.startswith("denied: only nobody may open ")


def test_absent_then_dangling_then_there(machine: UsbMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "scanner"
    monkeypatch.setattr(connection, "EXPLAIN_EVERY_S", 0.05)
    with Recorder(str(link)) as desk:
        eventually(lambda: desk.connection.problem == "missing")
        link.symlink_to(tmp_path / "gone")
        eventually(lambda: f"{link} leads to {tmp_path / 'gone'}, which is not there" in desk.connection.detail)
        link.unlink()
        plugged = machine.plug(SCANNER)
        link.symlink_to(plugged.device)
        desk.wait_for("opened")


@pytest.mark.parametrize("kind", ["file", "folder", "pipe", "socket"])
def test_path_that_is_no_device_is_refused_and_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "port"
    with socket.socket(socket.AF_UNIX) as listener:
        match kind:
            case "file":
                path.write_bytes(b"4006381333931\r")
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
            case _:
                listener.bind(str(path))
        with Recorder(str(path)) as desk:
            eventually(lambda: desk.connection.problem is not None)
            time.sleep(0.15)
            assert desk.connection.problem == ("missing" if kind == "socket" else "unsupported")
            assert desk.events == ["connecting"]
            assert not desk.data


# --- floods and stalls


def test_budget_lets_the_fastest_line_through_and_no_more() -> None:
    budget = ReadBudget(0.0)
    for tick in range(1, 10_001):  # 921600 baud in reads of a millisecond
        now = tick / 1000
        assert budget.limit(now)
        budget.spend(92, now)
    assert not budget.exhausted(10.0)
    taken = 0
    for tick in range(10_001, 20_001):
        now = tick / 1000
        size = min(65536, budget.limit(now))
        taken += size
        assert size <= LARGEST_READ
        if size:
            budget.spend(size, now)
    assert budget.exhausted(20.0)
    assert taken <= 10 * SUSTAINED_BYTES_PER_S + BURST_BYTES
    assert taken >= 10 * SUSTAINED_BYTES_PER_S - COST_OF_A_READ * 10_000
    assert not budget.exhausted(21.1)


def test_budget_of_frames() -> None:
    """A cart of stored codes at once is read without a pause, two-byte frames on end are not."""
    budget = ReadBudget(0.0)
    for _ in range(10):
        assert budget.limit(0.0)
        budget.charge(200, 0.0)
    assert not budget.exhausted(0.0)
    frames = 0
    for tick in range(10_000):
        now = tick / 1000
        if size := budget.limit(now):
            frames += size // 2
            budget.spend(size, now)
            budget.charge(size // 2, now)
    assert frames <= BURST_FRAMES + 10 * SUSTAINED_FRAMES_PER_S + LARGEST_READ
    assert budget.limit(20.0), "a second later it is read again"


FLOOD = "import os, sys, time\nend = time.time() + float(sys.argv[3])\nnoise = os.urandom(int(sys.argv[2]))\n"
FLOOD += "while time.time() < end: os.write(int(sys.argv[1]), noise)\n"


@pytest.mark.parametrize("size", [4096, 1])
def test_flood_is_slowed_down_said_and_survived(machine: UsbMachine, size: int) -> None:
    plugged = machine.plug(SCANNER)
    seconds = 2.0
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        assert not desk.connection.throttled
        before, since = time.process_time(), time.monotonic()
        command = [sys.executable, "-c", FLOOD, str(plugged.master), str(size), str(seconds)]
        with subprocess.Popen(command, pass_fds=[plugged.master]) as device:
            eventually(lambda: desk.connection.throttled)
            assert desk.connection.send(b"\a")  # the device is still spoken to
            assert select.select([plugged.master], [], [], 2)[0]
            device.wait(10)
        took = time.monotonic() - since
        used = time.process_time() - before
        assert len(desk.data) < took * SUSTAINED_BYTES_PER_S + BURST_BYTES * 1.1
        rate, share = len(desk.data) / took / 1024, 100 * used / took
        print(f"\nflood by {size} bytes: {rate:.0f} KiB/s read, {share:.1f} % of a core")
        assert used < 0.25 * took
        eventually(lambda: not desk.connection.throttled)
        plugged.say(b"A GOOD ONE\r")
        says(desk, b"A GOOD ONE\r")


def test_stalled_device_blocks_nobody_and_is_not_queued_for(machine: UsbMachine) -> None:
    plugged = machine.plug(SCANNER)
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        longest, sent = 0.0, 0
        for _ in range(2000):  # nobody reads at the other side
            before = time.monotonic()
            sent += desk.connection.send(b"x" * 100)
            longest = max(longest, time.monotonic() - before)
        assert sent < 2000
        assert longest < 1.0
        plugged.say(b"STILL READ\r")
        says(desk, b"STILL READ\r")
        before = time.monotonic()
    assert time.monotonic() - before < 3.0  # stopping does not wait for it either


def test_nothing_is_sent_late_or_to_a_closed_port(machine: UsbMachine) -> None:
    plugged = machine.plug(SCANNER)
    early = Recorder(bare(machine), machine.system)
    assert not early.connection.send(b"too early")
    with early as desk:
        desk.wait_for("opened")
        desk.block.clear()  # the device's thread is held up
        plugged.say(b"A")
        time.sleep(0.05)
        assert desk.connection.send(b"late", timeout_s=0.05)
        assert desk.connection.send(b"in time", timeout_s=5)
        time.sleep(0.1)
        desk.block.set()
        eventually(lambda: select.select([plugged.master], [], [], 0)[0])
        assert plugged.hear() == b"in time"
        plugged.unplug()
        desk.wait_for("lost")
        assert not desk.connection.send(b"gone")


# --- losing and coming back


def test_back_within_300_ms_a_hundred_times(machine: UsbMachine) -> None:
    took: list[float] = []
    plugged = machine.plug(SCANNER)
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        for cycle in range(100):
            plugged.unplug()
            desk.wait_for("lost")
            plugged = machine.plug(SCANNER, f"ttyACM{cycle % 3}")
            plugged.say(b"scan %d\r" % cycle)
            since = time.monotonic()
            says(desk, b"scan %d\r" % cycle)
            took.append((desk.opened_at - since) * 1000)
        assert bytes(desk.data) == b"".join(b"scan %d\r" % cycle for cycle in range(100))
    took.sort()
    print(f"\nback after replug: p50 {took[50]:.0f} ms, max {took[-1]:.0f} ms")
    assert took[95] <= 300


def test_fault_in_our_own_code_does_not_end_the_thread(
    machine: UsbMachine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    machine.plug(SCANNER)
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        monkeypatch.setattr(desk.connection, "_patience", lambda: 1 / 0)
        desk.connection.send(b"!")
        desk.wait_for("lost")
        monkeypatch.undo()
        desk.wait_for("opened")
    assert "ZeroDivisionError" in caplog.text


def test_hung_up_socket_is_called_again_at_once_and_a_refusing_one_less_often() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with Recorder(f"socket://127.0.0.1:{port}") as desk:
            since, took = time.monotonic(), []
            for number in range(4):
                line, _ = server.accept()
                took.append(time.monotonic() - since)
                line.sendall(b"scan %d\r" % number)
                says(desk, b"scan %d\r" % number)
                line.close()
                since = time.monotonic()
            assert min(took[1:]) < 0.3
            server.settimeout(5)
            calls, until = 0, time.monotonic() + 1.0
            while time.monotonic() < until:  # like a box that serves one client only
                line, _ = server.accept()
                line.close()
                calls += 1
            assert calls <= 8
            assert desk.connection.problem in ("closed", "lost", None)


def test_server_that_restarts_is_found_within_300_ms() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port, took = server.getsockname()[1], []
    with Recorder(f"socket://127.0.0.1:{port}") as desk:
        line, _ = server.accept()
        for _ in range(3):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, as from a power cut
            eventually(lambda: desk.connection.problem is None)
            server.close()
            line.close()
            eventually(lambda: desk.connection.problem == "refused")
            server = socket.create_server(("127.0.0.1", port))
            since = time.monotonic()
            line, _ = server.accept()
            took.append(time.monotonic() - since)
        line.close()
        server.close()
    assert min(took) < 0.3  # the machine may be busy with something else, but not three times


HALF_OPEN = """
import socket, subprocess, sys, time
sys.path.insert(0, "")
from drivers import port_socket
from tests.drivers.usb_machine import Recorder, eventually
port_socket.KEEPALIVE_IDLE_S, port_socket.KEEPALIVE_EVERY_S, port_socket.KEEPALIVE_TRIES = 1, 1, 1
port_socket.UNACKNOWLEDGED_MS = 1500
lo = lambda state: subprocess.run(["ip", "link", "set", "lo", state], check=True)
lo("up")
with socket.create_server(("127.0.0.1", 0)) as server:
    with Recorder(f"socket://127.0.0.1:{server.getsockname()[1]}") as desk:
        line, _ = server.accept()
        desk.wait_for("opened")
        lo("down")  # the cable: no good-bye, no answer
        if sys.argv[1] == "asked":
            desk.connection.send(b"W\\r")
        since = time.monotonic()
        eventually(lambda: desk.events[-1] == "lost", 15)
        print(f"{time.monotonic() - since:.1f}")
        line.close()
"""


@pytest.mark.parametrize("how", ["silent", "asked"])
def test_half_open_line_is_given_up(how: str) -> None:
    """Both a scanner, which is only listened to, and a scale that is asked and does not answer."""
    command = ["unshare", "--net", "--", sys.executable, "-c", HALF_OPEN, how]
    try:
        probe = subprocess.run(["unshare", "--net", "--", "ip", "link"], capture_output=True, check=False, timeout=30)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if probe.returncode:
        pytest.skip("a network of one's own, or ip, is not to be had here")
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 6


def test_port_error_says_what_it_is() -> None:
    assert str(PortError("busy", "it is open in cat (process 7)", "close it there")) == (
        "busy: it is open in cat (process 7); close it there"
    )
    assert str(PortError("lost")) == "lost"


# --- what was begun is ended


class HalfTaking(DescriptorPort):
    """Takes three bytes of what it is sent, then nothing while `full` is set; `heard` is what went through."""

    def __init__(self) -> None:
        self.heard, self.full = bytearray(), threading.Event()
        self._far, near = os.openpty()
        os.set_blocking(near, False)
        super().__init__(near)

    def _give(self, data: bytes) -> int:
        if self.heard and self.full.is_set():
            raise BlockingIOError
        taken = data if self.heard else data[:3]
        if not self.heard:
            self.full.set()
        self.heard += taken
        return len(taken)

    def wait(self, timeout_s: float | None, **_: object) -> None:
        time.sleep(min(0.005, timeout_s or 0.005))

    def close(self, *, discard: bool = False) -> None:
        os.close(self._far)
        super().close()


def test_no_command_goes_into_the_middle_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    from drivers import port_place

    port = HalfTaking()
    monkeypatch.setattr(port_place, "open_port", lambda *_arguments, **_options: port)
    with Recorder("/dev/ttyS99") as desk:
        desk.wait_for("opened")
        assert desk.connection.send(b"FIRST;", timeout_s=0.05)
        eventually(lambda: port.heard == b"FIR")
        assert desk.connection.send(b"NEVER;", timeout_s=0.05)
        time.sleep(0.1)
        assert desk.connection.send(b"LAST;", timeout_s=5)
        port.full.clear()
        eventually(lambda: port.heard == b"FIRST;LAST;")


def test_what_is_owed_leaves_before_the_port_is_given_back(machine: UsbMachine) -> None:
    plugged = machine.plug(SCANNER)
    with Recorder(bare(machine), machine.system) as desk:
        desk.wait_for("opened")
        desk.connection.send(b"\x06")
        desk.connection.stop()
        assert plugged.hear() == b"\x06"


def test_device_that_fails_its_first_read_is_opened_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    from drivers import port_place

    opened: list[float] = []

    class Failing(HalfTaking):
        def _take(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

    def open_port(*_arguments: object, **_options: object) -> Failing:
        opened.append(time.monotonic())
        return Failing()

    monkeypatch.setattr(port_place, "open_port", open_port)
    with Recorder("/dev/ttyS99") as desk:
        desk.wait_for("lost")
        time.sleep(1.0)
    assert 4 <= len(opened) <= 10, len(opened)


def test_bytes_that_came_before_a_failing_write_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from drivers import port_place

    class Broken(HalfTaking):
        said = b""

        def _take(self, size: int) -> bytes:
            if not self.heard:
                raise BlockingIOError
            said, self.said = self.said, b""
            if not said:
                raise OSError(5, "Input/output error")
            return said

        def _give(self, data: bytes) -> int:
            self.heard += data
            self.said = b"LAST WORDS\r"
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(port_place, "open_port", lambda *_arguments, **_options: Broken())
    with Recorder("/dev/ttyS99") as desk:
        desk.wait_for("opened")
        desk.connection.send(b"?")
        eventually(lambda: bytes(desk.data) == b"LAST WORDS\r")


@pytest.mark.parametrize("address", ["file:/tmp/scans", "cups:queue"])
def test_what_is_only_written_is_no_scanner(address: str) -> None:
    with pytest.raises(ValueError, match="can only be written to"):
        Recorder(address)


@pytest.mark.parametrize("address", ["/dev/null", "/dev/zero"])
def test_device_that_is_always_readable_is_refused(address: str) -> None:
    with Recorder(address) as desk:
        eventually(lambda: desk.connection.problem == "unsupported")
        assert "is no serial port" in desk.connection.problem_text
        assert desk.events == ["connecting"]
