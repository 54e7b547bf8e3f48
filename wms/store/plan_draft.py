"""The draft of a plan, kept in the data directory until it is released or dropped: one for all who plan here."""

from __future__ import annotations

from pathlib import Path

import msgspec

from wms.planning.wave_draft import WaveDraft
from wms.store.vault import keep_private, to_disk

FILE = "wave-plan.json"


class BadDraft(ValueError):
    """The file is there and can't be read."""


def kept(folder: Path) -> WaveDraft | None:
    """None where there is none. Raises `BadDraft`."""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadDraft(f"{folder / FILE}: {error.strerror or error}") from error
    try:
        return msgspec.json.decode(content, type=WaveDraft)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadDraft(f"{folder / FILE}: {error}") from error


def written(folder: Path) -> int | None:
    """When it was kept, as figures of the file system; None where there is none."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return None


def keep(folder: Path, draft: WaveDraft) -> None:
    """Raises `OSError`; then the one before is still there."""
    keep_private(folder / FILE, msgspec.json.encode(draft))


def drop(folder: Path) -> None:
    """Raises `OSError`."""
    (folder / FILE).unlink(missing_ok=True)
    to_disk(folder)
