"""The rules of the order review: the house's own, and over them what the site says in `review.toml` beside its data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from msgspec import structs

from wms.domain.auditing import Rules
from wms.domain.bounds import MOST
from wms.domain.records import Record, replace
from wms.domain.toml_lines import TomlLines

FILE = "review.toml"


class BadRules(ValueError):
    """The file can't be used; the text names the line, what stands there and what is allowed."""


def template() -> str:
    """The house's own rules with their comments, as a site may copy them."""
    return files("wms.order_review").joinpath("defaults.toml").read_text(encoding="utf-8")


@cache
def defaults() -> Rules:
    return read(template(), "defaults.toml", Rules())


def rules_of(folder: Path) -> Rules:
    """The effective rules of the data in `folder`. Raises `BadRules`."""
    path = folder / FILE
    if not path.exists():
        return defaults()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path} can't be read: {error}") from error
    return read(text, str(path), defaults())


def read(text: str, name: str, below: Rules) -> Rules:
    """The rules of one file; what it does not say is taken from `below`. Raises `BadRules`."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{name}: {error}") from error
    source = _Source(text, name)
    changes: dict[str, Any] = {}
    for section, settings in said.items():
        if section not in below.__struct_fields__:
            raise source.bad((section,), f"[{section}] is no rule; known are {', '.join(below.__struct_fields__)}")
        if not isinstance(settings, dict):
            raise source.bad((section,), f"{section} must be a table: [{section}]")
        changes[section] = _section(source, section, settings, getattr(below, section))
    return replace(below, **changes)


class _Source:
    """A file, to say where in it something stands."""

    def __init__(self, text: str, name: str) -> None:
        self._lines, self._name = TomlLines(text), name

    def bad(self, path: tuple[str, ...], says: str) -> BadRules:
        line = self._lines.line_of(path)
        return BadRules(f"{self._name}, line {line}: {says}" if line else f"{self._name}: {says}")


def _section(source: _Source, section: str, settings: Mapping[str, object], below: Record) -> Record:
    changes: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in below.__struct_fields__:
            known = ", ".join(below.__struct_fields__)
            raise source.bad((section, key), f"{key} is no setting of [{section}]; known are {known}")
        changes[key] = _value(source, (section, key), value, getattr(below, key))
    return structs.replace(below, **changes)


def _value(source: _Source, path: tuple[str, ...], value: object, below: object) -> object:
    """Of the same kind as what stands `below` it."""
    shown = f"{path[-1]} = {_written(value)}"
    match below:
        case bool():
            if not isinstance(value, bool):
                raise source.bad(path, f"{shown} must be true or false")
        case int():
            least = 2 if path[-1] == "orders" else 0 if path[-1] == "units" else 1
            if type(value) is not int or not least <= value <= MOST:
                raise source.bad(path, f"{shown} must be a whole number from {least} up")
        case tuple():
            if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
                raise source.bad(path, f'{path[-1]} must be a list of texts: ["…", "…"]')
            return tuple(one.strip() for one in value)
        case _:
            return _amounts(source, path, value, dict(below))  # type: ignore[call-overload]
    return value


def _amounts(source: _Source, path: tuple[str, ...], value: object, below: dict[str, int]) -> dict[str, int]:
    if not isinstance(value, dict):
        raise source.bad(path, f"{path[-1]} must say it by currency: CNY = 100_000")
    for currency, amount in value.items():
        if not re.fullmatch("[A-Z]{3}", currency):
            raise source.bad((*path, currency), f"{currency} is no currency such as CNY")
        if type(amount) is not int or not 0 <= amount <= MOST:
            problem = f"{currency} = {_written(amount)} must be a whole number of its smallest unit"
            raise source.bad((*path, currency), problem)
    return below | value


def _written(value: object) -> str:
    """As TOML has it, nearly."""
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
