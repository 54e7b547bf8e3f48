"""The whole application in a real pty, fed with the bytes a wedge, a bad wedge and a bad line send."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte
import pytest

FLOOR = Path(__file__).parent / "floor.py"
F12 = b"\x1b[24~"
F9 = b"\x1b[20~"


class Floor:
    """The process, its screen, and the log of what its station was given."""

    def __init__(self, log, *arguments, columns=40, rows=20):
        self.log_path = log
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", "COLUMNS": "", "LINES": ""}
        environment["TEXTUAL_FPS"] = "1000"  # as many frames as there are views
        self.process = subprocess.Popen(
            [sys.executable, str(FLOOR), str(log), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def pump(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    return
                if not data:
                    return
                self.stream.feed(data)

    def send(self, data):
        """Writes everything, reading the screen meanwhile."""
        while data:
            _, writable, _ = select.select([], [self.master], [], 0)
            if writable:
                data = data[os.write(self.master, data[:512]) :]
            self.pump(0.001)

    def until(self, true, seconds=15):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"never happened, exit {self.process.poll()}; screen:\n" + "\n".join(self.screen.display))
            self.pump(0.02)

    @property
    def text(self):
        return "\n".join(self.screen.display)

    @property
    def log(self):
        return self.log_path.read_text("utf-8").splitlines() if self.log_path.exists() else []

    def ended(self, seconds=5):
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.pump(0.02)
        return self.process.poll()


@pytest.fixture
def floor(tmp_path):
    running = []

    def start(*arguments, **size):
        running.append(Floor(tmp_path / "log", *arguments, **size))
        running[-1].until(lambda: "W07" in running[-1].text and "F4" in running[-1].text)
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        os.close(one.master)


@pytest.mark.parametrize(("start", "end"), [(F12, b"\r"), (b"\x02", b"\r\n"), (F12, b"\t")])
def test_two_thousand_scans_back_to_back(floor, start, end):
    app = floor("slow")
    codes = [f"(01)069{n:05}\x1d21" for n in range(2000)]
    app.send(b"".join(start + code.encode() + end for code in codes))
    app.until(lambda: len(app.log) >= 2000, 30)
    assert app.log == [repr(code) for code in codes]
    app.until(lambda: "06901999" in app.text)


def test_without_a_prefix_a_stall_may_cost_a_scan_but_never_gives_a_wrong_one(floor):
    app = floor("slow")
    codes = [f"(01)069{n:05}\x1d21" for n in range(500)]
    for code in codes:
        app.send(code.encode() + b"\r")
    app.send(F12 + b"the end\r")
    app.until(lambda: app.log[-1:] == ["'the end'"], 30)
    good = [line for line in app.log[:-1] if line.endswith("'")]
    assert [line for line in map(repr, codes) if line in set(good)] == good
    assert len(good) > 450


def test_bytes_that_are_no_utf8_do_not_end_it(floor):
    app = floor()
    app.send(b"\xe9\xff\xfe" + F12 + b"A\xffB\r" + F12 + "东北".encode("gbk") + b"\r" + F12 + b"6901\r")
    app.until(lambda: len(app.log) == 3)
    assert app.log == ["'A\ufffdB'garbled", "'东北'", "'6901'"]
    app.until(lambda: "6901" in app.text)


def test_escape_then_digits_stay_digits(floor):
    app = floor()
    app.send(b"\x1b")
    app.pump(0.05)
    app.send(F12 + b"6901\r")
    app.until(lambda: len(app.log) == 2)
    assert app.log == ["Pressed(key='escape')", "'6901'"]


def test_bracketed_paste(floor):
    app = floor()
    app.send(b"\x1b[200~6901\x1d1\r\n7702\x1b[201~")
    app.until(lambda: len(app.log) == 2)
    assert app.log == ["'6901\\x1d1'", "'7702'"]


def test_scans_are_taken_while_nobody_reads_the_screen(floor):
    app = floor()
    for n in range(1000):
        data = F12 + f"69{n:05}\r".encode()
        while data:
            data = data[os.write(app.master, data) :]
        time.sleep(0.002)  # many frames, not one
    end = time.monotonic() + 20
    while len(app.log) < 1000 and time.monotonic() < end:
        time.sleep(0.02)
    assert len(app.log) == 1000
    app.until(lambda: "6900999" in app.text)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_cleanly(floor, stop):
    app = floor()
    os.kill(app.process.pid, stop)
    assert app.ended() == 0
    assert app.log == ["closed"]


def test_desktop_keys_do_not_end_it_and_the_station_does(floor):
    app = floor()
    app.send(b"\x03\x11\x1a\x1c\x04")
    app.pump(0.2)
    assert app.process.poll() is None
    app.send(F9)
    assert app.ended() == 0
    assert app.log == ["Pressed(key='f9')", "closed"]


def test_a_vanished_line_ends_it(floor):
    app = floor()
    os.close(app.master)
    app.master = os.open(os.devnull, os.O_RDONLY)
    end = time.monotonic() + 5
    while app.process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    assert app.process.poll() is not None


def test_idle_costs_next_to_nothing(floor):
    app = floor()
    app.pump(0.3)

    def ticks():
        fields = Path(f"/proc/{app.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    app.pump(3.0)
    assert (ticks() - before) / os.sysconf("SC_CLK_TCK") / 3.0 < 0.02
