"""An order that stands in an import more than once: one counts, and is held where another reads otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from wms.channels import values
from wms.channels.accounts import Entry, FileAccount
from wms.channels.parsed import ParsedOrder, ParsedRecipient, Result, Trouble

_GIVES_WAY = ("not_paid", "nothing_to_ship", "not_goods")


def leave_out_repeated(files: Sequence[FileAccount]) -> None:
    """Of an order in several files the weightiest stands, the first among equals: rather not sent than sent twice. If
    another one reads otherwise, the one that stands is held: nobody knows which counts, or whether each is a part.

    Within a file that is the format's to notice.
    """
    together: dict[tuple[str, str], list[Entry]] = {}
    for file in files:
        for entry in file.entries:
            if entry.order is not None:
                together.setdefault((entry.order.channel, entry.reference), []).append(entry)
    for several in together.values():
        stands = max(several, key=_weight)
        others = [entry for entry in several if entry is not stands]
        for entry in [entry for entry in others if entry.file != stands.file and _unlike(stands, entry)]:
            _hold(stands, entry, files)
        for entry in others:
            _leave_out(entry, stands, files)


def _weight(entry: Entry) -> int:
    """Shipped or cancelled outweighs ready; what is not paid yet gives way, and so does a part with nothing to ship."""
    if entry.result == Result.REJECT:
        return -1
    if entry.result == Result.SKIP:
        return 0 if entry.reason in _GIVES_WAY else 2
    return 1


def _hold(stands: Entry, other: Entry, files: Sequence[FileAccount]) -> None:
    """Holds what would be sent; what is not sent anyway is left as it is."""
    if stands.order is None or stands.result in (Result.SKIP, Result.REJECT):
        return
    stands.hold(Trouble(Result.HOLD, f"order_unlike:{_where(other, files)}", record=stands.record))


def _leave_out(entry: Entry, stands: Entry, files: Sequence[FileAccount]) -> None:
    if entry.order is None or entry.result == Result.REJECT:
        return
    trouble = Trouble(Result.SKIP, f"order_twice:{_where(stands, files)}", record=entry.record)
    entry.order = replace(entry.order, troubles=(trouble,), taken_back=False)
    entry.leave_out(Result.SKIP, trouble.reason)


def _where(entry: Entry, files: Sequence[FileAccount]) -> str:
    name = files[entry.file].name.replace(",", ";")  # commas part the reasons of an order
    return f"{name}:{entry.record}"


# Whether two readings of an order agree in what decides about sending it


def _unlike(stands: Entry, other: Entry) -> bool:
    """Whether they differ in their lines, their recipient or how far the order has come. In what order lines stand is
    nothing, no lines agree with all, and one that was not paid yet is just older."""
    if stands.order is None or other.order is None or other.reason == "not_paid":
        return False
    lines, others = _lines(stands.order), _lines(other.order)
    return (
        (lines != others and bool(lines) and bool(others))
        or _state(stands.order) != _state(other.order)
        or _other_person(stands.order.recipient, other.order.recipient)
    )


def _lines(order: ParsedOrder) -> Counter[tuple[str, int, str, bool]]:
    return Counter((line.code or line.name, line.quantity, line.done, line.gift) for line in order.lines)


def _state(order: ParsedOrder) -> tuple[frozenset[str], bool, bool]:
    codes = frozenset(trouble.reason.partition(":")[0] for trouble in order.troubles)
    return codes - {"no_items"}, order.taken_back, order.waiting


def _other_person(one: ParsedRecipient | None, other: ParsedRecipient | None) -> bool:
    """Saying nothing agrees with everything, and so does what the platform hides: it hides one text in several ways."""
    if one is None or other is None:
        return False
    said = [(left, right) for left, right in zip(_parts(one), _parts(other), strict=True) if left and right]
    return any(left != right and not values.is_hidden(left) and not values.is_hidden(right) for left, right in said)


def _parts(person: ParsedRecipient) -> tuple[str, ...]:
    address = " ".join(person.address_lines)
    return person.name, person.phone, address, person.city, person.postcode, person.country
