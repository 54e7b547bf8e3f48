"""Sound messages of terminals, and what chance makes of them."""

from __future__ import annotations

import json
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63), 10**400, 1.5, 1e308),
    *("", "0", "x" * 5_000, "\0", "a\0b", "'; DROP TABLE hub_event; --", "%s%n%(x)s", "../../etc/passwd"),
    *("\u202e\u2066", "𠮷🏴‍☠️", "\ud800", "\udfff\ud800", "AAAA", "====", "\n", "Infinity"),
    *([], [[]], {}, {"": {}}, [None] * 600, {"device": "T1"}),
)

MOVED = {"sku": "S", "lot": "", "quantity": 3, "source": "A", "target": "B"}
FACT = ["T1", 1, 1, None, 1_700_000_000_000, "P1", "StockMoved", MOVED]
KEYS = [["O1:k", "QUFB"], ["O2:k", None]]
HELLO = {"device": "T1", "epoch": 1, "n": 0, "session": "run-1", "previous": "", "lives": [["a", 0], ["b", 7]]}
LEASE = {"carrier": "SF", "device": "T1", "epoch": 1}
MESSAGES: dict[str, Any] = {
    "/v1/push": {"device": "T1", "epoch": 1, "first": 1, "facts": [FACT], "keys": KEYS, "chain": ""},
    "/v1/return": {"facts": [FACT]},
    "/v1/hello": HELLO | {"head": 0, "mark": ["T1", 1, 1], "forked": False},
    "/v1/ask": {"request": "r1", "person": "P1", "command": "LeaseWaybills", "body": LEASE},
    "/v1/enrol": {"code": "AAAA-BBBB", "device": "T2", "public_key": "QUFB"},
}
PULLS = ("after", "keys_after", "limit", "wait")


def spoilt(message: Any, steps: list[int], odd: Any) -> Any:
    """The message with what lies at the end of the steps taken away (`odd` is `...`) or replaced."""
    if not steps or not isinstance(message, dict | list) or not message:
        return odd if odd is not ... else None
    keys: list[Any] = list(message) if isinstance(message, dict) else list(range(len(message)))
    key = keys[steps[0] % len(keys)]
    changed = dict(message) if isinstance(message, dict) else list(message)
    if len(steps) == 1 and odd is ...:
        del changed[key]
    else:
        changed[key] = spoilt(message[key], steps[1:], odd)
    return changed


def written(message: Any, cut: int, flip: int) -> bytes:
    """As JSON, cut off or with a bit turned over where these are not 0."""
    text = json.dumps(message).encode()
    if cut:
        text = text[: cut % (len(text) + 1)]
    if flip and text:
        at = flip % len(text)
        text = text[:at] + bytes((text[at] ^ (1 << flip % 8),)) + text[at + 1 :]
    return text
