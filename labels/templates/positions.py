"""Where in a TOML text each key stands. tomllib tells places for syntax only, not for what it understood.

The text must be one that tomllib reads: strings, comments and brackets are skipped, not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""How to come to a value: keys of tables and places in arrays."""


class Position(NamedTuple):
    """Row and column, both from 1."""

    row: int
    column: int


def positions(source: str) -> Mapping[KeyPath, Position]:
    """The position of every key, table and array entry of `source`."""
    return _Scanner(source).run()


def position(source: str, path: KeyPath) -> Position:
    """Where `path` stands, or what contains it if the text lacks it."""
    known = positions(source)
    while path and path not in known:
        path = path[:-1]
    return known.get(path, Position(1, 1))


class _Scanner:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._found: dict[KeyPath, Position] = {}
        self._tables: dict[KeyPath, int] = {}

    def run(self) -> dict[KeyPath, Position]:
        table: KeyPath = ()
        while self._skip_blank():
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _header(self) -> KeyPath:
        start, is_array = self._at, self._source.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *outer, last = self._key()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for key in outer:
            path = self._newest((*path, key))
        path = (*path, last)
        self._mark(path, start)
        if is_array:
            self._tables[path] = self._tables.get(path, -1) + 1
            path = self._newest(path)
            self._mark(path, start)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        keys = self._key()
        for length in range(1, len(keys) + 1):
            self._mark((*table, *keys[:length]), start)
        self._at += 1  # =
        self._skip_blank()
        self._value((*table, *keys))

    def _key(self) -> list[str]:
        """A dotted key, and the blanks behind it."""
        keys: list[str] = []
        while True:
            self._skip_spaces()
            start = self._at
            if self._next() in ("'", '"'):
                self._string()
                keys.append(self._source[start + 1 : self._at - 1])
            else:
                while self._next().isalnum() or self._next() in ("_", "-"):
                    self._at += 1
                keys.append(self._source[start : self._at])
            self._skip_spaces()
            if self._next() != ".":
                return keys
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        match self._next():
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case "'" | '"':
                self._string()
            case _:
                while self._at < len(self._source) and self._next() not in ",]}#\n":
                    self._at += 1

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        place = 0
        while self._skip_blank() and self._next() != "]":
            if self._next() == ",":
                self._at += 1
                continue
            self._mark((*path, place), self._at)
            self._value((*path, place))
            place += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip_blank() and self._next() != "}":
            if self._next() == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1

    def _string(self) -> None:
        quote = self._next()
        fence = quote * 3 if self._source.startswith(quote * 3, self._at) else quote
        self._at += len(fence)
        while not self._source.startswith(fence, self._at):
            self._at += 2 if quote == '"' and self._next() == "\\" else 1
        self._at += len(fence)
        while len(fence) == 3 and self._next() == quote:  # quotes may stand before the closing three
            self._at += 1

    def _skip_blank(self) -> bool:
        """Go to what comes after blanks, ends of lines and comments; False at the end of the text."""
        while self._at < len(self._source) and self._next() in " \t\r\n#":
            if self._next() == "#":
                end = self._source.find("\n", self._at)
                self._at = len(self._source) if end < 0 else end
            else:
                self._at += 1
        return self._at < len(self._source)

    def _skip_spaces(self) -> None:
        while self._next() in (" ", "\t"):
            self._at += 1

    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _mark(self, path: KeyPath, at: int) -> None:
        row = self._source.count("\n", 0, at) + 1
        self._found.setdefault(path, Position(row, at - self._source.rfind("\n", 0, at)))
