"""Opening ports without losing a byte, and moving bytes whatever the system raises."""

import errno
import os
import pty
import select
import socket
import termios
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import port_socket, posix_port
from drivers.transport import PortError, Wake, open_port


@pytest.fixture
def pair() -> Iterator[tuple[int, str]]:
    master, slave = pty.openpty()
    name = os.ttyname(slave)
    os.close(slave)
    yield master, name
    os.close(master)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_was_sent_before_the_opening_stays(pair: tuple[int, str]) -> None:
    master, name = pair
    os.write(master, b"SCANNED WHILE WE STARTED\r")
    port = open_port(name)
    try:
        port.wait(1)
        # A terminal nobody has set up turns CR into NL as it arrives; what matters is that nothing is lost.
        assert port.read().replace(b"\n", b"\r") == b"SCANNED WHILE WE STARTED\r"
    finally:
        port.close()


def test_terminal_is_set_raw_and_at_the_given_speed(pair: tuple[int, str]) -> None:
    master, name = pair
    port = open_port(f"{name}?baud=115200&bits=7&parity=E&stop=2&xonxoff=1")
    try:
        arriving, leaving, control, local, speed, *_ = termios.tcgetattr(master)
        assert (arriving, leaving, local, speed) == (termios.IXON | termios.IXOFF, 0, 0, termios.B115200)
        assert control & termios.CLOCAL
        assert not control & termios.HUPCL
        os.write(master, b"\x03\x04\x1a\r\n\x7f\x1d")  # signals, end of file, erasing: plain bytes now
        port.wait(1)
        assert port.read() == b"\x03\x04\x1a\r\n\x7f\x1d"
        assert not select.select([master], [], [], 0.05)[0]  # no echo
    finally:
        port.close()


def test_reading_takes_no_more_than_asked(pair: tuple[int, str]) -> None:
    master, name = pair
    port = open_port(name)
    try:
        os.write(master, b"0123456789")
        port.wait(1)
        assert [port.read(4), port.read(4), port.read(), port.read()] == [b"0123", b"4567", b"89", b""]
    finally:
        port.close()


@pytest.mark.parametrize(
    ("call", "error", "reason"),
    [
        ("tcsetattr", termios.error(errno.EIO, "Input/output error"), "lost"),
        ("tcgetattr", OSError(errno.ENODEV, "No such device"), "missing"),
    ],
)
def test_device_that_goes_while_it_is_opened(
    pair: tuple[int, str], call: str, error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise error

    monkeypatch.setattr(posix_port.termios, call, gone)
    before = open_files()
    with pytest.raises(PortError) as lost:
        open_port(pair[1])
    assert lost.value.reason == reason
    assert open_files() == before


def test_wrong_speed_and_wrong_paths_leave_nothing_open(pair: tuple[int, str], tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    before = open_files()
    for address, reason in (
        (f"{pair[1]}?baud=12345", "unsupported"),
        (str(tmp_path), "unsupported"),
        (f"{pair[1]}/below", "missing"),
        (str(loop), "missing"),
        (str(tmp_path / "absent"), "missing"),
    ):
        with pytest.raises(PortError) as refused:
            open_port(address)
        assert refused.value.reason == reason, address
    with pytest.raises(ValueError, match="control character"):
        open_port("/dev/tty\0ACM0")
    assert open_files() == before


def test_unplugged_port_raises_one_thing_only() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    port = open_port(os.ttyname(slave))
    os.close(slave)
    os.write(master, b"LAST\r")
    port.wait(1)
    assert port.read() == b"LAST\r"
    os.close(master)
    port.wait(1)
    for use in (port.read, lambda: port.write(b"x")):
        with pytest.raises(PortError, match=r"lost|closed"):
            use()
    assert port.unsent() == 0
    port.close(discard=True)  # flushing raises termios.error now, which is no OSError


def test_wake_ends_a_wait_from_another_thread(pair: tuple[int, str]) -> None:
    port, wake = open_port(pair[1]), Wake()
    try:
        threading.Timer(0.05, wake.set).start()
        since = time.monotonic()
        port.wait(10, wake=wake)
        assert time.monotonic() - since < 5
        assert not wake.is_set()  # it is cleared by the one it woke
        for _ in range(100_000):  # as often as you like: it never fills up, nor blocks
            wake.set()
        assert wake.wait(0)
        wake.clear()
        assert not wake.wait(0)
    finally:
        port.close()
        wake.close()
        wake.set()


def test_stalled_terminal_takes_what_fits_and_closes_at_once(pair: tuple[int, str]) -> None:
    port = open_port(pair[1])
    taken = 0
    while more := port.write(b"x" * 4096):
        taken += more
    assert taken > 0
    since = time.monotonic()
    port.close(discard=True)
    assert time.monotonic() - since < 5


def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """localhost is ::1 first on many machines, and a server may listen on 127.0.0.1 only."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(port_socket, "resolve", lambda *_: [("::1", port), ("127.0.0.1", port)])
        open_port(f"socket://localhost:{port}").close()


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".invalid"])
def test_host_that_is_no_name(host: str) -> None:
    with pytest.raises(PortError, match="unreachable"):
        open_port(f"socket://{host}:4001")


def test_silence_of_the_line_is_watched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"socket://127.0.0.1:{server.getsockname()[1]}")
        try:
            line = port._socket  # type: ignore[attr-defined]
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == port_socket.UNACKNOWLEDGED_MS
        finally:
            port.close()
