"""A site file in TOML: its tables and values, each with the line it stands in, and what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from math import isfinite
from typing import Any, TypeAlias

from wms.planning.floor_names import MOST_NAMES, BadNames, TooMany, names
from wms.planning.floor_words import Trouble, error

Path: TypeAlias = "tuple[str | int, ...]"

MOST_METRES = 10_000
"""No floor is ten kilometres long: the figure was meant in other units."""

_HEAD = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")
_LINE_OF_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


class Unreadable(ValueError):
    """The text is no TOML; `trouble` says where."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.says)
        self.trouble = trouble


def tables(text: str) -> dict[str, Any]:
    """Raises `Unreadable`."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as bad:
        at = _LINE_OF_SYNTAX.search(str(bad))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        problem = _LINE_OF_SYNTAX.sub("", str(bad)).strip()
        raise Unreadable(error("no_toml", line, problem=problem[:1].lower() + problem[1:])) from bad


def lines_of(text: str) -> dict[Path, int]:
    """The line of each table and key: `("area", 0, "bays")` is that of `bays` in the first [[area]]."""
    found: dict[Path, int] = {}
    counted: dict[str, int] = {}
    here: Path = ()
    for number, line in _outer_lines(text):
        if head := _HEAD.match(line):
            name = head[2].strip().strip("\"'")
            if head[1] == "[[":
                counted[name] = counted.get(name, -1) + 1
                here = (name, counted[name])
            else:
                here = (name,)
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            found.setdefault((*here, *(part.strip().strip("\"'") for part in key[1].split("."))), number)
    return found


def _outer_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin outside of texts of many lines and of brackets."""
    closing, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not closing and not depth:
            yield number, line
            is_head = _HEAD.match(line) is not None
        else:
            is_head = False
        rest = "" if is_head else line
        while rest:
            if closing:
                _, found, rest = rest.partition(closing)
                closing = "" if found else closing
                continue
            mark = re.search(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|[\[\]{}]|#.*', rest)
            if mark is None:
                break
            rest = rest[mark.end() :]
            closing = mark[0] if mark[0] in ('"""', "'''") else ""
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark[0], 0)


class Entry:
    """One table of the file. What a value must be is said by how it is asked for; a wrong one is noted and as good as
    not there. `close` notes the keys that nobody asked for."""

    def __init__(self, path: Path, values: Mapping[str, Any], lines: Mapping[Path, int], notes: list[Trouble]) -> None:
        self._path, self._values, self._lines, self._notes = path, values, lines, notes
        self._asked: dict[str, None] = {}
        self.name = str(path[0])
        self.row = lines.get(path, 0)

    def row_of(self, key: str) -> int:
        return self._lines.get((*self._path, key), self.row)

    def bad(self, code: str, key: str = "", /, **values: object) -> None:
        """Note an error at a key, or at the table."""
        self._notes.append(error(code, self.row_of(key), (), **{"key": key, **values}))

    def has(self, key: str) -> bool:
        self._asked[key] = None
        return key in self._values

    def raw(self, key: str) -> Any:
        self._asked[key] = None
        return self._values.get(key)

    def text(self, key: str, *, needed: bool = False, rows: bool = False) -> str:
        """Only signs that show, but for the ends of `rows`."""
        value = self._given(key, needed=needed)
        if value is None:
            return ""
        seen = "".join(value.split()) if rows and isinstance(value, str) else str(value)
        if not isinstance(value, str) or not seen.isprintable() or (needed and not seen.strip()):
            self.bad("bad_text", key, value=shown(value))
            return ""
        return value.strip()

    def flag(self, key: str, default: bool) -> bool:
        value = self._given(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.bad("bad_flag", key, value=shown(value))
        return default

    def number(self, key: str, default: float, least: float, most: float) -> float:
        value = self._given(key)
        if value is None:
            return default
        if not is_number(value) or not least <= value <= most:
            self.bad("bad_number", key, value=shown(value), least=f"{least:g}", most=f"{most:g}")
            return default
        return float(value)

    def metres(self, key: str, least: float = 0, most: float = MOST_METRES, *, needed: bool = False) -> int | None:
        """Millimetres; None if it is not given or wrong."""
        value = self._given(key, needed=needed)
        if value is None:
            return None
        if not is_number(value) or not least <= value <= most:
            self.bad("bad_metres", key, value=shown(value), least=f"{least:g}", most=f"{most:g}")
            return None
        return round(float(value) * 1000)

    def point(self, key: str) -> tuple[int, int] | None:
        value = self._given(key, needed=True)
        if value is None:
            return None
        if not is_point(value):
            self.bad("bad_point", key, value=shown(value))
            return None
        return round(value[0] * 1000), round(value[1] * 1000)

    def names(self, key: str, *, needed: bool = False, known: Collection[str] = ()) -> tuple[str, ...]:
        """A list of names and ranges; names that are `known` may be of several words."""
        text = self.text(key, needed=needed)
        if not text:
            return ()
        try:
            parts = (part.strip() for part in text.split(","))
            every = (name for part in parts for name in ((part,) if part in known else names(part)))
            found = tuple(islice(every, MOST_NAMES + 1))
            if len(found) > MOST_NAMES:
                raise TooMany(text)
        except TooMany:
            self.bad("too_many", key, most=MOST_NAMES)
            return ()
        except BadNames as bad:
            self.bad("bad_names", key, value=shown(str(bad)))
            return ()
        for twice in dict.fromkeys(name for name in found if found.count(name) > 1):
            self.bad("name_twice", key, value=twice)
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        for key in self._values:
            if key not in self._asked:
                self.bad("unknown_key", key, table=self.name, known=", ".join(self._asked))

    def _given(self, key: str, *, needed: bool = False) -> Any:
        value = self.raw(key)
        if value is None and needed:
            self.bad("missing", key)
        return value


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(is_number(one) and -MOST_METRES <= one <= MOST_METRES for one in value)
    )


def shown(value: object) -> str:
    """As TOML has it, nearly, and not too long."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    text = text.replace("'", '"') if isinstance(value, str) else text
    return text if len(text) <= 40 else f"{text[:38]}.."
