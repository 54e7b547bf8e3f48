"""The hub's memory of how far it had come, outside its database.

Positions that terminals have seen must never be given to other facts. So after each commit, and before anybody is told
of it, the head is written to a small file. A database whose head is behind that file is an older copy put back: the
hub then goes on under a new lineage, and terminals that followed the old one stop and say so instead of mixing both.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

SIZE = 128


class _Record(msgspec.Struct, frozen=True):
    lineage: str
    head: int


class Lineage:
    """Open at start; `raise_to` after each commit. `restored` says that a new lineage began on an older copy."""

    def __init__(self, path: Path, head_of_database: Callable[[], int], *, restored: bool = False) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        record = self._read()
        head = head_of_database()
        self.restored = record is not None and (restored or head < record.head)
        keep = record is not None and not self.restored
        self.name = record.lineage if record is not None and keep else secrets.token_hex(8)
        self._head = -1
        self.raise_to(head)

    def raise_to(self, head: int) -> None:
        if head > self._head:
            self._head = head
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, msgspec.json.encode(_Record(self.name, head)).ljust(SIZE))

    def _read(self) -> _Record | None:
        """None in a new file, and where a power cut tore it: then nothing is known, and a new lineage begins."""
        os.lseek(self._fd, 0, os.SEEK_SET)
        try:
            return msgspec.json.decode(os.read(self._fd, SIZE).rstrip(b"\0 "), type=_Record)
        except msgspec.DecodeError:
            return None

    def close(self) -> None:
        os.close(self._fd)
