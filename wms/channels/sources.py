"""Sources: files as bytes that can be read again from the beginning; nobody here opens one by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

MOST_BYTES = 256 * 1024 * 1024  # of a table
MOST_BOOK_BYTES = 32 * 1024 * 1024  # of a workbook, which is held whole
MOST_JSON_BYTES = 8 * 1024 * 1024  # of JSON, which takes thirty times as much when it is held whole
MOST_RECORDS = 300_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its `name` for people, its `size` in bytes, and how to read it from the beginning."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    def head(self, count: int) -> bytes:
        with self.open() as file:
            return file.read(count)

    def ends_in_a_line(self) -> bool:
        """Whether its last line has no end: it was written so, or was cut off."""
        with self.open() as file:
            file.seek(max(0, self.size - 4))
            return not file.read(4).rstrip(b"\0").endswith((b"\n", b"\r"))


def of_bytes(name: str, data: bytes) -> Source:
    return Source(name, len(data), lambda: io.BytesIO(data))
