"""Where in a TOML text something stands, so that a mistake in a site's own file can be found at once."""

from __future__ import annotations

import re


class TomlLines:
    """The lines of one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def line_of(self, path: tuple[str, ...]) -> int:
        """The number of the line of the key, else of the table it stands in; 0 if neither is found."""
        table: tuple[str, ...] = ()
        found = 0
        for number, line in enumerate(self._lines, 1):
            if head := re.match(r"\s*\[+([^\]]+)\]", line):
                table = _names(head[1])
                here = table
            elif key := re.match(r"\s*([^=#]+?)\s*=", line):
                here = (*table, *_names(key[1]))
            else:
                continue
            if here == path:
                return number
            if here == path[: len(here)]:
                found = number
        return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
