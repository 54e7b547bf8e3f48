"""Settings of one terminal: which devices, which language, where its data lie. Read from `wms.toml` beside the data.

Command line flags override the file for one run. What belongs to the warehouse itself is not here but in its events.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wms.domain.records import Record, replace

FILE = "wms.toml"


class BadConfig(ValueError):
    """The settings file can't be used; the text says which line or word, and what is allowed."""


class Config(Record):
    """`scanners` are `PORT[,FRAMING]`, `scale` is `PORT[,PROTOCOL]`, `printer` a URI; '' where there is none.

    `wedge` is how scanners that type are set up, `prefix=f12:suffix=enter`; '' takes F12 and STX, Enter and Tab.
    """

    data: Path
    language: str = "zh_CN"
    scanners: tuple[str, ...] = ()
    scale: str = ""
    printer: str = ""
    wedge: str = ""
    feedback: str = "auto"
    ascii: bool = False
    mirror: str = ""

    def but(self, **changes: Any) -> Config:
        return replace(self, **changes)


def data_folder(named: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """`--data`, else `WMS_DATA`, else the platform's place for an application's data."""
    if named or environment.get("WMS_DATA"):
        return Path(named or environment["WMS_DATA"]).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("wms", appauthor=False)


def load(data: Path) -> Config:
    """The settings in `data/wms.toml`; defaults where there is no such file. Raises `BadConfig`."""
    path = data / FILE
    if not path.exists():
        return Config(data)
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}") from error
    kinds: dict[str, type] = {
        "language": str,
        "scale": str,
        "printer": str,
        "wedge": str,
        "feedback": str,
        "ascii": bool,
        "mirror": str,
    }
    changes: dict[str, Any] = {}
    for name, value in kept.items():
        if name == "scanners" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            changes[name] = tuple(value)
        elif name in kinds and isinstance(value, kinds[name]):
            changes[name] = value
        else:
            raise BadConfig(f"{path}: {name} = {value!r} is not a setting; known are scanners, {', '.join(kinds)}")
    return Config(data, **changes)
