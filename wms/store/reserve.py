"""Room on the disk that is kept for the last work: a file that is deleted when the disk is full.

What is under way can then be recorded and closed. The operator is told for as long as the reserve is gone, and it is
made again once there is room.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
from pathlib import Path

FILE = "wms.reserve"
BYTES = 4 * 1024 * 1024
ROOM = 16  # the disk must have so many times the reserve free before it is made again
LOOK_EVERY_S = 30.0
_CHUNK = 256 * 1024

log = logging.getLogger(__name__)


class Reserve:
    """The reserve of one data directory; used by the thread that writes, asked by others whether it is there."""

    def __init__(self, folder: Path, size: int = BYTES) -> None:
        self._path, self._size = folder / FILE, size
        self._looked = -LOOK_EVERY_S
        self.gone = False
        """Whether the disk was found full and the reserve was given up. False again once it is back."""

    def keep(self) -> None:
        """See to it that the reserve is there, if there is room for it; looks at most twice a minute."""
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY_S:
            return
        self._looked = now
        try:
            if self._path.exists() and self._path.stat().st_size == self._size:
                self.gone = False
            elif shutil.disk_usage(self._path.parent).free >= self._size * (ROOM if self.gone else 2):
                self._make()
                self.gone = False
        except OSError as error:
            log.warning("no reserve could be kept: %s", error)

    def give_up(self) -> bool:
        """Free the room; False if there was none to free."""
        self._looked = time.monotonic()
        self.gone = True
        try:
            self._path.unlink()
        except OSError:
            return False
        log.error("the disk is full: the reserve was given up for the last work")
        return True

    def _make(self) -> None:
        """Bytes that no file system can compress away or leave out."""
        fresh = self._path.with_name(f"{FILE}.new")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                for _ in range(0, self._size, _CHUNK):
                    file.write(os.urandom(min(_CHUNK, self._size)))
                file.truncate(self._size)
            fresh.replace(self._path)
        finally:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
