"""Status words of platforms, and what they mean for the warehouse.

A word that is not listed never passes for another one: it holds the order until a person has looked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wms.channels.documents import Record
from wms.channels.draft import Draft

_SHOWN = 60


class Stage(StrEnum):
    """How far an order or a line of it has come; all but `OPEN` are codes of reasons."""

    OPEN = ""  # paid, and to be sent
    UNPAID = "not_paid"
    SHIPPED = "already_shipped"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTLY_SHIPPED = "partly_shipped"
    PARTLY_REFUNDED = "partly_refunded"
    REFUND_ASKED = "refund_asked"
    STOPPED = "stopped"
    GROUP_OPEN = "group_open"
    UNKNOWN = "unknown_status"


OVER = frozenset({Stage.SHIPPED, Stage.CANCELLED, Stage.REFUNDED})  # nothing of it is to be picked
TAKEN_BACK = frozenset({Stage.CANCELLED, Stage.REFUNDED})
_SKIPPED = OVER | {Stage.UNPAID}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one column. `prefixes` decide for all words that begin with them."""

    known: Mapping[str, Stage]
    prefixes: Sequence[tuple[str, Stage]] = ()

    def stage(self, text: str) -> Stage:
        word = _plain(text)
        for prefix, stage in self.prefixes:
            if word.startswith(prefix):
                return stage
        return self.known.get(word, Stage.UNKNOWN)


def words(stages: Mapping[Stage, Iterable[str]], prefixes: Mapping[str, Stage] | None = None) -> Words:
    known = {_plain(word): stage for stage, several in stages.items() for word in several}
    return Words(known, tuple((_plain(prefix), stage) for prefix, stage in (prefixes or {}).items()))


def _plain(text: str) -> str:
    """In small letters and without spaces, with commas and brackets of one width: platforms write all of them."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def judge(draft: Draft, stage: Stage, column: str, text: str, record: int = 0) -> None:
    """Notes what the stage means for the order as a whole."""
    if stage == Stage.OPEN:
        return
    if stage in _SKIPPED:
        draft.skip(stage, column, text, record)
    elif not text:
        draft.hold(f"missing:{column}", column, text, record)
    else:
        told = {Stage.UNKNOWN: f":{column}:{text[:_SHOWN]}", Stage.PARTLY_SHIPPED: "", Stage.PARTLY_REFUNDED: ""}
        draft.hold(f"{stage}{told.get(stage, f':{text[:_SHOWN]}')}", column, text, record)


def stage_of_order(draft: Draft, known: Words, records: Sequence[Record], column: str) -> Stage:
    """The stage that every row of an order repeats, noted; rows that contradict each other hold it."""
    first = records[0]
    stage = known.stage(first[column])
    for record in records[1:]:
        if known.stage(record[column]) != stage:
            told = record[column]
            draft.hold(f"unlike_record:{column}:{first.n}:{told[:_SHOWN]}", column, told, record.n)
            return Stage.UNKNOWN
    judge(draft, stage, column, first[column], first.n)
    return stage
