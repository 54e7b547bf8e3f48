"""Only one program does it in a folder of data: two that print would take each other's labels for interrupted ones,
and two that change a small file would overwrite each other's word."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


class Sole:
    """A lock that the system lets go of when the program ends, however it ends."""

    def __init__(self, folder: Path, what: str = "wms.printing") -> None:
        """`what` names the file that is locked."""
        self._path = folder / what
        self._fd: int | None = None

    def mine(self) -> bool:
        """Whether this program is the one; tried anew until it is."""
        if self._fd is None:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                _lock(fd)
            except OSError:
                os.close(fd)
                return False
            self._fd = fd
        return True

    def let_go(self) -> None:
        if self._fd is not None:
            with contextlib.suppress(OSError):
                os.close(self._fd)
            self._fd = None


def _lock(fd: int) -> None:
    """Raises `OSError` where another program holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
