"""Thousands of scans typed into a real terminal, by itself and through tmux: none lost, none joined, none out of order.

What counts is what the station was given, in the order it was given.
"""

import os
import time

import pytest

from tests.terminal.floor_process import F12, Floor, TmuxFloor, needs_tmux

F1 = b"\x1bOP"


def codes(count):
    """AIM identifiers and texts of all kinds, each with its number in it."""
    for n in range(count):
        yield (
            ("", f"(01)0690{n:05}\x1d21ab"),
            ("]C1", f"010690{n:05}\x1d10Lot x"),
            ("", f"Tote a-{n:05}"),
            ("", f"货位 {n:05}"),
            ("]Q1", f"https://id.example/01/{n:05}?x=Y"),
            ("", f" {n:05}  end "),
        )[n % 6]


def sent_and_read(count):
    """The same as the bytes of a wedge, and as the log has them."""
    return [((aim + text).encode(), aim + repr(text)) for aim, text in codes(count)]


@pytest.fixture(params=["pty", "tmux"])
def floor(request, tmp_path):
    running = []
    if request.param == "tmux":
        needs_tmux()

    def start(*arguments, **size):
        kind = Floor if request.param == "pty" else TmuxFloor
        running.append(kind(tmp_path / "log", *arguments, **size))
        return running[-1].start()

    yield start
    for one in running:
        one.close()


@pytest.fixture
def alone(tmp_path):
    app = Floor(tmp_path / "log").start()
    yield app
    app.close()


WAYS = [("", F12, b"\r"), ("", b"\x02", b"\r\n"), ("prefix=f12:suffix=tab:gap=0", F12, b"\t")]


@pytest.mark.parametrize(("wedge", "start", "end"), WAYS[:1])
def test_two_thousand_back_to_back(floor, wedge, start, end):
    back_to_back(floor("slow", f"wedge={wedge}"), 2000, start, end)


@pytest.mark.parametrize(("wedge", "start", "end"), WAYS[1:])
def test_other_prefixes_and_suffixes(floor, wedge, start, end):
    back_to_back(floor("slow", f"wedge={wedge}"), 300, start, end)


@pytest.mark.soak
@pytest.mark.parametrize(("wedge", "start", "end"), WAYS)
def test_twenty_thousand_back_to_back(floor, wedge, start, end):
    back_to_back(floor("slow", f"wedge={wedge}"), 20_000, start, end)


def back_to_back(app, count, start, end):
    scans = sent_and_read(count)
    app.send(b"".join(start + sent + end for sent, _ in scans))
    app.until(lambda: len(app.log) >= count, 120)
    app.pump(0.1)
    assert app.log == [read for _, read in scans]
    app.until(lambda: f"{count - 1:05}" in app.text)


@pytest.mark.parametrize("pause", [0.0, 0.004])
def test_bursts_without_prefix(floor, pause):
    app = floor("slow")
    scans = sent_and_read(500)
    for sent, _ in scans:
        app.send(sent + b"\r", pause)
    app.send(F12 + b"the end\r")
    app.until(lambda: app.log[-1:] == ["'the end'"], 30)
    good = [line for line in app.log[:-1] if line[-1] == "'"]
    rest = iter(read for _, read in scans)
    assert all(line in rest for line in good), "a code that was never scanned, or out of order"
    assert len(good) > 0.98 * len(scans)  # the machine these tests run on may stall in mid-burst: then it is partial


def test_a_station_that_takes_its_time_over_each(floor):
    app = floor("commit=0.2")
    scans = sent_and_read(15)
    app.send(b"".join(F12 + sent + b"\r" for sent, _ in scans))
    app.until(lambda: len(app.log) >= 15, 20)
    assert app.log == [read for _, read in scans]


