"""One terminal as a person meets it: a screen to read, a scanner's trigger, keys, and on a bench a scale and a printer.

Nothing is known here but what the mirror shows and what the devices do.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from drivers.fakes import FakePrinter, FakeScale, FakeScanner
from wms.demo.autopilot.children import Children, Screen
from wms.demo.autopilot.sight import Sight, read
from wms.demo.trigger import SECOND_PULL_MS

_SAME_CODE_SECONDS = SECOND_PULL_MS / 1000
_PATIENCE = 3.0  # seconds after which a person looks at the screen again though it said nothing
_UP_SECONDS = 60.0
_BURST = 4  # characters at once: more than five in a row look like a wedge
_BETWEEN_BURSTS = 0.05
KEYS = {"enter": b"\r", "escape": b"\x1b", "up": b"\x1b[A", "down": b"\x1b[B"} | {
    f"f{n}": code for n, code in enumerate((b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b[15~"), 1)
}


class Dead(RuntimeError):
    """A terminal ended or never came up; the text names it and its last prompt."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A green verdict as it was seen: in which life of the terminal, and what the screen had asked for."""

    life: int
    serial: int
    asked: str


@dataclass(slots=True)
class Counts:
    """What the people at this terminal did, by their own count."""

    scans: int = 0
    refused: int = 0
    answers: list[float] = field(default_factory=list)  # seconds from trigger to verdict
    mistakes: Counter[str] = field(default_factory=Counter)


class _Lines(asyncio.Protocol):
    """Calls `take` with each line that comes in."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)


class Terminal:
    """A terminal with its devices, from `start()` to `stop()`."""

    def __init__(
        self,
        name: str,
        folder: Path,
        devices: Path,
        size: tuple[int, int],
        children: Children,
        *,
        bench: bool = False,
    ) -> None:
        """`folder` keeps its data. `devices` is where its devices are plugged in: a folder with a short name, because
        addresses of sockets must be short."""
        self.name, self.folder = name, folder
        self.scanner = FakeScanner(devices / f"{name}.scanner")
        self.scale = FakeScale(devices / f"{name}.scale") if bench else None
        self.labels: list[bytes] = []
        self.printer = FakePrinter(self.labels.append) if bench else None
        self.sight = Sight()
        self.heard: list[Heard] = []
        self.counts = Counts()
        self.life = 0
        self.moved = time.monotonic()
        self._green_at = self.moved
        self.waiting = ""  # what its person waits for, '' while there is work
        self._changed = asyncio.Event()
        self._last_scan = ("", 0.0)
        self._verdict = Sight()
        self._socket = devices / f"{name}.mirror"
        self._server: asyncio.Server | None = None
        self._screen = Screen(children, self._arguments(), *size)

    def _arguments(self) -> tuple[str, ...]:
        devices = ["--scanner", self.scanner.address, "--mirror", str(self._socket)]
        if self.scale is not None and self.printer is not None:
            devices += ["--scale", f"{self.scale.address},sics", "--printer", self.printer.uri]
        return "--data", str(self.folder), *devices

    async def start(self) -> None:
        """Switch it on, and wait until it asks for something. Raises `Dead`."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(lambda: _Lines(self._follow), self._socket)
        self.life += 1
        self.sight = self._verdict = Sight()
        self._screen.start()
        up = await self.until(lambda seen: bool(seen.name) and seen.scanner == "ready", _UP_SECONDS)
        if not up:
            raise Dead(f"{self.name} did not come up: {self.sight}")

    async def pull_plug(self) -> None:
        """kill -9 in the middle of whatever it does, then switch it on again."""
        self._screen.kill()
        await self.start()

    async def stop(self) -> None:
        await self._screen.stop()
        if self._server is not None:
            self._server.close()

    def close_devices(self) -> None:
        self.scanner.close()
        if self.scale is not None:
            self.scale.close()
        if self.printer is not None:
            self.printer.close()

    def _follow(self, line: bytes) -> None:
        seen = read(line)
        before, self.sight = self.sight, seen
        if seen.said_at != before.said_at and seen.tone:
            self._verdict = seen
            if seen.green:
                self.heard.append(Heard(self.life, seen.serial, before.name))
                self.moved = self._green_at = time.monotonic()
        if seen.question != before.question:
            self.moved = time.monotonic()
        self._changed.set()

    def green_within(self, seconds: float) -> bool:
        return time.monotonic() - self._green_at < seconds

    # What a person does

    async def scan(self, code: str) -> Sight:
        """Pull the trigger and look for the verdict; a view without one if none comes."""
        last, at = self._last_scan
        if last == code and (early := at + _SAME_CODE_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(early)
        began, verdict = time.monotonic(), self._verdict
        self._last_scan = (code, began)
        self.counts.scans += 1
        self.scanner.scan(code)
        if await self.until(lambda _: self._verdict is not verdict):
            self.counts.answers.append(time.monotonic() - began)
            self.counts.refused += self._verdict.tone == "no"
            return self._verdict
        return self._silent()

    async def bounce(self, code: str) -> Sight:
        """The trigger bounces: one pull, two reads. Returns the verdict on the first."""
        first = await self.scan(code)
        again = self._verdict
        self.counts.scans += 1
        self.scanner.scan(code)
        await self.until(lambda _: self._verdict is not again, 1.0)
        self._last_scan = (code, time.monotonic())
        return first

    async def press(self, *keys: str) -> Sight:
        """Press keys one after the other, each when the screen has followed the one before."""
        for key in keys:
            await self._after(lambda key=key: self._screen.type(KEYS.get(key, key.encode())))  # type: ignore[misc]
        return self.sight

    async def type(self, text: str) -> Sight:
        """Type at the pace of a person, end with Enter, and look for what comes of it."""
        for start in range(0, len(text), _BURST):
            if start:
                await asyncio.sleep(_BETWEEN_BURSTS)
            self._screen.type(text[start : start + _BURST].encode())
        return await self._after(lambda: self._screen.type(b"\r"))

    async def choose(self, index: int) -> Sight:
        """Press the number of a choice, the first being 0."""
        return await self.press(str(index + 1))

    async def weigh(self, grams: int) -> Sight:
        """Lay something on the scale and look for the verdict."""
        assert self.scale is not None  # noqa: S101
        verdict = self._verdict
        self.scale.put(grams)
        return self.sight if await self.until(lambda _: self._verdict is not verdict) else self._silent()

    async def _after(self, act: Callable[[], None]) -> Sight:
        before, verdict = self.sight, self._verdict
        act()
        if await self.until(lambda seen: self._verdict is not verdict or seen.question != before.question):
            return self.sight
        return self._silent()

    def _silent(self) -> Sight:
        """What the screen shows still, without the verdict on something earlier."""
        return replace(self.sight, tone="", said=())

    async def until(self, true: Callable[[Sight], bool], patience: float = _PATIENCE) -> bool:
        """Look at the screen until `true` of it; False when patience ends. Raises `Dead` if the terminal has ended."""
        deadline = time.monotonic() + patience
        while not true(self.sight):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, 1.0))
            if not self._screen.running:
                raise Dead(f"{self.name} ended by itself; its last prompt was {self.sight}\n{self._screen.last_words}")
        return True
