"""Names by pattern: ranges such as `A-01..A-07`, and bins' names with placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

MOST_NAMES = 2000

_RANGE = re.compile(r"(\S+)\s*\.\.\s*(\S+)(?:\s+step\s+([1-9][0-9]{0,3}))?")
_COUNTED = re.compile(r"(.*?)([0-9]{1,9}|[A-Za-z])")


class BadNames(ValueError):
    """That is no list of names."""


class TooMany(BadNames):
    """More than `MOST_NAMES`."""


def names(text: str) -> tuple[str, ...]:
    """The names that a list of names and ranges means. Figures keep their leading zeros, and ranges may run down.

    Raises `BadNames`, or `TooMany`.

    >>> names("A-01..A-03"), names("7..1 step 3"), names("C..E, G")
    (('A-01', 'A-02', 'A-03'), ('7', '4', '1'), ('C', 'D', 'E', 'G'))
    """
    found: list[str] = []
    for part in text.split(","):
        for name in _part(part.strip()):
            found.append(name)
            if len(found) > MOST_NAMES:
                raise TooMany(text)
    return tuple(found)


def _part(text: str) -> Iterator[str]:
    if ".." not in text:
        if not text or any(c.isspace() for c in text):
            raise BadNames(text)
        yield text
        return
    whole = _RANGE.fullmatch(text)
    first, last = (_COUNTED.fullmatch(whole[n]) for n in (1, 2)) if whole else (None, None)
    if whole is None or first is None or last is None or first[1] != last[1]:
        raise BadNames(text)
    step = int(whole[3] or 1)
    if first[2].isdigit() and last[2].isdigit():
        wide = len(first[2]) if first[2].startswith("0") or last[2].startswith("0") else 1
        for number in _steps(int(first[2]), int(last[2]), step):
            yield f"{first[1]}{number:0{wide}d}"
    elif first[2].isalpha() and last[2].isalpha() and first[2].isupper() == last[2].isupper():
        for letter in _steps(ord(first[2]), ord(last[2]), step):
            yield f"{first[1]}{chr(letter)}"
    else:
        raise BadNames(text)


def _steps(first: int, last: int, step: int) -> range:
    return range(first, last + 1, step) if first <= last else range(first, last - 1, -step)


def placeholders(pattern: str) -> set[str] | None:
    """The names in braces; None if the pattern is broken."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return None
    if any(spec or conversion for _, name, spec, conversion in parts if name is not None):
        return None
    return {name for _, name, _, _ in parts if name is not None}
