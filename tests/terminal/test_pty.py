"""The whole application in a real pty, fed with the bytes a wedge, a bad wedge and a bad line send."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.terminal.floor_process import F9, F12, Floor


@pytest.fixture
def floor(tmp_path):
    running = []

    def start(*arguments, **size):
        running.append(Floor(tmp_path / "log", *arguments, **size))
        return running[-1].start()

    yield start
    for one in running:
        one.close()


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
