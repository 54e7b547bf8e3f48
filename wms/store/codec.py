"""Events to JSON and back, by the name of their type. Unknown fields are ignored, new ones have defaults."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec

from wms.domain.events import Event

_TYPES: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}


class UnknownEvent(ValueError):
    """The journal holds an event this version does not know: a newer version wrote it."""


def kind_of(event: Event) -> str:
    return type(event).__name__


def encode(event: Event) -> str:
    return _ENCODER.encode(event).decode()


def decode(kind: str, body: str | bytes) -> Event:
    """The event of that kind; `UnknownEvent` if this version has none, `ValueError` if the body does not fit."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        known = _TYPES.get(kind)
        if known is None:
            raise UnknownEvent(f"event {kind!r} was written by a newer version: update this terminal")
        decoder = _DECODERS[kind] = msgspec.json.Decoder(known)
    return cast("Event", decoder.decode(body))
