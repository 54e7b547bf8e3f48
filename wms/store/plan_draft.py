"""The draft of a plan, kept in the data directory until it is released or dropped: one for all who plan here."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TypeAlias

import msgspec

from wms.planning.wave_draft import WaveDraft
from wms.store.vault import put_in_place, to_disk

FILE = "wave-plan.json"
Stamp: TypeAlias = tuple[int, int]
"""Tells a kept draft from every other: when its file was written, and which file that is."""


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


def written(folder: Path) -> Stamp | None:
    """Which one is kept now; None where there is none."""
    try:
        return _stamp((folder / FILE).stat())
    except OSError:
        return None


def keep(folder: Path, draft: WaveDraft) -> Stamp:
    """Returns what `written` says of it until another is kept. Raises `OSError`; then the one before is still there."""
    descriptor, name = tempfile.mkstemp(".new", f"{FILE}.", folder)  # its own: two programs may keep one at once
    fresh = Path(name)
    try:
        return _stamp(put_in_place(descriptor, fresh, folder / FILE, msgspec.json.encode(draft)))
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def drop(folder: Path) -> None:
    """Raises `OSError`."""
    (folder / FILE).unlink(missing_ok=True)
    to_disk(folder)


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_mtime_ns, found.st_ino
