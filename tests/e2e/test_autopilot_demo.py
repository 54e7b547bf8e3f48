"""`wms demo` in a real pty, played from a second terminal as somebody does who tries it."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wms.demo.bench_line import NoBench, ask
from wms.demo.panel import MIRROR, last_view

ROOT = Path(__file__).parents[2]

OPENED = b"\x1b[?1049h"  # the alternate screen begins


class Demo:
    """The program in a pty of 80 by 24, its screen read all the time."""

    def __init__(self, folder):
        self.folder = folder
        self.master, slave = pty.openpty()
        os.set_blocking(self.master, False)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wms", "demo", "--data", str(folder)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.drawn = b""

    @property
    def view(self):
        return last_view(self.folder / MIRROR)

    def until(self, true, seconds=60):
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                pytest.fail(f"never happened; last view {self.view}, drawn {self.drawn[-2000:]!r}")
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.drawn += os.read(self.master, 65536)
                except OSError:
                    return

    def scan(self, code):
        deadline = time.monotonic() + 30
        while True:
            try:
                return ask(self.folder, f"scan {code}")
            except NoBench:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 20
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    break
        code = self.process.wait(10)
        os.close(self.master)
        return code


def test_somebody_tries_it_with_a_simulated_bench_and_finds_it_again_as_it_was(tmp_path):
    demo = Demo(tmp_path)
    try:
        demo.until(lambda: demo.view.get("name") == "sign.badge")
        assert "BDG-1008" in demo.view["expects"]
        assert b"wms demo sheet" in demo.drawn  # said before the screen opens
        demo.until(lambda: b"BDG-1008" in demo.drawn.partition(OPENED)[2])  # and on the screen
        demo.scan("BDG-1008")
        demo.until(lambda: demo.view["name"] == "sign.work")
        demo.scan("CMD-PICK")
        demo.until(lambda: demo.view["name"] == "pick.cart")
        demo.scan("CART-1")
        demo.until(lambda: demo.view["name"] == "pick.bin")
        there = demo.view["target"]
        assert demo.end() == 0
    except BaseException:
        demo.end()
        raise
    again = Demo(tmp_path)
    try:
        again.until(lambda: again.view.get("name") == "sign.badge")
        again.scan("BDG-1008")
        again.until(lambda: again.view["name"] == "sign.work")
        again.scan("CMD-PICK")
        again.until(lambda: again.view["name"] == "pick.bin")
        assert again.view["target"] == there
    finally:
        again.end()


def test_somebodys_own_warehouse_is_not_furnished(tmp_path):
    from wms.store import Store

    Store(tmp_path, "T1").close()
    command = [sys.executable, "-m", "wms", "demo", "sheet", "--data", str(tmp_path), "-o", str(tmp_path / "x.html")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 1
    assert "a warehouse of its own" in done.stderr
    assert not (tmp_path / "x.html").exists()
