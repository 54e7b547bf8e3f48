"""Recorded byte streams through the framing again, in virtual time: a scenario in, its reads and events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.framing import Frame, Framer, FramingConfig
from drivers.framing_options import DEFAULT_IDLE_MS

_MODE_NAMES = {"stx_etx": "stx", "idle": "line"}
_FIELDS: dict[str, str] = {
    "idle_ms": "idle_ms",
    "stale_ms": "stale_ms",
    "charset": "charset",
    "code_id": "code_id",
    "dedupe_ms": "duplicate_ms",
    "max_len": "max_length",
}
_HEX_FIELDS = {"prefix_hex": "prefix", "gs_alt_hex": "gs_alternative"}


def framing_of(config: Mapping[str, Any]) -> FramingConfig:
    """The framing a scenario's `config` object describes. Raises ValueError for keys nobody knows."""
    known = {*_FIELDS, *_HEX_FIELDS, "mode", "terminators_hex", "devices"}
    if unknown := sorted(set(config) - known):
        raise ValueError(f"unknown framing key {unknown[0]!r}")
    values: dict[str, Any] = {ours: config[key] for key, ours in _FIELDS.items() if config.get(key) is not None}
    values |= {ours: bytes.fromhex(config[key]) for key, ours in _HEX_FIELDS.items() if config.get(key)}
    if (ends := config.get("terminators_hex")) is not None:
        values["terminators"] = tuple(bytes.fromhex(end) for end in ends)
    mode = config.get("mode", "line")
    if mode == "idle":
        values.setdefault("idle_ms", DEFAULT_IDLE_MS)
    return FramingConfig(mode=_MODE_NAMES.get(mode, mode), **values)


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


def _steps(chunk: Mapping[str, Any]) -> list[_Step]:
    at, device, operation = float(chunk.get("at_ms", 0)), chunk.get("dev") or "", chunk.get("op") or ""
    if operation not in ("", "unplug", "replug"):
        raise ValueError(f"unknown op {operation!r}")
    if operation:
        return [_Step(at, device, operation=operation)]
    if "keys" in chunk:
        gap = float(chunk.get("gap_ms", 0))
        return [_Step(at + number * gap, device, key.encode()) for number, key in enumerate(chunk["keys"])]
    return [_Step(at, device, bytes.fromhex(chunk["hex"]))]


class _Stage:
    def __init__(self, config: Mapping[str, Any], devices: set[str]) -> None:
        own = config.get("devices") or {}
        common = {key: value for key, value in config.items() if key != "devices"}
        self.framers = {
            name: Framer(framing_of({**common, **(own.get(name) or {})})) for name in sorted({*own, *devices})
        }
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
    Raises ValueError or KeyError when it is malformed.
    """
    steps = [step for chunk in scenario["chunks"] for step in _steps(chunk)]
    steps.sort(key=lambda step: step.at)  # stable: chunks of the same time stay in their order
    stage = _Stage(scenario.get("config") or {}, {step.device for step in steps})
    for step in steps:
        stage.play(step)
    last = steps[-1].at if steps else 0.0
    stage.run_until(float(scenario.get("end_ms", last + 1500)))
    return stage.replayed
