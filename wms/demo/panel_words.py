"""What may be typed at the panel, and which of the bench's commands it means."""

from __future__ import annotations

from collections.abc import Sequence

from wms.demo.bench import COMMANDS
from wms.demo.panel_offers import Offer

ALIASES = {
    "s": "scan",
    "w": "weigh",
    "u": "unplug scanner",
    "p": "plug scanner",
    "po": "paper out",
    "pi": "paper in",
    "off": "printer off",
    "on": "printer on",
    "l": "labels",
    "t": "state",
    "cant": "scan CMD-CANT",
    "undo": "scan CMD-UNDO",
    "more": "scan CMD-MORE",
    "back": "scan CMD-BACK",
    "enter": "scan CMD-ENTER",
    "language": "scan CMD-LANGUAGE",
    "signout": "scan CMD-SIGNOUT",
}
HELP = (
    "Enter        what the screen expects first",
    "1, 2, ...    the code with that number",
    "w            put the expected weight on the scale; w GRAMS another",
    "s CODE       scan a code; anything unknown is scanned as it is",
    "undo cant more back enter language signout    scan that command card",
    "u, p         unplug, plug the scanner        u scale, p scale  the scale",
    "po, pi       paper out, in                   off, on  the printer",
    "l labels     t state     ? this help     q quit",
)

_VERBS = {command.partition(" ")[0] for command in COMMANDS}


def meant(text: str, found: Sequence[Offer]) -> str | tuple[str, ...]:
    """The bench's command for what was typed while `found` is offered, or lines to show instead."""
    if text in ("?", "h", "help"):
        return HELP
    if not text:
        return found[0].command if found else ("nothing to scan here: answer on the terminal itself",)
    if text.isascii() and text.isdigit() and len(text) <= 2:
        index = int(text) - 1
        return found[index].command if 0 <= index < len(found) else (f"there is no {text}",)
    if text in ("w", "weigh"):
        weight = next((offer.command for offer in found if offer.command.startswith("weigh ")), "")
        return weight or ("the screen asks for no weight now: w GRAMS",)
    first, _, rest = text.partition(" ")
    if first in ("u", "p") and rest in ("scanner", "scale"):
        return f"{'unplug' if first == 'u' else 'plug'} {rest}"
    if first in ALIASES and (not rest or first in ("s", "w")):
        return f"{ALIASES[first]} {rest}".strip()
    return text if first in _VERBS else f"scan {text}"
