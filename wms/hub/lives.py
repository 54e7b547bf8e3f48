"""The lives of a hub's journal. Putting an older copy back begins a new one, which branches from the old at a position.

Terminals followed some of them. What the hub and a terminal have in common ends where their lives part.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from wms.domain.catalogue import Carrier
from wms.domain.ids import DeviceId
from wms.hub import audit
from wms.hub.database import Session
from wms.sync.wire import Life

NUMBERS_JUMP = 10_000
"""So many numbers of each carrier's range are left out when a life begins: far more than can have been leased out after
the copy was made, and every one of those may be on paper."""


WAVES_JUMP = 1_000
"""Likewise of wave numbers: lines of walks are known by them, and somebody may be picking for one that was lost."""


def floor_of(carrier: Carrier) -> int:
    """The counter up to which nothing of a carrier's range is leased out in a new life; a short range keeps half."""
    left = carrier.last - carrier.next + 1
    return carrier.next + min(NUMBERS_JUMP, max(left, 0) // 2)


def lives(session: Session, wh: str) -> tuple[Life, ...]:
    """All lives, the oldest first."""
    found = session.execute("SELECT life, branched FROM hub_life WHERE wh = ? ORDER BY serial", (wh,)).fetchall()
    return tuple(Life(name, branched) for name, branched in found)


def names(session: Session, wh: str) -> frozenset[str]:
    return frozenset(life.name for life in lives(session, wh))


def present(session: Session, wh: str) -> tuple[str, DeviceId] | None:
    """The present life's name and the hub's own name in it; None before the first."""
    sql = "SELECT life, device FROM hub_life WHERE wh = ? ORDER BY serial DESC LIMIT 1"
    row = session.execute(sql, (wh,)).fetchone()
    return None if row is None else (row[0], DeviceId(row[1]))


def begin(
    session: Session, wh: str, branched: int, now: int, device: DeviceId | None = None, *, actor: str = "hub"
) -> tuple[str, DeviceId]:
    """Begin the next life at position `branched`, on the word of `actor`; the hub's own name is a new one, so none of
    its keys comes twice."""
    row = session.execute("SELECT coalesce(max(serial), 0) FROM hub_life WHERE wh = ?", (wh,)).fetchone()
    name = secrets.token_hex(8)
    own = device or DeviceId(f"H{secrets.token_hex(3).upper()}")
    session.execute(
        "INSERT INTO hub_life (wh, serial, life, branched, device, began) VALUES (?, ?, ?, ?, ?, ?)",
        (wh, row[0] + 1, name, branched, own, now),
    )
    session.execute(  # what comes after the branch is told, though other facts were told in its place
        "UPDATE hub_webhook SET cursor = CASE WHEN cursor > ? THEN ? ELSE cursor END, holder = '', claimed = 0"
        " WHERE wh = ?",
        (branched, branched, wh),
    )
    audit.note(session, wh, now, actor, "life", name, str(branched))
    return name, own


def begun_since(session: Session, wh: str, since: int) -> int:
    """How many lives have begun since then (UTC seconds)."""
    row = session.execute("SELECT count(*) FROM hub_life WHERE wh = ? AND began >= ?", (wh, since)).fetchone()
    return int(row[0])


def began(session: Session, wh: str) -> int:
    """When the present life began (UTC seconds)."""
    row = session.execute("SELECT began FROM hub_life WHERE wh = ? ORDER BY serial DESC LIMIT 1", (wh,)).fetchone()
    return int(row[0])


def shared(theirs: Sequence[Life], ours: Sequence[Life]) -> int | None:
    """The position up to which both have lived the same; None where they still do, without an end."""
    same = 0
    while same < min(len(theirs), len(ours)) and theirs[same].name == ours[same].name:
        same += 1
    if not same:
        return 0
    ends = [lived[same].branched for lived in (theirs, ours) if len(lived) > same]
    return min(ends, default=None)


def first_end(ours: Sequence[Life]) -> int | None:
    """The position up to which every life that was ever lived here is the same; None where there was but one. So far a
    journal can be trusted whose lives nobody wrote down, as versions before them did not."""
    return min((life.branched for life in ours[1:]), default=None)
