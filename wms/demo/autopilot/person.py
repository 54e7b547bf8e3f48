"""What all people on the floor have in common: a badge, a terminal, eyes, and mistakes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from wms.demo.autopilot.floor import Floor, Goods
from wms.demo.autopilot.mistakes import Mistakes
from wms.demo.autopilot.sight import Sight
from wms.demo.autopilot.terminal import Terminal

UNKNOWN_CODE = "9529999999999"  # a check digit that is none
A_MOMENT = 0.1
A_WHILE = 0.4


class Lost(RuntimeError):
    """Somebody does not know what to do; the text names the terminal and its last prompt."""


class Person:
    """Reads the prompt and does what it says. A subclass has a method for each prompt it knows: `pick.bin` is
    `on_pick_bin`."""

    work = ""

    def __init__(self, badge: str, terminal: Terminal, floor: Floor, mistakes: Mistakes, pin: str = "") -> None:
        self.badge, self.terminal, self.floor, self.mistakes, self._pin = badge, terminal, floor, mistakes, pin
        self.done = False
        self.pull_plug_at = ""  # the prompt at which the plug is pulled, '' for never
        self.resumed_at: list[tuple[Sight, Sight]] = []  # before the plug was pulled, and after
        self._before: Sight | None = None

    async def day(self) -> None:
        """Work until there is nothing left to do. Raises `Lost` and `Dead`."""
        while not self.done:
            await self.turn()

    async def turn(self) -> None:
        """Do what the screen asks for now."""
        seen = self.terminal.sight
        if seen.name == self.pull_plug_at and self.is_in_the_middle():
            self.pull_plug_at, self._before = "", seen
            await self.terminal.pull_plug()
            return
        if self._before is not None and not seen.name.startswith("sign."):
            self.resumed_at.append((self._before, seen))
            self._before = None
        act: Callable[[Sight], Awaitable[None]] | None = getattr(self, f"on_{seen.name.replace('.', '_')}", None)
        if act is None:
            raise Lost(f"{self.badge} at {self.terminal.name} does not know what to do: {seen}")
        await act(seen)

    def is_in_the_middle(self) -> bool:
        return True

    async def wait(self, why: str, seconds: float = A_MOMENT) -> None:
        """Nothing to do now."""
        self.terminal.waiting = why
        await asyncio.sleep(seconds)
        self.terminal.waiting = ""
        self.terminal.moved = time.monotonic()

    def made(self, mistake: str) -> None:
        self.terminal.counts.mistakes[mistake] += 1

    def spelling(self, goods: Goods, lot: str = "") -> str:
        """One of the codes on the goods."""
        return self.mistakes.chance.choice(goods.spellings(lot if goods.lot_controlled else ""))

    # What everybody meets

    async def on_setup_first(self, _: Sight) -> None:
        """The terminal has not heard from its hub yet."""
        await self.wait("the hub")

    async def on_sign_badge(self, _: Sight) -> None:
        await self.terminal.scan(f"BDG-{self.badge}")

    async def on_sign_pin(self, _: Sight) -> None:
        await self.terminal.type(self._pin)

    async def on_sign_work(self, seen: Sight) -> None:
        await self.terminal.choose(seen.codes.index(f"CMD-{self.work.upper()}"))

    async def on_menu(self, seen: Sight) -> None:
        """Opened to change to other work."""
        await self.terminal.choose(seen.choices.index("Other work"))

    async def on_which(self, _: Sight) -> None:
        await self.terminal.choose(0)
