"""Code 128 in as few symbol characters as its code sets allow (ISO/IEC 15417).

python-barcode, whose table of bars this uses, does not find the shortest coding, and on 58 mm paper those modules
decide whether a waybill fits.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from barcode.charsets import code128 as tables

from labels.gs1 import FNC1

CodeSet = Literal["A", "B", "C"]

START: Final[dict[CodeSet, int]] = {"A": 103, "B": 104, "C": 105}
SWITCH_TO: Final[dict[CodeSet, int]] = {"A": 101, "B": 100, "C": 99}
SHIFT = 98
FNC1_VALUE = 102
FNC3_VALUE = 96
_TERMINATION_BAR = "11"

FNC3 = "\xf3"
"""Stands for Function Character 3 in data: the symbol is for the scanner itself, to set it up (ISO/IEC 15417)."""

_Step = tuple[int, tuple[int, ...], int, CodeSet]
"""Symbol characters still needed, those of this step, where the next step reads, in which code set."""


def bars(data: str) -> str:
    """The modules of the symbol for `data`, `1` dark, without quiet zones. Raises ValueError if it cannot be coded."""
    return modules(codewords(data))


def modules(values: list[int]) -> str:
    """The modules of the symbol with those start and data characters, `1` dark, without quiet zones."""
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    characters = "".join(tables.CODES[value] for value in (*values, check))
    return f"{characters}{tables.STOP}{_TERMINATION_BAR}"


def codewords(data: str) -> list[int]:
    """Start character and data of the shortest coding; the check character is not among them."""
    if not data:
        raise ValueError("there is nothing to encode")
    if refused := next((char for char in data if char > "\x7f" and char not in (FNC1, FNC3)), None):
        raise ValueError(f"Code 128 carries ASCII only, not {refused!r}")
    plan = _plan(data)
    code_set = min(get_args(CodeSet), key=lambda candidate: plan[0][candidate][0])
    values, at = [START[code_set]], 0
    while at < len(data):
        _, emitted, at, code_set = plan[at][code_set]
        values += emitted
    return values


def _plan(data: str) -> list[dict[CodeSet, _Step]]:
    """For each place and code set the best next step, found from the end backwards."""
    end = len(data)
    plan: list[dict[CodeSet, _Step]] = [{} for _ in data]
    plan.append({code_set: (0, (), end, code_set) for code_set in START})
    for at in range(end - 1, -1, -1):
        staying: dict[CodeSet, _Step] = {}
        for code_set in START:
            steps = [
                (len(emitted) + plan[at + used][code_set][0], emitted, at + used, code_set)
                for emitted, used in _ways(data, at, code_set)
            ]
            if steps:
                staying[code_set] = min(steps)
        for code_set in START:
            switching: list[_Step] = [
                (count + 1, (SWITCH_TO[target], *emitted), after, target)
                for target, (count, emitted, after, _) in staying.items()
                if target != code_set
            ]
            keeping = [staying[code_set]] if code_set in staying else []
            plan[at][code_set] = min(keeping + switching)
    return plan


def _ways(data: str, at: int, code_set: CodeSet) -> list[tuple[tuple[int, ...], int]]:
    """The symbol characters that carry data at this place within `code_set`, with how much data they take."""
    char = data[at]
    if char == FNC1:
        return [((FNC1_VALUE,), 1)]
    if char == FNC3:
        return [] if code_set == "C" else [((FNC3_VALUE,), 1)]
    if code_set == "C":
        pair = data[at : at + 2]
        return [((int(pair),), 2)] if len(pair) == 2 and pair.isdigit() else []
    if (value := _value(char, code_set)) is not None:
        return [((value,), 1)]
    value = _value(char, "B" if code_set == "A" else "A")
    return [((SHIFT, value), 1)] if value is not None else []


def _value(char: str, code_set: CodeSet) -> int | None:
    code = ord(char)
    if 32 <= code < 96:
        return code - 32
    if code < 32:
        return code + 64 if code_set == "A" else None
    return code - 32 if code_set == "B" else None
