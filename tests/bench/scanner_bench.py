"""python -m tests.bench.scanner_bench [--long]

Prints what a picker's trust in the beep rests on: from the trigger to the handler and to the painted verdict through
real ptys with 10,000 orders, reopening after a pulled cable, acknowledgements while the application hangs, idle cost,
and the speed of framing and GS1 parsing, some beside what a common library does in the same minute.
"""

from __future__ import annotations

import gc
import os
import queue
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import biip
import serial

from drivers.fakes import FakeScanner
from drivers.framing import Framer, FramingConfig
from drivers.scanner import Scanner
from drivers.ssi import DECODE_DATA, checksum
from tests.bench.data import BADGE, furnished
from tests.bench.floor_bench import at_rest
from tests.bench.terminal_process import TerminalProcess, summary
from wms.domain.gs1 import Gs1, parse

ORDERS = 10_000
PACE_S = 0.25
SCANS, CYCLES, PACKETS = (400, 250, 50) if "--long" in sys.argv else (100, 60, 20)
SHELF = "]C1010952123454321317261231" + "10LOT-{n:05}\x1d21SN{n:08}"


def trigger_to_handler() -> None:
    """Ours against the reader most programs have: a thread that waits for one byte, then takes what is there."""
    ours, theirs = _ours(), _common()
    print(f"scan to handler    {summary(ours)} ms   (aim p99 <= 8)")
    print(f"  pyserial thread  {summary(theirs)} ms   the same codes, in the same minute")


def _paced(scan: Callable[[str], object], came: queue.SimpleQueue[tuple[str, float]]) -> list[float]:
    times = []
    for n in range(SCANS):
        time.sleep(PACE_S * random.uniform(0.7, 1.3))
        start = time.perf_counter()
        scan(f"CODE{n:09}")
        text, at = came.get(timeout=5)
        assert text == f"CODE{n:09}"
        times.append((at - start) * 1000)
    return times


def _ours() -> list[float]:
    came: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
    with FakeScanner() as gun:
        ready = threading.Event()
        scanner = Scanner(
            gun.address,
            FramingConfig(),
            lambda read: came.put((read.text, time.perf_counter())),
            lambda state: ready.set() if state == "ready" else None,
        )
        scanner.start()
        ready.wait(5)
        times = _paced(gun.scan, came)
        scanner.stop()
    return times


def _common() -> list[float]:
    came: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
    ending = threading.Event()
    with FakeScanner() as gun, serial.Serial(gun.address, timeout=0.05) as port:

        def read() -> None:
            line = b""
            while not ending.is_set():
                line += port.read(1) + port.read(port.in_waiting)
                if line.endswith(b"\r"):
                    came.put((line[:-1].decode(), time.perf_counter()))
                    line = b""

        reader = threading.Thread(target=read)
        reader.start()
        times = _paced(gun.scan, came)
        ending.set()
        reader.join()
    return times


def trigger_to_verdict(folder: Path) -> None:
    """The wrong bin: refused, journaled, painted red. The first bytes on the pty are the verdict's."""
    with FakeScanner() as gun:
        terminal = TerminalProcess("--data", str(folder), "--scanner", gun.address, "--language", "en")
        terminal.wait_for(b"badge")
        terminal.quiet(0.5)
        for code in (f"BDG-{BADGE}", "CART-1"):
            gun.scan(code)
            terminal.quiet(0.6)
        time.sleep(3)  # what the first scan needs is imported in the background
        times = []
        for n in range(SCANS):
            wrong = f"A-{40 + n % 2}-1-1*{40 + n % 2}"
            times.append(terminal.first_byte(lambda wrong=wrong: gun.scan(wrong)))
            terminal.quiet(PACE_S)
        terminal.close()
    print(f"scan to verdict    {summary(times)} ms   {ORDERS:,} orders, 4 scans/s   (aim p99 <= 10)")


