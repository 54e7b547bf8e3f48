"""What may be wrong with a floor, in words: each trouble says where it stands and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    ERROR = "error"  # to be mended; what it is about may be missing on the floor
    WARNING = "warning"  # it counts, but perhaps not as it was meant


SENTENCES: dict[str, str] = {
    # the file
    "no_toml": "this is no TOML: {problem}",
    "too_large": "the file is larger than {kilobytes} KB: leave out what patterns can say",
    "unknown_table": "[{table}] is nothing that a floor has; known are {known}",
    "not_one": "[{table}] stands there once, as [{table}]",
    "not_many": "{table} must be written as [[{table}]], once for each",
    "unknown_key": "{key} is nothing that [{table}] has; known are {known}",
    "missing": "{key} is missing",
    "bad_text": "{key} must be a text in quotes, not {value}",
    "bad_flag": "{key} must be true or false, not {value}",
    "bad_number": "{key} must be a number from {least} to {most}, not {value}",
    "bad_metres": "{key} must be metres from {least} to {most}, not {value}",
    "bad_point": "{key} must be two figures in metres such as [3.0, 12.5], not {value}",
    "bad_names": "{key}: {value} is no list of names such as 01..12, A..F, 1..19 step 2, or 7, 9",
    "too_many": "{key}: more than {most} are not drawn",
    "name_twice": "{key}: the name {value} stands there twice",
    "bad_pattern": "bins: {value} needs {needed}, so that each bin has a name of its own",
    "bad_placeholder": "bins: {value} may hold {known}, nothing else in braces",
    "bad_choice": "{key} must be one of {known}, not {value}",
    "bays_and_sides": "say either bays, or left and right",
    "cross_beyond": "cross_after: there is no bay behind {value} any more; it must be from 1 to {most}",
    "no_length": "{name} begins and ends at the same place",
    "line_twice": "the name {name} was given in line {other} already: each aisle and cross-aisle has a name of its own",
    "point_twice": "{name} stands in line {other} already: give it another name",
    # what stands on aisles
    "bad_row": "{value}: a row has a bin, its metres from the front, and if you like the side (L or R) and the level",
    "bin_twice": "{bin} stands in line {other} already, and stays there",
    "no_line": "there is no aisle or cross-aisle {name}",
    "no_aisle": "there is no aisle {name}",
    "no_place": "{key}: there is no {value}. Write [x, y], a name of [points], AISLE@front, AISLE@back or AISLE@7.5",
    "beyond_end": "{key} = {value} lies beyond the end of {name}, which is {length} m long",
    "empty_stretch": "from {first} to {last} is no stretch: `from` must be less than `to`",
    # the floor as a whole
    "no_aisles": "there is no aisle: write an [[area]] or an [[aisle]]",
    "no_bins": "there is no bin on this floor",
    "no_start": "there is no [[start]]: tours are taken to begin at {name}",
    "no_drop": "there is no [[drop]]: tours are taken to end where they begin",
    "far_gate": "{name} is {metres} m from the nearest walking line, {line}: write a [[walkway]] if that is right",
    "overlap": "the aisles {name} and {other} (line {line}) lie on each other: move one",
    "no_entrance": "nobody gets into {name}: its {end} is {metres} m from {line}. Make them meet",
    "no_way_in": "nobody gets into {name}: draw a [[cross]] that crosses it",
    "loose_cross": "{name} meets no aisle: mend its ends, or take it out",
    "loose_point": "no walkway leads to the point {name}",
    "unreachable": "bins in {name} can't be reached from any start: {bins}",
    "trapped": "whoever walks to these bins in {name} gets to no drop any more: {bins}. Look at the one-way stretches",
    "dead_walk": "one gets into {name}, but from there to no drop any more. Look at the one-way stretches",
    "blocked": "bins in {name} can't be walked to while it is blocked: {bins}",
    "shorter": "the walkway is said to be {metres} m long, but straight across are {least} m: mend its length",
    # the floor and the warehouse
    "not_in_warehouse": "the warehouse has no bin {bin}: set it up (wms setup import), or take it off the floor",
    "none_shared": (
        "none of the warehouse's bins is on this floor, so it is not used: mend the names. The warehouse has {bins}"
    ),
    "not_on_floor": "{bin} is not on the floor: it is taken to be beside {other}, the next in bin-code order",
    "no_floor": "no floor was drawn: distances are taken from the bins' coordinates. Write one: wms floor template",
    "guessed": (
        "no floor was drawn and bins have no coordinates: metres are guesses, 1 m from each bin to the next in"
        " bin-code order. Write a floor: wms floor template"
    ),
    "no_coordinates": "{bin} has no coordinates: it is taken to be beside {other}, the next in bin-code order",
    "no_warehouse_bins": "the warehouse has no bins yet: set them up first (wms setup import)",
}


UNUSABLE = frozenset({"no_toml", "too_large", "no_aisles", "no_bins", "none_shared"})
"""With one of these there is nothing to plan on."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`line` of the file, 0 where none is meant. `values` go into the sentence of `code`; `bins` are all of
    those it is about."""

    weight: Weight
    code: str
    line: int = 0
    values: tuple[tuple[str, str], ...] = ()
    bins: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence in English, its values still in braces."""
        return SENTENCES[self.code]

    @property
    def says(self) -> str:
        return self.text.format(**dict(self.values))


def error(code: str, line: int = 0, bins: tuple[str, ...] = (), /, **values: object) -> Trouble:
    return Trouble(Weight.ERROR, code, line, tuple((name, str(value)) for name, value in values.items()), bins)


def warning(code: str, line: int = 0, bins: tuple[str, ...] = (), /, **values: object) -> Trouble:
    return Trouble(Weight.WARNING, code, line, tuple((name, str(value)) for name, value in values.items()), bins)


def some(names: tuple[str, ...]) -> str:
    """A few of them, for a sentence.

    >>> some(("A-1", "A-2", "A-3", "A-4", "A-5"))
    'A-1, A-2, A-3 (+2)'
    """
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} (+{len(names) - 3})"


def metres(mm: int) -> str:
    """A length as the file has it.

    >>> metres(12500), metres(-70), metres(3000)
    ('12.5', '-0.07', '3')
    """
    return f"{mm / 1000:.3f}".rstrip("0").rstrip(".")
