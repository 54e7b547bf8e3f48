"""Templates: blank setup files that explain themselves in English and Chinese."""

from __future__ import annotations

from importlib.resources import files


def templates() -> dict[str, str]:
    """File name and text of every template, in the order one fills them in. Examples are comments."""
    folder = files("wms.setup.blank")
    return {name: folder.joinpath(name).read_text("utf-8") for name in _NAMES}


_NAMES = (
    "site.csv",
    "categories.csv",
    "places.csv",
    "totes.csv",
    "items.csv",
    "people.csv",
    "cartons.csv",
    "carriers.csv",
    "channels.csv",
    "stock.csv",
)
