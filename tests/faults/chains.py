"""The hub's hashes over what each device said, reckoned again from its journal (SHA-256 over the hash before, the key
and circumstances as a JSON array, and the body as written; 32 zero bytes before the first)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

KEPT = "SELECT device, epoch, last_n, chain FROM hub_epoch"
"""What the hub of one warehouse remembers, in either engine."""
SAID = "SELECT device, epoch, n, at, person, kind, body FROM journal WHERE position IS NOT NULL ORDER BY position"

Come = dict[tuple[str, int], tuple[int, bytes]]
"""(device, epoch) to (last n, hash)."""


def kept(rows: Iterable[tuple[Any, ...]]) -> Come:
    """What `KEPT` found."""
    return {(device, epoch): (n, bytes(chain)) for device, epoch, n, chain in rows}


def reckoned(lines: Iterable[tuple[Any, ...]]) -> Come:
    """The same from what `SAID` found."""
    come: Come = {}
    for device, epoch, n, at, person, kind, body in lines:
        said = json.dumps((device, epoch, n, at, person, kind), separators=(",", ":"), ensure_ascii=False)
        before = come.get((device, epoch), (0, bytes(32)))[1]
        come[device, epoch] = n, hashlib.sha256(before + said.encode() + body.encode()).digest()
    return come


def differences(hubs: Come, own: Come) -> list[str]:
    """The hub's own decisions bear no chain: only what it remembers is compared."""
    return [
        f"{device}/{epoch}: {come[0]}, {come[1].hex()[:8]} by the hub, otherwise by the journal"
        for (device, epoch), come in sorted(hubs.items())
        if own.get((device, epoch)) != come
    ]
