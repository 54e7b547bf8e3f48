"""The hub's memory of how far it had come, outside its database.

Positions that terminals have seen must never be given to other facts. So after each commit, and before anybody is told
of it, the head is written to a small file. A database whose head is behind that file is an older copy put back: the
hub then begins a new life, and terminals give back what it has lost.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

SIZE = 128


class _Record(msgspec.Struct, frozen=True):
    head: int


class Lineage:
    """Open at start; `raise_to` after each commit."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        self._head = self._read()

    @property
    def remembers(self) -> bool:
        return self._head is not None

    def is_behind(self, head: int) -> bool:
        """Whether a database that has come to `head` is older than what is remembered. Where nothing is remembered (a
        new machine, a file that a power cut tore) it may be: a life too many harms nobody."""
        return self._head is None or head < self._head

    def raise_to(self, head: int, *, anew: bool = False) -> None:
        """`anew` forgets what was before: a life has begun."""
        if anew or self._head is None or head > self._head:
            self._head = head
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, msgspec.json.encode(_Record(head)).ljust(SIZE))

    def _read(self) -> int | None:
        os.lseek(self._fd, 0, os.SEEK_SET)
        try:
            return msgspec.json.decode(os.read(self._fd, SIZE).rstrip(b"\0 "), type=_Record).head
        except msgspec.DecodeError:
            return None

    def close(self) -> None:
        os.close(self._fd)
