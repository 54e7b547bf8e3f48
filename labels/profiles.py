"""The printers a label can be laid out for: generic ones, and real models from `printer_models.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

TextMode = Literal["raster", "codepage", "gb18030"]
StatusDialect = Literal["epson", "none"]

CELL_WIDTH, CELL_HEIGHT = 12, 24
"""Dots of a character of font A; a Chinese one is two cells wide. So on every ESC/POS printer of 180 or 203 dpi."""
_FINEST_NATIVE_TEXT_DPI = 255
"""Positions of text are counted in units of a dot, and GS P cannot make those finer."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What layout and output must know of a printer.

    `dots` is the width of the head, `dpi` its resolution in both directions. `cut` is what happens after a label; a
    printer without cutter feeds `tear_mm` so that the label clears the tear bar.

    `text` is how it may be sent text: as pictures only; in its `code_pages`, whose numbers for ESC t are given by
    Python's names; or those and Chinese in two-byte GB18030, with its four-byte characters only if `four_byte`.
    `native` are the kinds of symbols it draws itself. `sparing` asks for smaller pictures of text for the sake of slow
    lines: 1 of small text (where text is a picture only for want of characters, it always is), 2 and 3 of all text.
    `speed_mm_s` only tells how long a label takes. `source` says where all this is published.
    """

    name: str
    dots: int
    dpi: int = 203
    cut: Literal["full", "partial", "none"] = "partial"
    tear_mm: int = 12
    text: TextMode = "raster"
    code_pages: tuple[tuple[str, int], ...] = ()
    four_byte: bool = False
    native: frozenset[str] = frozenset()
    sparing: Literal[0, 1, 2, 3] = 0
    speed_mm_s: int = 150
    status: StatusDialect = "epson"
    maker: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.dots <= 0 or self.dots % 8:
            raise ValueError(f"a head of {self.dots} dots is not made of whole bytes")
        if self.text != "raster" and self.dpi > _FINEST_NATIVE_TEXT_DPI:
            raise ValueError(f"text at {self.dpi} dpi can only be placed as a picture")
        if self.text == "codepage" and not self.code_pages:
            raise ValueError("text in code pages needs their numbers")
        if self.speed_mm_s <= 0:
            raise ValueError("a printer has a speed")

    @property
    def width_mm(self) -> float:
        """The printable width."""
        return self.dots * 25.4 / self.dpi

    def to_dots(self, mm: float) -> int:
        """The whole number of dots next to `mm`."""
        return round(mm * self.dpi / 25.4)


_EPSON_PAGES = (("cp437", 0), ("cp850", 2), ("cp1252", 16), ("cp866", 17), ("cp852", 18), ("cp858", 19))
"""The pages whose numbers Epson and the makers that follow it agree on."""
_SYMBOLS = frozenset({"code128", "gs1-128", "qr"})

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "generic-58", 384, cut="none", text="codepage", code_pages=_EPSON_PAGES, native=_SYMBOLS, speed_mm_s=90
        ),
        Profile("generic-80", 576, text="codepage", code_pages=_EPSON_PAGES, native=_SYMBOLS),
        Profile("wide-104", 832, text="codepage", code_pages=_EPSON_PAGES, native=_SYMBOLS),
        Profile("gb18030-80", 576, text="gb18030", code_pages=_EPSON_PAGES[:1], native=_SYMBOLS),
        Profile("raster-58", 384, cut="none", speed_mm_s=90),
        Profile("raster-80", 576),
        Profile("raster-80-300dpi", 848, dpi=300),
        Profile("raster-104", 832),
    )
}
"""The generic printers by name, as `--printer` and the configuration give it; `profile_named` knows the models too."""

DEFAULT_PROFILE = PROFILES["raster-80"]


def profile_named(name: str) -> Profile:
    """The generic printer or real model of that name. Raises ValueError for an unknown one, telling those known."""
    found = PROFILES.get(name) or models().get(name)
    if found is None:
        raise ValueError(f"no printer is called {name!r}; known are {', '.join([*PROFILES, *models()])}")
    return found


@cache
def models() -> dict[str, Profile]:
    """Real printers by name. Raises ValueError naming the entry of the table that cannot be right."""
    table = tomllib.loads((files(__package__) / "printer_models.toml").read_text("utf-8"))
    return {entry["name"]: _model(entry) for entry in table["model"]}


def _model(entry: dict[str, Any]) -> Profile:
    given = dict(entry)
    pages = tuple(given.pop("code_pages", {}).items())
    kinds = frozenset(given.pop("native", ()))
    if "code128" in kinds:
        kinds |= {"gs1-128"}  # the same bars, begun with FNC1
    try:
        return Profile(code_pages=pages, native=kinds, **given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"printer_models.toml: {entry.get('name', '?')}: {error}") from error
