"""What the tests of scales share: a simulator written apart from this project, and a scale of ours that keeps notes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

from drivers.scale import Reading, Scale
from drivers.weighing_frames import Command, CommandResult


def eventually(condition: Callable[[], object], timeout_s: float = 8.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.005)


def frame_maker(outside: ModuleType, protocol: str, **settings: Any) -> Any:
    """The simulator without its pseudo-terminal and its threads: `do` what lies there, then `frame()`."""
    maker = outside.FakeScale.__new__(outside.FakeScale)
    plain = {
        "protocol": protocol, "decimals": 3, "unit": "kg", "checksum": True, "capacity": Decimal(30),
        "jitter": Decimal("0.004"), "rng": random.Random(1), "gross_value": Decimal(0), "tare": Decimal(0),
        "stable": True, "state": "ok", "show_net": False, "_ramp": None, "_lock": outside.threading.RLock(),
        "t0": time.monotonic(), "_rec": None, "on_event": None,
    }  # fmt: skip
    for name, value in (plain | settings).items():
        setattr(maker, name, value)
    return maker


class Pan:
    """A scale of ours and all it read."""

    def __init__(self, address: str, protocol: str) -> None:
        self.readings: list[Reading] = []
        self.states: list[str] = []
        self.results: list[tuple[Command, CommandResult]] = []
        self.began = time.monotonic()
        self.scale = Scale(
            address,
            protocol,
            self.readings.append,
            self.states.append,
            on_result=lambda command, result: self.results.append((command, result)),
        )

    def __enter__(self) -> Pan:
        self.began = time.monotonic()
        self.scale.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.scale.stop()

    def shows(self, grams: str | None, status: str) -> None:
        wanted = (None if grams is None else Decimal(grams), status)
        eventually(lambda: self.scale.last and (self.scale.last.grams, self.scale.last.status) == wanted)

    def says(self, *statuses: str) -> None:
        """Waits until it has one of these."""
        eventually(lambda: self.scale.last and self.scale.last.status in statuses)

    def answered(self, *results: tuple[str, str]) -> None:
        """Waits until the commands had exactly these results."""
        eventually(lambda: self.results == list(results))

    def booked(self) -> set[Decimal]:
        return {reading.grams for reading in self.readings if reading.bookable and reading.grams is not None}
