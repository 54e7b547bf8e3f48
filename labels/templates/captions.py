"""The words printed beside data, and how times and weights are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh_CN", "en"]
Captions = Mapping[str, str]


@cache
def captions(language: Language) -> Captions:
    """All captions in `language`. Raises ValueError for one the table does not have."""
    table: dict[str, dict[str, str]] = tomllib.loads((files(__package__) / "captions.toml").read_text("utf-8"))
    if language not in table:
        raise ValueError(f"no captions in {language}; there are {', '.join(table)}")
    return table[language]


def moment(at: datetime) -> str:
    """Date and time to the minute, as it stands."""
    return f"{at:%Y-%m-%d %H:%M}"


def kilograms(grams: int) -> str:
    """Grams as kilograms, to the gram."""
    return f"{grams // 1000}.{grams % 1000:03d} kg"