def replug() -> None:
    """From plugging in to a port that reads, and a scan made at once; every tenth code would be worth an order."""
    came: queue.SimpleQueue[str] = queue.SimpleQueue()
    states: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
    times, lost = [], 0
    with tempfile.TemporaryDirectory() as folder, FakeScanner(Path(folder) / "gun") as gun:
        scanner = Scanner(
            gun.address,
            FramingConfig(),
            lambda read: came.put(read.text) if not read.fault else None,
            lambda state: states.put((state, time.perf_counter())),
        )
        scanner.start()
        _await(states, "ready")
        for n in range(CYCLES):
            gun.unplug()
            _await(states, "lost")
            plugged = time.perf_counter()
            gun.replug()
            gun.scan(f"CODE{n}")
            times.append((_await(states, "ready") - plugged) * 1000)
            try:
                lost += came.get(timeout=1) != f"CODE{n}"
            except queue.Empty:
                lost += 1
        scanner.stop()
    print(f"reopen             {summary(times)} ms   {lost} of {CYCLES} scans made at once lost   (aim max <= 300, 0)")


def _await(states: queue.SimpleQueue[tuple[str, float]], wanted: str) -> float:
    while True:
        state, at = states.get(timeout=5)
        if state == wanted:
            return at


def acknowledged_while_hanging() -> None:
    """Every read takes the application a second; the scanner's packets are answered all the same."""
    times = []
    with FakeScanner(terminator=b"") as gun:
        ready = threading.Event()
        scanner = Scanner(
            gun.address,
            FramingConfig(mode="ssi"),
            lambda _: time.sleep(1),
            lambda state: ready.set() if state == "ready" else None,
        )
        scanner.start()
        ready.wait(5)
        far = gun._line.far
        for n in range(PACKETS):
            time.sleep(0.05)
            start = time.perf_counter()
            os.write(far, _packet(f"CODE{n:04}".encode()))
            while not gun.heard():
                time.sleep(0.0002)
            times.append((time.perf_counter() - start) * 1000)
        threading.Thread(target=scanner.stop, daemon=True).start()
    print(f"SSI ACK            {summary(times)} ms   each read blocks the application 1 s   (aim max <= 20)")


def _packet(code: bytes) -> bytes:
    body = bytes([5 + len(code), DECODE_DATA, 0, 0, 0x03]) + code
    return body + checksum(body)


def parsing() -> None:
    texts = [SHELF.format(n=n) for n in range(20_000)]
    start = time.perf_counter()
    good = sum(isinstance(parse(text), Gs1) for text in texts)
    ours = good / (time.perf_counter() - start)
    few = texts[:2_000]
    start = time.perf_counter()
    for text in few:
        biip.parse(text)
    theirs = len(few) / (time.perf_counter() - start)
    print(f"GS1 parsing        {ours:,.0f}/s   (aim >= 20,000); biip.parse {theirs:,.0f}/s, ratio {ours / theirs:.1f}")


def framing() -> None:
    stream = b"".join(b"]C1010952123454321310LOT%05d\r" % n for n in range(50_000))
    framer, found = Framer(FramingConfig()), 0
    start = time.perf_counter()
    for at in range(0, len(stream), 64):
        found += len(framer.feed(stream[at : at + 64], at / 64))
    seconds = time.perf_counter() - start
    print(f"framing            {found / seconds:,.0f} codes/s, {len(stream) / seconds / 1e6:.1f} MB/s in 64-byte reads")


def noise() -> None:
    """An hour of rubbish at 115,200 baud, in virtual time."""
    import tracemalloc

    dice, framer = random.Random(1), Framer(FramingConfig(charset="auto", duplicate_ms=200))
    tracemalloc.start()
    start, sizes, scans = time.perf_counter(), [], 0
    for second in range(3600):
        for part in range(10):
            frames = framer.feed(dice.randbytes(1152), second * 1000 + part * 100)
            scans += sum(frame.kind == "scan" for frame in frames)
        if second % 600 == 599:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0] / 1e3)
    tracemalloc.stop()
    cpu = (time.perf_counter() - start) / 3600
    grown = sizes[-1] - sizes[0]
    print(f"an hour of noise   {sizes[0]:.0f} kB after ten minutes, {grown:+.1f} kB at the end; {cpu:.2%} of a core")
    print(f"                   {scans} frames of 41 million bytes passed for codes (random bytes, character set auto)")


def main() -> None:
    parsing()
    framing()
    noise()
    trigger_to_handler()
    replug()
    acknowledged_while_hanging()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        furnished(folder, ORDERS).close()
        at_rest(folder)
        trigger_to_verdict(folder)


if __name__ == "__main__":
    main()
