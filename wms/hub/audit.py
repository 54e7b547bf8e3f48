"""Who let whom in or out, and what else was done to the hub itself: lines that are only ever added."""

from __future__ import annotations

import getpass
import os
from typing import Literal, TypeAlias

from wms.domain.records import Record
from wms.hub.database import Session

Act: TypeAlias = Literal[
    "init",
    "certificate",
    "code",
    "enrolled",
    "revoked",
    "client",
    "client_revoked",
    "webhook_disabled",
    "backup",
    "restore",
    "life",
    "returned",
    "erase",
]


class Entry(Record):
    """`at` in UTC seconds; `actor` is `cli:ACCOUNT`, `terminal:DEVICE` or `client:NAME`; `subject` whom or what it was
    done to."""

    serial: int
    at: int
    actor: str
    act: str
    subject: str
    detail: str


def note(session: Session, warehouse: str, at: int, actor: str, act: Act, subject: str, detail: str = "") -> None:
    """Add a line, in the transaction of the act itself. Personal data and secrets have no place in it."""
    while True:
        found = session.execute("SELECT coalesce(max(serial), 0) FROM hub_audit WHERE wh = ?", (warehouse,))
        serial = found.fetchone()[0] + 1
        taken = session.execute(
            "INSERT INTO hub_audit (wh, serial, at, actor, act, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING serial",
            (warehouse, serial, at, actor, act, subject, detail),
        )
        if taken.fetchone() is not None:
            return  # else another act took this serial at the same moment


def entries(session: Session, warehouse: str, after: int = 0, limit: int = 1000) -> list[Entry]:
    """The lines after a serial, oldest first."""
    found = session.execute(
        "SELECT serial, at, actor, act, subject, detail FROM hub_audit WHERE wh = ? AND serial > ?"
        " ORDER BY serial LIMIT ?",
        (warehouse, after, limit),
    )
    return [Entry(*row) for row in found.fetchall()]


def account() -> str:
    """Who acts at a shell: the account of the system."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in containers
        return f"cli:{os.getuid()}"
