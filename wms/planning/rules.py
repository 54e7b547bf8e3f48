"""A site's planning rules: what a wave may hold, what a cart carries, how people walk.

The house's own stand in `rules.toml`; a site's own text is kept as a row and read over them.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import structs

from wms.domain.records import Record, field
from wms.domain.rows import Rows
from wms.domain.toml_lines import TomlLines
from wms.domain.waves import WaveRules


class WaveLimits(Record):
    orders: int = 60
    category: str = "hard"
    category_metres: int = 100
    same_ship_by_minutes: int = 60


class CartRules(Record):
    slots: int = 12
    tote_litres: int = 0
    litres: int = 0
    kg: int = 0
    sort_later: bool = False


class PickerRules(Record):
    """`speed` in per cent by badge."""

    number: int = 0
    speed: dict[str, int] = field(default_factory=dict)


class WalkingRules(Record):
    routing: str = "optimal"
    metres_per_minute: int = 0
    tour_seconds: int = 120
    line_seconds: int = 15


class SequenceRules(Record):
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    heavy_kg: int = 0


class ZoneRules(Record):
    mode: str = "off"


class CongestionRules(Record):
    wait: bool = False


class CarrierRules(Record):
    """`cutoff` is HH:MM at the site, by carrier."""

    packing_minutes: int = 30
    cutoff: dict[str, str] = field(default_factory=dict)


class PlanningTime(Record):
    seconds: float = 10
    release_seconds: float = 1
    seed: int = 1


class PlanningRules(Record):
    """What each setting means stands beside it in `rules.toml`."""

    waves: WaveLimits = WaveLimits()
    cart: CartRules = CartRules()
    pickers: PickerRules = PickerRules()
    walking: WalkingRules = WalkingRules()
    sequence: SequenceRules = SequenceRules()
    zones: ZoneRules = ZoneRules()
    congestion: CongestionRules = CongestionRules()
    carriers: CarrierRules = CarrierRules()
    planning: PlanningTime = PlanningTime()


class BadPlanningRules(ValueError):
    """The text can't be used. `troubles` names every wrong key and value, with its line where that is known."""

    def __init__(self, troubles: tuple[str, ...]) -> None:
        super().__init__("\n".join(troubles))
        self.troubles = troubles


MOST_ORDERS, MOST_SLOTS = 100_000, 1_000  # in a wave, on a cart
_CHOICES = {
    ("waves", "category"): ("hard", "soft", "off"),
    ("walking", "routing"): ("optimal", "s-shape", "largest-gap", "return"),
    ("zones", "mode"): ("off", "split", "pass"),
}
_BETWEEN = {
    ("waves", "orders"): (1, MOST_ORDERS),
    ("waves", "category_metres"): (0, 1_000_000),
    ("waves", "same_ship_by_minutes"): (1, 100_000),
    ("cart", "slots"): (1, MOST_SLOTS),
    ("cart", "tote_litres"): (0, 100_000),
    ("cart", "litres"): (0, 100_000),
    ("cart", "kg"): (0, 100_000),
    ("pickers", "number"): (0, 1_000),
    ("walking", "metres_per_minute"): (0, 1_000),
    ("walking", "tour_seconds"): (0, 86_400),
    ("walking", "line_seconds"): (0, 86_400),
    ("sequence", "heavy_kg"): (0, 100_000),
    ("carriers", "packing_minutes"): (0, 10_000),
    ("planning", "seconds"): (1, 3_600),
    ("planning", "release_seconds"): (0, 1),
    ("planning", "seed"): (0, 2**31 - 1),
}
_SPEED = (10, 1_000)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def template() -> str:
    """The house's own rules with what they mean, as a site may copy them."""
    return files("wms.planning").joinpath("rules.toml").read_text(encoding="utf-8")


@cache
def defaults() -> PlanningRules:
    return read(template(), "rules.toml", PlanningRules())


def rules_of(rows: Rows) -> PlanningRules:
    """The rules in force. A text that this version can't read, since a newer one took it, counts as none."""
    said = rows.get(WaveRules, "site")
    try:
        return read(said.text, "the site's rules", defaults()) if said is not None else defaults()
    except BadPlanningRules:
        return defaults()


