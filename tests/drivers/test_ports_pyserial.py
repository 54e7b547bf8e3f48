"""Ports opened through pyserial, as on Windows: against its own RFC 2217 server and real pseudo-terminals."""

import contextlib
import os
import pty
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
import serial.rfc2217

from drivers import transport
from drivers.port_pyserial import MOST_WAITING, PyserialPort
from drivers.transport import Port, PortError, Wake, open_port
from tests.drivers.usb_machine import Recorder, eventually

# pyserial 3.5 names its threads in a way that Python 3.10 calls old.
pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")


class Rfc2217Server:
    """A serial-device server: pyserial's half of the protocol, with a loop as the serial line."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"rfc2217://127.0.0.1:{self.port}"
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self.heard = bytearray()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """What pyserial's PortManager sends by."""
        with self._lock, contextlib.suppress(OSError):
            assert self._line
            self._line.sendall(data)

    def _run(self) -> None:
        while True:
            try:
                self._line, _ = self._listener.accept()
            except OSError:
                return
            line = self._line
            with line, serial.serial_for_url("loop://", timeout=0) as device:
                manager = serial.rfc2217.PortManager(device, self)
                self.manager = manager
                with contextlib.suppress(OSError):
                    while data := line.recv(1024):
                        self.heard += b"".join(manager.filter(data))
            self._line = None

    def say(self, data: bytes) -> None:
        self.write(b"".join(self.manager.escape(data)))

    def hang_up(self) -> None:
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def server() -> Iterator[Rfc2217Server]:
    server = Rfc2217Server()
    yield server
    server.close()


@pytest.fixture
def by_pyserial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "DEVICES_BY_PYSERIAL", True)


class Terminal:
    """A device at the far side of a pseudo-terminal, under a name of ours."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plug()

    def plug(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.link.symlink_to(os.ttyname(slave))
        os.close(slave)

    def unplug(self) -> None:
        self.link.unlink()
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "COM3")
    yield terminal
    with contextlib.suppress(OSError):
        terminal.unplug()


def test_bytes_both_ways_through_an_rfc2217_server(server: Rfc2217Server) -> None:
    with Recorder(server.url) as desk:
        desk.wait_for("opened")
        server.say(b"A\xff\x1dB\r")  # 255 is the protocol's own and must be doubled
        eventually(lambda: bytes(desk.data) == b"A\xff\x1dB\r")
        assert desk.connection.send(b"\x1b7,\xff")
        eventually(lambda: bytes(server.heard) == b"\x1b7,\xff")


def test_rfc2217_server_that_hangs_up_is_called_again(server: Rfc2217Server) -> None:
    with Recorder(server.url) as desk:
        for number in range(3):
            desk.wait_for("opened")
            server.say(b"scan %d\r" % number)
            eventually(lambda number=number: bytes(desk.data).endswith(b"scan %d\r" % number))
            server.hang_up()
            eventually(lambda number=number: desk.events.count("lost") == number + 1)
        desk.wait_for("opened")


def test_rfc2217_server_that_is_not_there(server: Rfc2217Server) -> None:
    server.close()
    with pytest.raises(PortError) as refused:
        open_port(server.url)
    assert refused.value.reason == "refused"


def test_idle_port_sleeps_and_is_woken(server: Rfc2217Server) -> None:
    port, wake = open_port(server.url), Wake()
    try:
        before = time.process_time(), time.monotonic()
        port.wait(0.5, wake=wake)
        assert 0.45 < time.monotonic() - before[1] < 4
        assert time.process_time() - before[0] < 0.1
        threading.Timer(0.05, wake.set).start()
        since = time.monotonic()
        port.wait(None, wake=wake)
        assert time.monotonic() - since < 4
        assert port.read() == b""
    finally:
        port.close()
        wake.close()


@pytest.mark.usefixtures("by_pyserial")
def test_terminal_through_pyserial_is_lost_and_found(terminal: Terminal) -> None:
    took: list[float] = []
    with Recorder(str(terminal.link)) as desk:
        desk.wait_for("opened")
        for cycle in range(20):
            os.write(terminal.master, b"scan %d\r" % cycle)
            eventually(lambda cycle=cycle: bytes(desk.data).endswith(b"scan %d\r" % cycle))
            desk.connection.send(b"\a")
            eventually(lambda: os.read(terminal.master, 10) == b"\a")
            terminal.unplug()
            desk.wait_for("lost")
            terminal.plug()
            since = time.monotonic()
            desk.wait_for("opened")
            took.append((desk.opened_at - since) * 1000)
        assert bytes(desk.data) == b"".join(b"scan %d\r" % cycle for cycle in range(20))
    took.sort()
    print(f"\npyserial, back after replug: p50 {took[10]:.0f} ms, max {took[-1]:.0f} ms")
    assert took[-2] <= 300


@pytest.mark.usefixtures("by_pyserial")
def test_missing_and_foreign_paths(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="missing"):
        open_port(str(tmp_path / "COM9"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(PortError):
        open_port(str(tmp_path / "file"))


def _raising(error: Exception) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> Any:
        raise error

    return call


def _termios_error() -> Exception:
    import termios

    return termios.error(5, "Input/output error")


FAMILIES = [
    serial.SerialException("ClearCommError failed (PermissionError(13, 'Access is denied.', None, 5))"),
    OSError(5, "Input/output error"),
    _termios_error(),
    TypeError("'NoneType' object cannot be interpreted as an integer"),
    AttributeError("'NoneType' object has no attribute 'hEvent'"),
    ValueError("file descriptor cannot be a negative integer (-1)"),
]


@pytest.mark.parametrize("error", FAMILIES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["in_waiting", "read", "write", "close"])
def test_every_family_of_exceptions_is_a_lost_port(
    error: Exception, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serial.urlhandler.protocol_loop import Serial

    broken: Any = property(_raising(error)) if where == "in_waiting" else _raising(error)
    port: Port = open_port("loop://")
    assert isinstance(port, PyserialPort)
    close = Serial.close
    with monkeypatch.context() as patch:
        patch.setattr(Serial, where, broken)
        if where == "close":
            port.close()
        else:
            with pytest.raises(PortError) as lost:
                port.write(b"x") if where == "write" else port.read()
            assert lost.value.reason == "lost"
            if where != "write":
                with pytest.raises(PortError):
                    port.wait(0.1)
    close(port._serial)


def test_port_closed_by_another_thread_is_a_lost_one(server: Rfc2217Server, terminal: Terminal) -> None:
    for target in (server.url, "loop://"):
        port = open_port(target)
        assert isinstance(port, PyserialPort)
        threading.Timer(0.05, port.close).start()
        with pytest.raises(PortError, match="lost"):
            port.wait(5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)", "busy"),
        ("could not open port 'COM3': FileNotFoundError(2, 'The system cannot find the file', None, 2)", "missing"),
        ("could not open port 'COM3': OSError(22, 'The semaphore timeout has expired.', None, 121)", "lost"),
    ],
)
def test_what_windows_says(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial, "serial_for_url", _raising(serial.SerialException(text)))
    with pytest.raises(PortError) as refused:
        open_port("loop://")
    assert refused.value.reason == reason


def test_flood_into_pyserials_queue_does_not_grow_without_end(server: Rfc2217Server) -> None:
    port = open_port(server.url)
    assert isinstance(port, PyserialPort)
    try:
        for _ in range(MOST_WAITING // 65536 + 2):
            server.say(b"x" * 65536)
        eventually(lambda: port._serial.in_waiting > MOST_WAITING, 20)
        with pytest.raises(PortError, match="faster than they are read"):
            port.read()
    finally:
        port.close()
