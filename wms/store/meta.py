"""Small things a store remembers about itself, by name."""

from __future__ import annotations

from typing import Any

HEARD = "hub_heard"
"""When a member's hub was last heard of, UTC milliseconds by this device's clock."""

EVENTS = "events"
"""The highest version of events (`wms.domain.events.VERSION`) that has written here."""

CLOCK_PLAY_MS = 5 * 60_000


def unheard(connection: Any, now_ms: int) -> int:
    """For how many seconds the hub was not heard of. A clock that was set back can't tell, so that is for ever."""
    since = now_ms - int(get_meta(connection, HEARD) or 0)
    return since // 1000 if since >= -CLOCK_PLAY_MS else 2**62


def get_meta(connection: Any, name: str) -> str:
    """'' for what was never set."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def set_meta(connection: Any, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
