"""Small things a store remembers about itself, by name."""

from __future__ import annotations

from typing import Any


def get_meta(connection: Any, name: str) -> str:
    """'' for what was never set."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def set_meta(connection: Any, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
