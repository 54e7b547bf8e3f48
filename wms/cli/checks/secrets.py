"""How the database lies on the disk, and who may read its key."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from wms.cli.checks.finding import Finding, Subject, look, ok


def at_rest(subject: Subject) -> Iterator[Finding]:
    """Whether who takes the disk can read it."""
    from wms.store.at_rest import described

    place = subject.config.store_key
    if subject.rows is None:
        return  # said already
    says = described(subject.folder)
    if place == "none":
        yield ok("encryption", f"{says}: who takes the disk can read it. To change that: wms data encrypt file:PATH")
        return
    key = Path(place[5:]).expanduser() if place.startswith("file:") else None
    if key is not None and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield look("encryption", f"{says}, which others may read", f"chmod 600 {key}")
    elif key is not None and key.resolve().is_relative_to(subject.folder.resolve()):
        yield look("encryption", f"{says}, beside the data: whoever takes one has both", "keep it on another medium")
    else:
        yield ok("encryption", f"{says}. A copy of the key belongs in a safe: wms data key")
