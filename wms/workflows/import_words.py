"""What became of an order or a record of an import, in words."""

from __future__ import annotations

from wms.channels import Entry, Result
from wms.domain.reasons import explain
from wms.workflows.prompt import Msg, msg

HERE = ("known", "group_complete")
"""Reasons of orders that were here already."""

LONGEST = 120  # characters of a merchant's text that are shown


def reason_words(reason: str) -> Msg:
    """One reason as a sentence."""
    match reason.partition(":")[0]:
        case "known":
            return msg("Here already")
        case "not_recorded":
            return msg("Not recorded. Import the file again")
    text, values = explain(reason)
    return Msg(text, {name: shortened(value) for name, value in values.items()})


def result_words(entry: Entry) -> Msg:
    if entry.reason in HERE:
        return msg("here already")
    match entry.result:
        case Result.READY:
            return msg("ready")
        case Result.READY_NOLABEL:
            return msg("ready, label from the platform")
        case Result.HOLD:
            return msg("needs you")
        case Result.SKIP:
            return msg("not ours")
    return msg("refused")


def result_title(entry: Entry) -> Msg:
    """The same, as the heading of its account."""
    if entry.reason in HERE:
        return msg("Here already")
    match entry.result:
        case Result.READY | Result.READY_NOLABEL:
            return msg("Ready")
        case Result.HOLD:
            return msg("Needs you")
        case Result.SKIP:
            return msg("Not ours")
    return msg("Refused")


def shortened(text: str) -> str:
    """As much of a merchant's text as a screen can show."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
