"""What a person before the screen would do next: offers for the panel, from what the mirror shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wms.domain.orders import Order, OrderStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, Slot

_EXPECTED_GRAMS = re.compile(r"about (\d+) g\b")
_ENOUGH = 9


@dataclass(frozen=True, slots=True)
class Offer:
    """A command for the bench and what to call it."""

    command: str
    says: str


def offers(view: dict[str, Any], rows: Rows | None) -> tuple[Offer, ...]:
    """What the screen of `view` (a line of the mirror) waits for, the likeliest first; empty if only keys answer it."""
    name = view.get("name", "")
    codes = [*view.get("expects", ()), *(choice["code"] for choice in view.get("choices", ()) if choice["code"])]
    match name:
        case "pack.label" if is_printing(view):
            return ()
        case "pick.tote" if not codes and rows is not None:
            codes += _empty_totes(rows)
        case "pack.tote" if not codes and rows is not None:
            codes += _totes_to_pack(rows)
        case "pick.empty":
            codes.append("CMD-ENTER")
        case "ship.parcel":
            codes.append("CMD-CLOSE")
    named = {choice["code"]: choice["label"] for choice in view.get("choices", ())}
    scans = (Offer(f"scan {code}", f"{code}   {named.get(code, '')}".rstrip()) for code in dict.fromkeys(codes))
    return (*(_weights(view) if name == "pack.weigh" else ()), *scans)


def is_printing(view: dict[str, Any]) -> bool:
    """Whether the screen wants a label scanned that has not come out of the printer: nobody can do that yet."""
    return view.get("name") == "pack.label" and bool(view.get("status", {}).get("labels_waiting"))


def _weights(view: dict[str, Any]) -> Iterator[Offer]:
    for line in view.get("what", ()):
        if found := _EXPECTED_GRAMS.search(line["text"]):
            yield Offer(f"weigh {found[1]}", f"put {found[1]} g on the scale")


def _empty_totes(rows: Rows) -> Iterator[str]:
    """Totes that no cart carries and nothing lies in."""
    free = (
        place.id
        for place in rows.where(Place, kind=PlaceKind.TOTE)
        if not rows.where(Slot, tote=place.id) and not rows.where(Stock, place=place.id)
    )
    for _, tote in zip(range(_ENOUGH), free, strict=False):
        yield tote


def _totes_to_pack(rows: Rows) -> Iterator[str]:
    """Totes in the packing lane whose order is picked, the most urgent first."""
    dropped = [batch.id for batch in rows.where(Batch, status=BatchStatus.DROPPED)]
    waiting: list[tuple[int, str]] = []
    for slot in (slot for batch in dropped for slot in rows.where(Slot, batch=batch) if slot.tote):
        order = rows.get(Order, slot.order_id)
        if order is not None and order.status == OrderStatus.PICKED:
            waiting.append((order.ship_by, slot.tote))
    yield from (tote for _, tote in sorted(waiting))
