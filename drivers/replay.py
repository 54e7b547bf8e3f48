"""Recorded byte streams through the framing again, in virtual time: a scenario in, its reads and events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.framing import Frame, Framer
from drivers.scenario import Chunk, Scenario, read_scenario


@dataclass(slots=True)
class Replayed:
    """What a scenario gave: all frames in order with the device they came from, and what was sent to devices."""

    frames: list[tuple[str, Frame]] = field(default_factory=list)
    replies: list[tuple[str, bytes]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """`scans`, `events` and `host_tx` in the form scenarios give their expectations; `dev` is '' where it names
        no device."""
        return {
            "scans": [
                {"text": frame.text, "data_hex": frame.data.hex(), "aim": frame.aim or None, "dev": device}
                for device, frame in self.frames
                if frame.kind == "scan"
            ],
            "events": [{"type": frame.kind, "dev": device} for device, frame in self.frames if frame.kind != "scan"],
            "host_tx": [reply.hex() for _, reply in self.replies],
        }


@dataclass(frozen=True, slots=True)
class _Step:
    at: float
    device: str
    data: bytes = b""
    operation: str = ""


def _steps(chunk: Chunk) -> list[_Step]:
    device = chunk.dev or ""
    if chunk.op:
        return [_Step(chunk.at_ms, device, operation=chunk.op)]
    if chunk.keys is not None:
        keys = enumerate(chunk.keys)
        return [_Step(chunk.at_ms + number * chunk.gap_ms, device, key.encode()) for number, key in keys]
    if chunk.hex is None:
        raise ValueError(f"the chunk at {chunk.at_ms:g} ms has neither hex, keys nor op")
    return [_Step(chunk.at_ms, device, bytes.fromhex(chunk.hex))]


class _Stage:
    def __init__(self, scenario: Scenario) -> None:
        self.framers = {name: Framer(scenario.framing(name)) for name in scenario.devices}
        self.replayed = Replayed()

    def keep(self, device: str, frames: list[Frame]) -> None:
        self.replayed.frames += [(device, frame) for frame in frames]
        self.replayed.replies += [(device, reply) for reply in self.framers[device].take_replies()]

    def run_until(self, t: float) -> None:
        while True:
            waiting = [(due, name) for name, framer in self.framers.items() if (due := framer.due()) is not None]
            if not waiting or min(waiting)[0] > t:
                return
            due, name = min(waiting)
            self.keep(name, self.framers[name].tick(due))

    def play(self, step: _Step) -> None:
        framer = self.framers[step.device]
        self.run_until(step.at)
        match step.operation:
            case "unplug":
                self.keep(step.device, framer.unplugged(step.at))
            case "replug":
                self.keep(step.device, framer.replugged(step.at))
            case _:
                self.keep(step.device, framer.feed(step.data, step.at))


def replay(scenario: Mapping[str, Any]) -> Replayed:
    """Feed a scenario's chunks at their times, then let the clock run to its `end_ms`.

    A scenario is one object of a `streams.json`: `config`, `chunks` (`at_ms` with `hex`, `keys` or `op`), `end_ms`.
    Raises ValueError saying what is wrong with it.
    """
    read = read_scenario(scenario)
    steps = [step for chunk in read.chunks for step in _steps(chunk)]
    steps.sort(key=lambda step: step.at)  # stable: chunks of the same time stay in their order
    stage = _Stage(read)
    for step in steps:
        stage.play(step)
    last = steps[-1].at if steps else 0.0
    stage.run_until(read.end_ms if read.end_ms is not None else last + 1500)
    return stage.replayed
