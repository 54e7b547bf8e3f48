"""The application as a process in a real terminal, by itself or under tmux, and the log of what its station got."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

import pyte
import pytest

FLOOR = Path(__file__).parent / "floor.py"
F12 = b"\x1b[24~"
F9 = b"\x1b[20~"
# Within escape-time tmux waits for the rest of a key or character; then it drops what it has.
TMUX_SETTINGS = """\
set -g prefix None
unbind -a -T prefix
unbind -a -T root
set -g status off
set -s escape-time 100
set -g history-limit 0
set -g default-terminal tmux-256color
"""


class Floor:
    """The process, its screen, and the log of what its station was given."""

    def __init__(self, log, *arguments, columns=40, rows=20):
        self.log_path = log
        self.master, slave = pty.openpty()
        self.resize(columns, rows)
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._painted = []  # drawn when somebody looks: drawing is slow, and a wedge does not wait for it
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", "COLUMNS": "", "LINES": ""}
        environment["TEXTUAL_FPS"] = "1000"  # as many frames as there are views
        self.process = subprocess.Popen(
            self.command(sys.executable, str(FLOOR), str(log), *arguments),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def command(self, *app):
        return app

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def start(self):
        self.until(lambda: "W07" in self.text and "F4" in self.text)
        return self

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

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
                self._painted.append(data)

    def send(self, data, pause=0.001):
        """Writes everything, reading the screen meanwhile; so many seconds between its pieces."""
        while data:
            _, writable, _ = select.select([], [self.master], [], 0)
            if writable:
                data = data[os.write(self.master, data[:512]) :]
            self.pump(pause)

    def until(self, true, seconds=15):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"never happened, exit {self.process.poll()}; screen:\n{self.text}")
            self.pump(0.02)

    @property
    def text(self):
        self._stream.feed(b"".join(self._painted))
        self._painted.clear()
        # Not pyte's display: it fails where half of a wide character was painted over (selectel/pyte#207).
        rows = (self.screen.buffer[row] for row in range(self.screen.lines))
        return "\n".join("".join(cells[x].data for x in range(self.screen.columns)) for cells in rows)

    @property
    def log(self):
        return self.log_path.read_text("utf-8").splitlines() if self.log_path.exists() else []

    def ended(self, seconds=5):
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.pump(0.02)
        return self.process.poll()


class TmuxFloor(Floor):
    """The same below tmux, set up as for a handheld that may lose its connection."""

    def command(self, *app):
        self.folder = Path(tempfile.mkdtemp(prefix="wms-tmux-"))  # a socket's path must be short
        (self.folder / "conf").write_text(TMUX_SETTINGS, encoding="utf-8")
        self.tmux = ["tmux", "-S", str(self.folder / "s"), "-f", str(self.folder / "conf")]
        return *self.tmux, "new-session", *app

    def close(self):
        subprocess.run([*self.tmux, "kill-server"], check=False, capture_output=True)
        super().close()
        shutil.rmtree(self.folder)


def needs_tmux():
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
