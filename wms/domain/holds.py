"""Why an order is held: reasons as in `wms.domain.reasons`, joined by commas, each once."""

from __future__ import annotations

from collections.abc import Iterable

NEEDS_MENDING = ("no_items", "unknown_item")
"""Codes of reasons that no release overrides: the order can't be picked as it is."""

PRESALE_UNTIL, GROUP_OPEN = "presale_until", "group_open"
"""Codes of reasons that need nobody: the order waits for its day, or for its group to be complete."""


def reasons(hold: str) -> list[str]:
    return [reason for reason in hold.split(",") if reason]


def joined(*holds: str) -> str:
    """All reasons of several holds, the first ones first.

    >>> joined("no_stock:TEA:1", "blocked_phone,no_stock:TEA:1")
    'no_stock:TEA:1,blocked_phone'
    """
    return ",".join(dict.fromkeys(reason for hold in holds for reason in reasons(hold)))


def without(hold: str, gone: str) -> str:
    return ",".join(reason for reason in reasons(hold) if reason != gone)


def codes(hold: str) -> set[str]:
    """What stands before the values of each reason."""
    return {reason.partition(":")[0] for reason in reasons(hold)}


def in_a_reason(text: str) -> str:
    """A value as it may stand in a reason."""
    return text.replace(",", ";")


def only_waits(hold: str) -> bool:
    """Whether it needs nobody: all its reasons go away by themselves."""
    return bool(hold) and codes(hold) <= {PRESALE_UNTIL, GROUP_OPEN}


def of_any(hold: str, wanted: Iterable[str]) -> bool:
    return not codes(hold).isdisjoint(wanted)
