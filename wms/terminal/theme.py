"""Colours and marks. Chosen so that the nearest of 16 colours is the same colour: sites run on serial lines too."""

from __future__ import annotations

from enum import StrEnum

from rich.style import Style

from wms.domain.records import Record
from wms.workflows.prompt import Mark, Msg, Tone, msg

GROUND = "#000000"


class Ink(StrEnum):
    """What a stretch of text is; its colour follows from that."""

    PLAIN = "plain"
    QUIET = "quiet"
    STRONG = "strong"
    BIG_TARGET = "big_target"
    TARGET = "target"
    URGENT = "urgent"
    CAUTION = "caution"
    KEY = "key"
    SELECTED = "selected"
    OK = "ok"
    OK_WORD = "ok_word"
    NO = "no"
    NO_WORD = "no_word"
    LOOK = "look"
    LOOK_WORD = "look_word"
    INFO = "info"
    INFO_WORD = "info_word"


STYLES: dict[Ink, Style] = {
    Ink.PLAIN: Style.parse(f"#d8d8d8 on {GROUND}"),
    Ink.QUIET: Style.parse(f"#a0a0a0 on {GROUND}"),
    Ink.STRONG: Style.parse(f"bold #ffffff on {GROUND}"),
    Ink.BIG_TARGET: Style.parse(f"bold #ffffff on {GROUND}"),
    Ink.TARGET: Style.parse(f"bold {GROUND} on #ffffff"),
    Ink.URGENT: Style.parse(f"bold #ff5f5f on {GROUND}"),
    Ink.CAUTION: Style.parse(f"bold #ffaf00 on {GROUND}"),
    Ink.KEY: Style.parse("#ffffff on #303030"),
    Ink.SELECTED: Style.parse("bold #ffffff on #0050a0"),
    Ink.OK: Style.parse("#ffffff on #007a2f"),
    Ink.OK_WORD: Style.parse("bold #007a2f on #ffffff"),
    Ink.NO: Style.parse("bold #ffffff on #b00020"),
    Ink.NO_WORD: Style.parse("bold #b00020 on #ffffff"),
    Ink.LOOK: Style.parse("#000000 on #ffaf00"),
    Ink.LOOK_WORD: Style.parse("bold #000000 on #ffffff"),
    Ink.INFO: Style.parse("#ffffff on #0050a0"),
    Ink.INFO_WORD: Style.parse("bold #0050a0 on #ffffff"),
}


class Verdict(Record):
    """How a tone is told: its word, its two colours, and the mark down the band's left edge (its shape)."""

    word: Msg
    band: Ink
    badge: Ink
    edge: str


VERDICTS: dict[Tone, Verdict] = {
    Tone.OK: Verdict(msg("OK"), Ink.OK, Ink.OK_WORD, ""),
    Tone.NO: Verdict(msg("NO"), Ink.NO, Ink.NO_WORD, "x"),
    Tone.LOOK: Verdict(msg("LOOK"), Ink.LOOK, Ink.LOOK_WORD, "!"),
    Tone.INFO: Verdict(msg("NOTE"), Ink.INFO, Ink.INFO_WORD, ""),
}

MARKS: dict[Mark, tuple[str, Ink]] = {
    Mark.NONE: ("", Ink.PLAIN),
    Mark.DONE: ("[x] ", Ink.QUIET),
    Mark.NEXT: ("[>] ", Ink.STRONG),
    Mark.TODO: ("[ ] ", Ink.PLAIN),
    Mark.BAD: ("[!] ", Ink.CAUTION),
}

# Under 30 columns a mark is one sign; a line without one keeps its place in the column.
SHORT_MARKS: dict[Mark, str] = {Mark.NONE: "", Mark.DONE: "x ", Mark.NEXT: "> ", Mark.TODO: "- ", Mark.BAD: "! "}
