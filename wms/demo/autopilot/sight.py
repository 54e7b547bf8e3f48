"""What a person sees on the screen, read from the terminal's mirror."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sight:
    """One view. `said_at` is the serial of the view in which the verdict was new."""

    serial: int = 0
    said_at: int = 0
    name: str = ""
    verb: str = ""
    target: str = ""
    ask: str = ""
    expects: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # of the choices
    what: tuple[str, ...] = ()
    tone: str = ""
    said: tuple[str, ...] = ()
    scanner: str = ""
    printer: str = ""
    unsent: int = 0
    labels_waiting: int = 0
    needs: tuple[tuple[str, str], ...] = ()  # of the board: (id, sentence)
    selected: int = 0
    waves: tuple[tuple[str, int, int], ...] = ()  # of the board: (wave, lines done, lines in all)

    @property
    def question(self) -> tuple[object, ...]:
        """What is asked for; a terminal that went on exactly where it was asks the same again. The menu says
        besides how old what waits for the hub is, which changes by itself."""
        what = () if self.name == "menu" else self.what
        return self.name, self.verb, self.target, self.ask, self.expects, self.choices, what

    @property
    def green(self) -> bool:
        return self.tone == "ok"

    def says(self, *words: str) -> bool:
        text = " ".join(self.said)
        return any(word in text for word in words)

    def __str__(self) -> str:
        said = f", said {self.tone}: {' / '.join(self.said)}" if self.said else ""
        return f"{self.name} ({self.verb} {self.target} | {self.ask}){said}"


def read(line: bytes) -> Sight:
    """Raises `ValueError` for a line that is none of the mirror's."""
    view: dict[str, Any] = json.loads(line)
    said = view["said"] or {"tone": "", "lines": []}
    return Sight(
        serial=view["serial"],
        said_at=view["said_at"],
        name=view["name"],
        verb=view["verb"],
        target=view["target"],
        ask=view["ask"],
        expects=tuple(view["expects"]),
        choices=tuple(choice["label"] for choice in view["choices"]),
        codes=tuple(choice["code"] for choice in view["choices"]),
        what=tuple(line["text"] for line in view["what"]),
        tone=said["tone"],
        said=tuple(said["lines"]),
        scanner=view["status"]["scanner"],
        printer=view["status"]["printer"],
        unsent=view["status"]["unsent"],
        labels_waiting=view["status"]["labels_waiting"],
        needs=tuple((need["id"], need["text"]) for need in view["needs"]),
        selected=view["selected"],
        waves=tuple((wave["id"], wave["done"], wave["total"]) for wave in view["waves"]),
    )
