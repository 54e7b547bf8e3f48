"""A printer written into `wms.toml`, all other lines left as they are."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from wms.cli.devices_settings import CannotEdit, write
from wms.config import ONLY_PRINTER, PrinterConfig

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def require_name(name: str) -> str:
    """The name, if a table can be called so. Raises ValueError."""
    if name == ONLY_PRINTER or not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a printer: use letters, digits, - and _, such as dock-1")
    return name


def table_of(printer: PrinterConfig) -> str:
    """The lines that stand for a printer in wms.toml."""
    lines = [f"[printers.{printer.name}]"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in _settings(printer).items()]
    return "\n".join(lines) + "\n"


def _settings(printer: PrinterConfig) -> dict[str, str]:
    settings = {"uri": printer.uri}
    if printer.profile:
        settings["profile"] = printer.profile
    if printer.role != "labels":
        settings["for"] = printer.role
    return settings


def with_printer(text: str, printer: PrinterConfig) -> str:
    """The text of `wms.toml` with that printer, in the place of one of its name.

    Raises CannotEdit where that can't be done without touching anything else: the result is read back and compared.
    """
    try:
        before: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(str(error)) from error
    others = before.get("printers", {})
    if not isinstance(others, dict):
        raise CannotEdit("printers is no table there")
    wanted = before | {"printers": others | {printer.name: _settings(printer)}}
    newline = "\r\n" if "\r\n" in text else "\n"
    after = _replaced(text, printer, newline) if printer.name in others else _appended(text, printer, newline)
    try:
        unharmed = tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        unharmed = False
    if not unharmed:
        raise CannotEdit(f"the printer {printer.name} is written in an unusual way there")
    return after


def save(path: Path, printer: PrinterConfig) -> None:
    """Raises CannotEdit, OSError, UnicodeDecodeError; the file is then as it was."""
    write(path, with_printer(path.read_text("utf-8") if path.exists() else "", printer))


def _appended(text: str, printer: PrinterConfig, newline: str) -> str:
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return text + gap + table_of(printer).replace("\n", newline)


def _replaced(text: str, printer: PrinterConfig, newline: str) -> str:
    lines = text.splitlines(keepends=True)
    header = re.compile(rf"\s*\[\s*printers\s*\.\s*{re.escape(printer.name)}\s*\]\s*")
    start = next((n for n, line in enumerate(lines) if header.fullmatch(line)), None)
    if start is None:
        raise CannotEdit(f"the printer {printer.name} is written in an unusual way there")
    end = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    if any("#" in line for line in lines[start:end]):
        raise CannotEdit(f"there is a comment within [printers.{printer.name}]")
    return "".join([*lines[:start], table_of(printer).replace("\n", newline), *lines[end:]])
