"""Facts whose keys the hub has given to others before they came, or came back.

It happens where a device's disk was copied and both copies went on, or where an old image of a disk, guard and all, and
a backup of the hub are put back at about the same time: the device says something new under a key that only others
still know to be taken. Such a fact gets a key of its own, made from what it says. Whoever holds it, and be it another
copy of the disk, makes the same, so it comes to the hub once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wms.store import journal
from wms.store.journal import Line

_BYTES = 6  # of the hash: what every JSON reader keeps exactly


def orphaned(line: Line) -> tuple[int, int]:
    """The epoch and n of the fact once its own were taken. No device ever records in an epoch below 0, and such a fact
    is given back to the hub (`wms.sync.tail.lost`), never pushed."""
    digest = journal.chain(journal.CHAIN_START, line)
    return -1 - int.from_bytes(digest[:_BYTES], "big"), 1


def give_keys(connection: Any, lines: Sequence[Line]) -> None:
    """Give these unconfirmed facts such keys; they come after what was lost before, in this order."""
    connection.executemany(
        "UPDATE journal SET epoch = ?, n = ? WHERE device = ? AND epoch = ? AND n = ?",
        [(*orphaned(line), line.device, line.epoch, line.n) for line in lines],
    )
    count_as_lost(connection)


def count_as_lost(connection: Any) -> None:
    """Let facts with such keys be given back, whether the hub ever had them or not."""
    connection.execute(
        "UPDATE journal SET was = seq + (SELECT coalesce(max(max(position), max(was)), 0) FROM journal)"
        " WHERE position IS NULL AND was IS NULL AND epoch < 0"
    )


def make_way(connection: Any, lines: Sequence[Line]) -> int:
    """Give lost facts new keys where the hub's facts in `lines` bear theirs. Returns how many."""
    if connection.execute("SELECT 1 FROM journal WHERE was IS NOT NULL LIMIT 1").fetchone() is None:
        return 0
    held, made = journal.held_among(connection, lines), 0
    for line in lines:
        kept = held.get(line.key)
        if kept is not None and kept.position is None and not journal.same(kept, line):
            made += connection.execute(
                "UPDATE journal SET epoch = ?, n = ?"
                " WHERE device = ? AND epoch = ? AND n = ? AND position IS NULL AND was IS NOT NULL",
                (*orphaned(kept), line.device, line.epoch, line.n),
            ).rowcount
    return made


def waiting(connection: Any) -> int:
    """How many of them the hub has not numbered yet."""
    return int(connection.execute("SELECT count(*) FROM journal WHERE was IS NOT NULL AND epoch < 0").fetchone()[0])
