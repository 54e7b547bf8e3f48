"""The hub's memory of how far it had come, and in which life, outside its database.

Positions that terminals have seen must never be given to other facts. So after each commit, and before anybody is told
of it, the head is written to a small file. A database whose head is behind that file, or that has never heard of the
life named there, is an older copy put back: the hub then begins a new life, and terminals give back what it has lost.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import msgspec

SIZE = 128


class _Record(msgspec.Struct, frozen=True):
    head: int
    life: str = ""  # in files older than that


class Lineage:
    """Open at start; `raise_to` after each commit."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        self._known = self._read()

    @property
    def remembers(self) -> bool:
        return self._known is not None

    def is_behind(self, head: int, lives: Collection[str]) -> bool:
        """Whether a database that has come to `head` in `lives` is older than what is remembered. Where nothing is
        remembered (a new machine, a file that a power cut tore) it may be: a life too many harms nobody."""
        known = self._known
        return known is None or head < known.head or (bool(known.life) and known.life not in lives)

    def raise_to(self, head: int, life: str) -> None:
        """The journal has come to `head`, which may be less only where another life has begun."""
        known = self._known
        if known is None or head > known.head or life != known.life:
            self._known = _Record(head, life)
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, msgspec.json.encode(self._known).ljust(SIZE))

    def _read(self) -> _Record | None:
        os.lseek(self._fd, 0, os.SEEK_SET)
        try:
            return msgspec.json.decode(os.read(self._fd, SIZE).rstrip(b"\0 "), type=_Record)
        except msgspec.DecodeError:
            return None

    def close(self) -> None:
        os.close(self._fd)
