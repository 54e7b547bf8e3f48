"""A scanner of ours at a simulated one, and everything it said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from drivers.framing_options import parse_framing
from drivers.scanner import Read, Scanner


def eventually(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.002)


class Desk:
    """A scanner of ours and everything it said."""

    def __init__(self, address: str, framing: str = "line", feedback: str = "none", on_read: Any = None) -> None:
        self.reads: list[Read] = []
        self.states: list[str] = []
        self.scanner = Scanner(
            address, parse_framing(framing), on_read or self.reads.append, self.states.append, "s1", feedback=feedback
        )

    def __enter__(self) -> Desk:
        self.scanner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.scanner.stop()

    @property
    def texts(self) -> list[str]:
        return [read.text for read in self.reads if not read.fault]

    def wait_state(self, state: str) -> None:
        eventually(lambda: self.states[-1:] == [state])
