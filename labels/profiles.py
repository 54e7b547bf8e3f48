"""The printers a label can be laid out for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """What layout and output must know of a printer.

    `dots` is the width of the head, `dpi` its resolution in both directions. `cut` is what happens after a label; a
    printer without cutter feeds `tear_mm` so that the label clears the tear bar.
    """

    name: str
    dots: int
    dpi: int = 203
    cut: Literal["full", "partial", "none"] = "partial"
    tear_mm: int = 12

    def __post_init__(self) -> None:
        if self.dots <= 0 or self.dots % 8:
            raise ValueError(f"a head of {self.dots} dots is not made of whole bytes")

    @property
    def width_mm(self) -> float:
        """The printable width."""
        return self.dots * 25.4 / self.dpi

    def to_dots(self, mm: float) -> int:
        """The whole number of dots next to `mm`."""
        return round(mm * self.dpi / 25.4)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("escpos-58mm", 384, cut="none"),
        Profile("escpos-80mm", 576),
        Profile("escpos-80mm-300dpi", 848, dpi=300),
        Profile("escpos-112mm", 832),
    )
}
"""By name, as `wms label render --printer` and the configuration give it."""

DEFAULT_PROFILE = PROFILES["escpos-80mm"]