def test_whatever_the_screen_is_doing(floor):
    """The handbook opened and turned, choices pressed, a resize at every scan; nothing of it touches a scan."""
    app = floor()
    scans = sent_and_read(120)
    for n, (sent, _) in enumerate(scans):
        app.send((F1 + b"\x1b[6~" if n % 3 == 0 else b"\x1b[B" if n % 3 == 1 else b"") + F12 + sent + b"\r")
        if n % 10 == 0:
            app.resize(40 - n % 20, 20)
    app.until(lambda: sum(line[-1] == "'" for line in app.log) >= len(scans), 20)
    assert [line for line in app.log if not line.startswith("Pressed")] == [read for _, read in scans]


def test_scans_are_taken_while_nobody_reads_the_screen(floor):
    app = floor()
    scans = sent_and_read(600)
    for sent, _ in scans:
        data = F12 + sent + b"\r"
        while data:
            data = data[os.write(app.master, data) :]
        time.sleep(0.002)  # many frames, not one
    end = time.monotonic() + 20
    while len(app.log) < len(scans) and time.monotonic() < end:
        time.sleep(0.02)
    assert app.log == [read for _, read in scans]
    app.until(lambda: "00599" in app.text)


def test_a_paste_is_a_scan(floor):
    app = floor()
    app.send(b"\x1b[200~0690\x1d1\r\n7702\x1b[201~\r" + F12 + b"8803\r")
    app.until(lambda: len(app.log) >= 3)
    assert app.log == ["'0690\\x1d1'", "'7702'", "'8803'"]


def test_the_digits_of_the_keypad(floor):
    app = floor()
    digits = b"".join(b"\x1bO" + bytes([0x70 + n]) for n in range(10))
    app.send(F12 + digits + b"\x1bOM")
    app.until(lambda: len(app.log) >= 1)
    assert app.log == ["'0123456789'"]


def test_escape_and_a_scan_at_once(floor):
    app = floor()
    app.send(b"\x1b6901234567892\r")
    app.until(lambda: len(app.log) >= 2)
    assert app.log == ["Pressed(key='escape')", "'6901234567892'"]


def test_a_paste_without_its_end_and_the_scans_after_it(alone):
    alone.send(b"\x1b[200~0690")
    alone.until(lambda: alone.log == ["'0690'partial"])
    alone.send(F12 + b"6901\r")
    alone.until(lambda: alone.log[1:] == ["'6901'"])


def test_the_rest_of_a_cut_paste_and_of_a_cut_scan(alone):
    for begin, end in ((b"\x1b[200~", b"\x1b[201~"), (F12, b"")):
        alone.send(begin + b"0690")
        alone.until(lambda: alone.log[-1:] == ["'0690'partial"])
        alone.send(b"1234567" + end + b"\r")
        alone.until(lambda: alone.log[-1:] == ["'1234567'partial"])
    alone.send(F12 + b"6901\r" + F12 + b"6901\r")
    alone.until(lambda: alone.log[4:] == ["'6901'", "'6901'"])


def test_a_scan_in_gb18030(alone):
    alone.send(F12 + "东北大米 5kg".encode("gb18030") + b"\r" + "东北大米五".encode("gbk") + b"1\r")
    alone.until(lambda: alone.log == ["'东北大米 5kg'", "'东北大米五1'"])


def test_a_prefix_key_that_is_held_up_in_its_middle(alone):
    for cut in range(1, len(F12)):
        alone.send(F12[:cut])
        alone.pump(0.1 if cut == 1 else 0.4)
        alone.send(F12[cut:] + f"690{cut}\r".encode())
    alone.until(lambda: len(alone.log) >= 4)
    assert alone.log == [f"'690{cut}'" for cut in range(1, len(F12))]


@pytest.mark.parametrize("cut", [1, 2, 5, 6, 12, 13])
def test_a_scan_without_prefix_that_the_line_cuts_in_two(alone, cut):
    alone.send(b"6901234567892\r"[:cut])
    alone.pump(0.12)
    alone.send(b"6901234567892\r"[cut:])
    alone.send(F12 + b"the end\r")
    alone.until(lambda: alone.log[-1:] == ["'the end'"])
    good = [line for line in alone.log[:-1] if line[-1] == "'"]
    assert good == (["'6901234567892'"] if cut > 5 else [])
