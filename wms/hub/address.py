"""Where a hub listens, left in its folder for the commands beside it; it outlives the hub, which mostly comes back."""

from __future__ import annotations

import contextlib
from pathlib import Path

FILE = "hub.address"


def remember(folder: Path, url: str) -> None:
    """'' where terminals reach the hub elsewhere, through a proxy. A full disk keeps no hub from serving."""
    path = folder / FILE
    with contextlib.suppress(OSError):
        if url:
            path.write_text(url)
        else:
            path.unlink(missing_ok=True)


def last(folder: Path) -> str:
    """'' where none is known."""
    with contextlib.suppress(OSError, ValueError):
        return (folder / FILE).read_text()
    return ""
