"""A real terminal in a real pty, timed from outside: nothing of the product is imported into the measuring process but
its simulated scanner."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path


class TerminalProcess:
    """`wms --data FOLDER …` as a child; `drain` reads what it paints."""

    def __init__(self, *arguments: str, module: str = "wms", columns: int = 40, rows: int = 20) -> None:
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
            os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, text: bytes, seconds: float = 20.0) -> float:
        """Seconds from the start until `text` was painted; raises TimeoutError."""
        seen, end = b"", time.perf_counter() + seconds
        while text not in seen:
            if time.perf_counter() > end:
                raise TimeoutError(f"{text!r} never came; last: {seen[-400:]!r}")
            seen += self.read(0.05)
        return time.perf_counter() - self.started

    def read(self, seconds: float) -> bytes:
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            return b""

    def quiet(self, seconds: float = 0.15) -> None:
        """Read until nothing was painted for that long."""
        while self.read(seconds):
            pass

    def first_byte(self, act: object, seconds: float = 2.0) -> float:
        """Milliseconds from calling `act` to the first byte it paints."""
        start = time.perf_counter()
        act()  # type: ignore[operator]
        if not self.read(seconds):
            raise TimeoutError("nothing was painted")
        return (time.perf_counter() - start) * 1000

    def resident_mb(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        end = time.perf_counter() + 5
        while time.perf_counter() < end:
            self.read(0.02)
            done, _ = os.waitpid(self.pid, os.WNOHANG)
            if done:
                os.close(self.fd)
                return
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def summary(values: list[float]) -> str:
    middle, late = percentile(values, 0.5), percentile(values, 0.99)
    return f"p50 {middle:6.2f}  p99 {late:6.2f}  max {max(values):6.2f}  (n={len(values)})"
