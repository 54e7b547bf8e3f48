"""Epochs are allotted by the hub, to one run of a terminal's program at a time.

A terminal draws a session in memory at each start and says which one came before it. Where the hub last spoke with
another, a copy of that disk has been at work meanwhile. A key made of what is on the disk could not tell the two apart:
both copies would get the same epoch, and the same waybill numbers with it.
"""

from __future__ import annotations

from wms.hub.database import Session
from wms.sync.wire import Hello


def allot(session: Session, wh: str, message: Hello, now: int) -> int:
    """The epoch for this run: its own where nobody else has used it, else a new one. The same run, asking again, gets
    the same answer."""
    known = session.execute(
        "SELECT epoch FROM hub_session WHERE wh = ? AND device = ? AND session = ?",
        (wh, message.device, message.session),
    ).fetchone()
    if known is not None:
        return int(known[0])
    epoch = message.epoch if _may_keep(session, wh, message) else max(_highest(session, wh, message), message.epoch) + 1
    row = session.execute(
        "SELECT coalesce(max(serial), 0) FROM hub_session WHERE wh = ? AND device = ?", (wh, message.device)
    ).fetchone()
    session.execute(
        "INSERT INTO hub_session (wh, device, session, serial, epoch, at) VALUES (?, ?, ?, ?, ?, ?)",
        (wh, message.device, message.session, row[0] + 1, epoch, now),
    )
    return epoch


def _may_keep(session: Session, wh: str, message: Hello) -> bool:
    if message.forked or message.epoch < _highest(session, wh, message):
        return False
    row = session.execute(
        "SELECT last_n FROM hub_epoch WHERE wh = ? AND device = ? AND epoch = ?", (wh, message.device, message.epoch)
    ).fetchone()
    if row is not None and row[0] > message.n:
        return False
    return latest(session, wh, message.device, message.epoch) in ("", message.previous)


def _highest(session: Session, wh: str, message: Hello) -> int:
    values = (wh, message.device)
    pushed = session.execute(
        "SELECT coalesce(max(epoch), 0) FROM hub_epoch WHERE wh = ? AND device = ?", values
    ).fetchone()
    return int(max(pushed[0], highest_given(session, *values)))


def highest_given(session: Session, wh: str, device: str) -> int:
    """The highest epoch that was ever allotted to the device; -1 if none was."""
    row = session.execute(
        "SELECT coalesce(max(epoch), -1) FROM hub_session WHERE wh = ? AND device = ?", (wh, device)
    ).fetchone()
    return int(row[0])


def of_session(session: Session, wh: str, device: str, run: str) -> int | None:
    """The epoch in which that run of the device's program speaks; None where it got none, or another has taken it
    over."""
    row = session.execute(
        "SELECT epoch FROM hub_session WHERE wh = ? AND device = ? AND session = ?", (wh, device, run)
    ).fetchone()
    return int(row[0]) if row is not None and latest(session, wh, device, row[0]) == run else None


def latest(session: Session, wh: str, device: str, epoch: int) -> str:
    """The session that last got that epoch; '' if none did."""
    sql = "SELECT session FROM hub_session WHERE wh = ? AND device = ? AND epoch = ? ORDER BY serial DESC LIMIT 1"
    row = session.execute(sql, (wh, device, epoch)).fetchone()
    return "" if row is None else str(row[0])