def read(text: str, name: str, below: PlanningRules) -> PlanningRules:
    """The rules of one text; what it does not say is taken from `below`. Raises `BadPlanningRules`."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPlanningRules((f"{name}: {error}",)) from error
    reading = _Reading(name, TomlLines(text))
    changes: dict[str, Any] = {}
    for section, settings in said.items():
        if section not in below.__struct_fields__:
            reading.bad((section,), f"[{section}] is no rule; known are {', '.join(below.__struct_fields__)}")
        elif not isinstance(settings, dict):
            reading.bad((section,), f"{section} must be a table: [{section}]")
        else:
            changes[section] = _section(reading, section, settings, getattr(below, section))
    found = structs.replace(below, **changes)
    if found.cart.sort_later and not found.cart.litres and not found.cart.kg:
        reading.bad(("cart", "sort_later"), "sort_later = true needs litres or kg, else a cart would never be full")
    if reading.troubles:
        raise BadPlanningRules(tuple(reading.troubles))
    return found


@dataclasses.dataclass(slots=True)
class _Reading:
    """What was found wrong so far in the text of that name."""

    name: str
    lines: TomlLines
    troubles: list[str] = dataclasses.field(default_factory=list)

    def bad(self, path: tuple[str, ...], says: str) -> None:
        line = self.lines.line_of(path)
        self.troubles.append(f"{self.name}, line {line}: {says}" if line else f"{self.name}: {says}")


def _section(reading: _Reading, section: str, settings: Mapping[str, object], below: Record) -> Record:
    changes: dict[str, Any] = {}
    for key, value in settings.items():
        path = (section, key)
        if key not in below.__struct_fields__:
            known = ", ".join(below.__struct_fields__)
            reading.bad(path, f"{key} is no setting of [{section}]; known are {known}")
        elif problem := next(_wrong(path, value), ""):
            reading.bad(path, problem)
        else:
            changes[key] = tuple(value) if isinstance(value, list) else value
    return structs.replace(below, **changes)


def _wrong(path: tuple[str, str], value: object) -> Iterator[str]:
    """What is wrong with a value, if anything."""
    key, shown = path[-1], f"{path[-1]} = {_written(value)}"
    match path:
        case _ if path in _CHOICES:
            if value not in _CHOICES[path]:
                yield f"{shown} must be one of {', '.join(_CHOICES[path])}"
        case _ if path in _BETWEEN:
            least, most = _BETWEEN[path]
            if not _is_whole(value, least, most):
                yield f"{shown} must be a whole number from {least} to {most}"
        case (_, "sort_later" | "wait"):
            if not isinstance(value, bool):
                yield f"{shown} must be true or false"
        case (_, "first" | "last"):
            if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
                yield f'{key} must be a list of categories: ["glass", "frozen"]'
        case (_, "speed"):
            if not isinstance(value, dict) or not all(_is_whole(one, *_SPEED) for one in value.values()):
                yield f'speed must be in per cent from {_SPEED[0]} to {_SPEED[1]} by badge: "1001" = 120'
        case (_, "cutoff"):
            if not isinstance(value, dict) or not all(_is_clock(one) for one in value.values()):
                yield 'cutoff must be a time of day by carrier: SF = "17:00"'


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_clock(value: object) -> bool:
    return isinstance(value, str) and _CLOCK.fullmatch(value) is not None


def _written(value: object) -> str:
    """As TOML has it, nearly."""
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


_SETTING = re.compile(r"(\w+) = ([^#]*?)( *)(#.*)?")


def written(rules: PlanningRules) -> str:
    """These rules as a text with what each means, which reads as the same rules."""
    lines: list[str] = []
    section: Any = rules
    for line in template().splitlines():
        if line.startswith("["):
            names = line[1 : line.index("]")].split(".")
            section = getattr(rules, names[0])
            entries = getattr(section, names[1]) if len(names) > 1 else {}
            lines += [line, *(f"{_toml(key)} = {_toml(value)}" for key, value in entries.items())]
        elif found := _SETTING.fullmatch(line):
            before = found[2] + found[3]
            value = _toml(getattr(section, found[1]))
            lines.append(f"{found[1]} = {value.ljust(len(before)) if found[4] else value}{found[4] or ''}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
