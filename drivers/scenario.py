"""The written form of a recorded stream: what the scanner was set up to send, and what came when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from drivers.framing import FramingConfig
from drivers.framing_options import DEFAULT_IDLE_MS

_Milliseconds = Annotated[float, msgspec.Meta(ge=0)]
_Hex = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9A-Fa-f]{2})*$")]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario's `config`, for one device; null or absent is the usual value."""

    mode: Literal["line", "stx", "stx_etx", "idle", "ssi", "wedge"] | None = None
    terminators_hex: list[_Hex] | None = None
    idle_ms: _Milliseconds | None = None
    stale_ms: _Milliseconds | None = None
    charset: Literal["ascii", "auto"] | None = None
    code_id: Literal["none", "honeywell", "zebra"] | None = None
    dedupe_ms: _Milliseconds | None = None
    max_len: Annotated[int, msgspec.Meta(ge=1)] | None = None
    prefix_hex: _Hex | None = None
    gs_alt_hex: _Hex | None = None
    handshake: Literal["none", "acknak"] | None = None

    def framing(self) -> FramingConfig:
        said: dict[str, Any] = {
            "mode": "stx" if self.mode == "stx_etx" else "line" if self.mode == "idle" else self.mode,
            "idle_ms": self.idle_ms if self.idle_ms is not None or self.mode != "idle" else DEFAULT_IDLE_MS,
            "stale_ms": self.stale_ms,
            "charset": self.charset,
            "code_id": self.code_id,
            "duplicate_ms": self.dedupe_ms,
            "max_length": self.max_len,
            "handshake": self.handshake,
            "prefix": bytes.fromhex(self.prefix_hex or ""),
            "gs_alternative": bytes.fromhex(self.gs_alt_hex or ""),
        }
        if self.terminators_hex is not None:
            said["terminators"] = tuple(bytes.fromhex(end) for end in self.terminators_hex)
        return FramingConfig(**{name: value for name, value in said.items() if value is not None})


class Chunk(msgspec.Struct, frozen=True):
    """What came at `at_ms`: bytes (`hex`), keys of a wedge (`keys`, each `gap_ms` after the one before), or the cable
    pulled out or put in (`op`)."""

    at_ms: _Milliseconds = 0.0
    dev: str | None = None
    hex: _Hex | None = None
    keys: str | None = None
    gap_ms: _Milliseconds = 0.0
    op: Literal["unplug", "replug", ""] | None = None


class Scenario(msgspec.Struct, frozen=True):
    """One recorded stream. `devices` in `config` gives each device settings beside those they share."""

    chunks: list[Chunk]
    id: str | int | None = None
    config: dict[str, Any] | None = None
    end_ms: _Milliseconds | None = None

    def framing(self, device: str) -> FramingConfig:
        """What that device sends. Raises ValueError for settings nobody knows or that can't be."""
        shared = dict(self.config or {})
        own = (shared.pop("devices", None) or {}).get(device) or {}
        return msgspec.convert({**shared, **own}, Settings).framing()

    @property
    def devices(self) -> list[str]:
        """All that are named, '' for the one that is not."""
        configured = (self.config or {}).get("devices") or {}
        if not isinstance(configured, dict):
            raise ValueError("`devices` must be an object of settings by name")
        return sorted({*configured, *(chunk.dev or "" for chunk in self.chunks)}) or [""]


def read_scenario(written: Mapping[str, Any]) -> Scenario:
    """Raises ValueError saying what is wrong and where."""
    return msgspec.convert(written, Scenario)
