"""The processes of the day, each in a group of its own, and none left over however the day ends."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path
from types import TracebackType

PROGRAM = (sys.executable, "-m", "wms")
_ROOT = Path(__file__).parents[3]
_READY_SECONDS = 60.0
FRAMES_A_SECOND = "15"  # a person sees no more; six screens share this machine
_KEPT = 4000  # bytes of what a screen drew last
_CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x08\x0b-\x1f]")


class HubDidNotStart(RuntimeError):
    """The hub ended before it listened; the text holds the end of its log."""


class Children:
    """Every process started, ended for good when the context is left."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, stdin: int, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": "", "PYTHONUTF8": "1"}
        environment["TEXTUAL_FPS"] = FRAMES_A_SECOND
        paths = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        process = subprocess.Popen(
            [*PROGRAM, *arguments], stdin=stdin, stdout=stdout, stderr=stderr, env=environment, start_new_session=True
        )
        self._running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the whole group, as a pulled plug."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process in self._running:
            self._running.remove(process)

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in list(self._running):
            self.kill(process)


class HubProcess:
    """`wms hub serve` on a loopback port, which stays the same when it is started again."""

    def __init__(self, children: Children, folder: Path) -> None:
        self._children, self._folder = children, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.url = ""

    async def start(self) -> None:
        """Returns when the hub answers. Raises `HubDidNotStart`."""
        with (self._folder.parent / "hub.log").open("ab") as log:
            self._process = self._children.start(
                *("hub", "serve", "--data", str(self._folder), "--port", str(self._port)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log.fileno(),
            )
        assert self._process.stdout is not None  # noqa: S101
        with self._process.stdout as out:
            line = await asyncio.wait_for(asyncio.to_thread(out.readline), _READY_SECONDS)
        if not line:
            raise HubDidNotStart("the hub did not start:\n" + (self._folder.parent / "hub.log").read_text()[-2000:])
        self.url = json.loads(line)["listening"]
        self._port = int(self.url.rsplit(":", 1)[1])

    def freeze(self) -> None:
        """The network is gone: nothing answers, nothing is refused."""
        assert self._process is not None  # noqa: S101
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None  # noqa: S101
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        assert self._process is not None  # noqa: S101
        self._children.kill(self._process)

    async def stop(self) -> None:
        assert self._process is not None  # noqa: S101
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, 15)


class Screen:
    """A `wms` terminal in a pty of the given size; what it draws is read and thrown away."""

    def __init__(self, children: Children, arguments: tuple[str, ...], columns: int, rows: int) -> None:
        self._children, self._arguments = children, arguments
        self._size = struct.pack("HHHH", rows, columns, 0, 0)
        self._process: subprocess.Popen[bytes] | None = None
        self._master = -1
        self._drawn = b""

    @property
    def last_words(self) -> str:
        """What it wrote last, without the control sequences: why it ended, if it did."""
        return _CONTROLS.sub("", self._drawn.decode(errors="replace")).strip()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._master, slave = os.openpty()
        try:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, self._size)
            self._process = self._children.start(*self._arguments, stdin=slave, stdout=slave, stderr=slave)
        finally:
            os.close(slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._drain)

    def _drain(self) -> None:
        try:
            while data := os.read(self._master, 1 << 16):
                self._drawn = data[-_KEPT:]
        except BlockingIOError:
            return
        except OSError:
            self._close()

    def type(self, keys: bytes) -> None:
        """Press keys. What a dead or stalled terminal does not take is lost, as on a real keyboard."""
        if self._master >= 0:
            with contextlib.suppress(OSError):
                os.write(self._master, keys)

    def kill(self) -> None:
        assert self._process is not None  # noqa: S101
        self._children.kill(self._process)
        self._close()

    async def stop(self) -> int:
        """SIGTERM, then a pulled plug if that is not heard; returns the exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 20)
        except subprocess.TimeoutExpired:
            self._children.kill(self._process)
        self._close()
        return self._process.returncode

    def _close(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self._master = -1
