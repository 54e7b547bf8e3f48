"""What sticks on the warehouse itself: totes, places, badges, command cards."""

from __future__ import annotations

from labels.data import BadgeLabel, CommandLabel, PlaceLabel, ToteLabel
from labels.model import Barcode, Column, Columns, Item, Label, Line, Space, Text
from labels.templates.captions import Captions
from labels.templates.pieces import WIDE_MM, code_for, headline, sheet, with_qr


def tote(data: ToteLabel, width_mm: float, words: Captions) -> Label:
    """The code large enough to read across the aisle."""
    return sheet(
        width_mm,
        headline(words["tote"], data.title, "code", "title"),
        Line(0.4),
        Text(data.code, 16, "code", min_mm=4, bold=True, align="center"),
        _bars(data.code, 18),
    )


def place(data: PlaceLabel, width_mm: float, words: Captions) -> Label:
    """Code and bars for the scanner, check digits large for who has none."""
    code = Text(data.code, 14, "code", min_mm=4, bold=True)
    bars = _bars(data.code, 16)
    name = Text(data.name, 4, "name", max_lines=2)
    if not data.check_digits:
        return sheet(width_mm, code, bars, Space(0.5), name)
    check = (
        Text(words["check_digits"], 3, "check_digits", min_mm=2, bold=True, align="center"),
        Text(data.check_digits, 11, "check_digits", min_mm=4, bold=True, align="center", inverse=True),
    )
    if width_mm < WIDE_MM:
        return sheet(width_mm, code, bars, Space(0.5), name, Space(1), *check)
    return sheet(
        width_mm,
        Columns((Column((code, name), middle=True), Column(check, width_mm=18))),
        Space(1.5),
        bars,
    )


def badge(data: BadgeLabel, width_mm: float, words: Captions) -> Label:
    """Name and roles for people, a bar code and a QR code for whichever scanner is at hand."""
    about: tuple[Item, ...] = (
        Text(data.name, 9, "name", min_mm=4, max_lines=2, bold=True),
        Text(" · ".join(data.roles), 4, "roles", max_lines=2),
    )
    return sheet(
        width_mm,
        headline(words["badge"], data.code, "code", "code"),
        Line(0.4),
        Space(1),
        *with_qr(data.code, "code", about, width_mm, 20),
        Space(1),
        _bars(data.code, 14),
    )


def command(data: CommandLabel, width_mm: float, words: Captions) -> Label:
    """What scanning it does, in words as large as fit."""
    meaning: tuple[Item, ...] = (Text(data.text, 8, "text", min_mm=3.5, max_lines=3, bold=True),)
    return sheet(
        width_mm,
        Text(words["command"], 3.5, "code", bold=True, inverse=True),
        Space(1),
        *with_qr(data.code, "code", meaning, width_mm, 20),
        Space(1),
        _bars(data.code, 12),
    )


def _bars(code: str, height_mm: float) -> Barcode:
    return Barcode(code_for("code", code), height_mm, "code")
