"""What devices sent, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from drivers.readable import readable

SHOWN_BYTES = 64
_HEX_PER_LINE = 16

Event: TypeAlias = dict[str, Any]
"""A line of `wms devices test --json`."""


def lines(event: Event) -> Iterator[str]:
    """An event as people read it."""
    name = event["device"]
    match event["type"]:
        case "state":
            yield f"{name}: {event['state']} ({event['port']})" + (f": {event['why']}" if event["why"] else "")
        case "bytes":
            yield from _bytes_lines(event)
        case "read" if event["fault"]:
            yield f"{name} => {event['fault']}: not taken as a code"
        case "read":
            kind = f" = {event['symbology']}" if event["symbology"] else ""
            yield f"{name} => {readable(event['text'].encode())}   {event['aim'] or 'no AIM id'}{kind}"
            if event["result"] == "ais":
                yield "    GS1: " + "  ".join(f"({identifier}) {value}" for identifier, value in event["ais"])
            elif event["result"] == "reject":
                yield f"    says it is GS1, but it is not: {event['reason'].replace('_', ' ')}"
            if event["meaning"]:
                said = ", ".join(f"{key} {value}" for key, value in event["meaning"].items() if value and key != "type")
                yield f"    here: {event['meaning']['type']} {said}"
        case "weight":
            shown = "no weight" if event["grams"] is None else f"{event['grams']} g"
            yield f"{name} => {shown}, {event['status']}   {event['protocol'] or 'protocol not known yet'}"
        case "signal":
            yield f"{name} <= {event['signal']}"
        case "printer":
            yield f"{name}: {event['says']}" + (f" -> {event['mend']}" if event["mend"] else "")


def _bytes_lines(event: Event) -> Iterator[str]:
    data = bytes.fromhex(event["hex"])
    for start in range(0, min(len(data), SHOWN_BYTES), _HEX_PER_LINE):
        part = data[start : start + _HEX_PER_LINE]
        yield f"{event['device']}  {part.hex(' '):<{_HEX_PER_LINE * 3}} {readable(part)}"
    if len(data) > SHOWN_BYTES:
        yield f"{event['device']}  … and {len(data) - SHOWN_BYTES} bytes more"
