"""Events to JSON and back, by the name of their type. Unknown fields are ignored, new ones have defaults."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec

from wms.domain.events import Event, FactUnreadable

_TYPES: dict[str, type] = {kind.__name__: kind for kind in get_args(Event) if kind is not FactUnreadable}
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}


def kind_of(event: Event) -> str:
    return event.kind if isinstance(event, FactUnreadable) else type(event).__name__


def encode(event: Event) -> str:
    return event.text if isinstance(event, FactUnreadable) else _ENCODER.encode(event).decode()


def knows(kind: str) -> bool:
    return kind in _TYPES


def decode(kind: str, body: str | bytes) -> Event:
    """The event of that kind; `FactUnreadable` if this version has none, or the body does not fit it.

    Every node of a version reads the same bytes the same way, so what can't be read is equal everywhere too.
    """
    decoder = _DECODERS.get(kind)
    try:
        if decoder is None:
            decoder = _DECODERS[kind] = msgspec.json.Decoder(_TYPES[kind])
        return cast("Event", decoder.decode(body))
    except (KeyError, ValueError):
        return FactUnreadable(kind, body if isinstance(body, str) else body.decode())
