"""Where the key of the database lies, written into `wms.toml`; all other lines are left as they are."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from wms.cli.devices_settings import CannotEdit, write


def with_key(text: str, place: str) -> str:
    """The text of `wms.toml` with `[store] key`. Raises CannotEdit where that can't be done without touching anything
    else: the result is read back and compared."""
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(str(error)) from error
    table = before.get("store", {})
    if not isinstance(table, dict):
        raise CannotEdit("store is no table there")
    wanted = before | {"store": table | {"key": place}}
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    said = f"key = {json.dumps(place, ensure_ascii=False)}{newline}"
    head = next(
        (n for n, line in enumerate(lines) if re.fullmatch(r"\s*\[\s*store\s*\]\s*(#.*)?", line.rstrip())), None
    )
    if head is None:
        gap = "" if not text else newline if text.endswith("\n") else newline * 2
        after = f"{text}{gap}[store]{newline}{said}"
    else:
        end = next((n for n in range(head + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
        at = next((n for n in range(head + 1, end) if re.match(r"\s*key\s*=", lines[n])), None)
        lines[head] = lines[head].rstrip("\r\n") + newline
        after = "".join([*lines[: at or head + 1], said, *lines[at + 1 if at else head + 1 :]])
    try:
        unharmed = tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        unharmed = False
    if not unharmed:
        raise CannotEdit("[store] is written in an unusual way there")
    return after


def save(path: Path, place: str) -> None:
    """Raises CannotEdit, OSError, UnicodeDecodeError; the file is then as it was."""
    write(path, with_key(path.read_text("utf-8") if path.exists() else "", place))
