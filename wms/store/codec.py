"""Events to JSON and back, by the name of their type. Unknown fields are ignored, new ones have defaults."""

from __future__ import annotations

import re
from typing import Any, cast, get_args

import msgspec

from wms.domain.bounds import is_bounded
from wms.domain.events import Event, FactUnreadable

_TYPES: dict[str, type] = {kind.__name__: kind for kind in get_args(Event) if kind is not FactUnreadable}
_ENCODER = msgspec.json.Encoder()
_LONG_NUMBER = re.compile(r"\d{16}")
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {}


def kind_of(event: Event) -> str:
    return event.kind if isinstance(event, FactUnreadable) else type(event).__name__


def encode(event: Event) -> str:
    return event.text if isinstance(event, FactUnreadable) else _ENCODER.encode(event).decode()


def knows(kind: str) -> bool:
    return kind in _TYPES


def decode(kind: str, body: str | bytes) -> Event:
    """The event of that kind; `FactUnreadable` if this version has none, the body does not fit it, or a number in it is
    larger than any can be.

    Every node of a version reads the same bytes the same way, so what can't be read is equal everywhere too.
    """
    decoder = _DECODERS.get(kind)
    try:
        if decoder is None:
            decoder = _DECODERS[kind] = msgspec.json.Decoder(_TYPES[kind])
        event = decoder.decode(body)
    except (KeyError, ValueError):
        event = None
    text = body if isinstance(body, str) else body.decode()
    if event is None or (_LONG_NUMBER.search(text) and not is_bounded(event)):
        return FactUnreadable(kind, text)
    return cast("Event", event)
