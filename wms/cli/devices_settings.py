"""One key of `wms.toml` set to something else, all other lines left as they are."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from tempfile import NamedTemporaryFile

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')


class CannotEdit(ValueError):
    """The file is left as it is; the text says why."""


def with_scanners(text: str, scanners: list[str]) -> str:
    """The text of `wms.toml` naming these scanners.

    Raises CannotEdit where that can't be done without touching anything else: the result is read back and compared.
    """
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(str(error)) from error
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"
    start, end = _place(lines, before)
    if "#" in _STRING.sub("", "".join(lines[start:end])):
        raise CannotEdit("there is a comment within scanners = […]")
    if start and not lines[start - 1].endswith("\n"):
        lines[start - 1] += newline
    setting = f"scanners = [{', '.join(json.dumps(one, ensure_ascii=False) for one in scanners)}]{newline}"
    after = "".join([*lines[:start], setting, *lines[end:]])
    try:
        unharmed = tomllib.loads(after) == before | {"scanners": scanners}
    except tomllib.TOMLDecodeError:
        unharmed = False
    if not unharmed:
        raise CannotEdit("it is written in an unusual way")
    return after


def _place(lines: list[str], settings: dict[str, object]) -> tuple[int, int]:
    """The lines that hold the key now; without it, the empty range before the first table, or at the end."""
    for start, line in enumerate(lines):
        if line.lstrip().startswith("["):
            return start, start
        if not re.match(r"\s*scanners\s*=", line):
            continue
        for end in range(start + 1, len(lines) + 1):
            try:
                if tomllib.loads("".join(lines[start:end])) == {"scanners": settings.get("scanners")}:
                    return start, end
            except tomllib.TOMLDecodeError:
                continue
    return len(lines), len(lines)


def write(path: Path, text: str) -> None:
    """Put the text in the file's place at once, its rights kept. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh = Path(file.name)
    fresh.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    fresh.replace(path)
