"""Shelves: which stock may be picked now, and which goes first: the first to expire, then the first that came in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias
from zoneinfo import ZoneInfo

from wms.domain.catalogue import Item
from wms.domain.ids import LotId, PlaceId, Sku
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Stock

PlaceAndLot: TypeAlias = tuple[PlaceId, LotId]

_UNDATED = "9999-12-31"  # dated goods go before those nobody knows a date of


@dataclass(frozen=True, slots=True)
class Take:
    """Units of one lot from one bin; `sequence` is the bin's rank on the walk."""

    place: PlaceId
    lot: LotId
    quantity: int
    sequence: int


@dataclass(slots=True)
class _Pile:
    """What is free of one lot in one bin. Piles of equal `turn` are as good as each other."""

    turn: tuple[str, int]
    received: int
    sequence: int
    place: PlaceId
    lot: LotId
    free: int


class Shelves:
    """The pickable stock of all bins; what `take` gave away is not given again.

    A lot is not picked while inspection holds it, nor once fewer than the item's `min_days_left` days are left to its
    expiry, counted on the site's own calendar (on its last day a lot has 0 left).
    """

    def __init__(self, rows: Rows, now: int, zone: str) -> None:
        self._rows = rows
        self._now, self._zone = now, zone
        self._bins = {place.id: place.sequence for place in rows.where(Place, kind=PlaceKind.BIN)}
        self._piles: dict[Sku, list[_Pile]] = {}

    def free(self, sku: Sku) -> int:
        return sum(pile.free for pile in self._of(sku))

    def choices(self, sku: Sku) -> int:
        """How many piles of it are as good as the one whose turn is next."""
        piles = [pile for pile in self._of(sku) if pile.free > 0]
        return sum(pile.turn == piles[0].turn for pile in piles)

    def may_swap(self, sku: Sku, taken: Take) -> list[Take]:
        """The same units from other bins, as good by the rule; none of them is taken yet."""
        piles = self._of(sku)
        here = next((p for p in piles if (p.place, p.lot) == (taken.place, taken.lot)), None)
        if here is None:
            return []
        return [
            Take(pile.place, pile.lot, taken.quantity, pile.sequence)
            for pile in piles
            if pile.turn == here.turn and pile.place != here.place and pile.free >= taken.quantity
        ]

    def give_back(self, sku: Sku, taken: Take) -> None:
        """What was taken is free again."""
        for pile in self._of(sku):
            if (pile.place, pile.lot) == (taken.place, taken.lot):
                pile.free += taken.quantity

    def swap(self, sku: Sku, old: Take, new: Take) -> None:
        """Give one back and take the other."""
        self.give_back(sku, old)
        self.give_back(sku, replace(new, quantity=-new.quantity))

    def take(
        self,
        sku: Sku,
        quantity: int,
        far: Callable[[PlaceId], int] = lambda _: 0,
        barred: Collection[PlaceAndLot] = (),
    ) -> list[Take]:
        """Up to `quantity` units, the next due first. Among piles whose turn it is equally one that covers the rest
        alone goes before two; then the least `far` goes first, then what came in first."""
        taken: list[Take] = []
        usable = [pile for pile in self._of(sku) if pile.free > 0 and (pile.place, pile.lot) not in barred]
        for _, equal in groupby(usable, key=lambda pile: pile.turn):
            piles = sorted(equal, key=lambda pile: (far(pile.place), pile.received))
            whole = next((pile for pile in piles if pile.free >= quantity), None)
            for pile in [whole] if whole else piles:
                step = min(quantity, pile.free)
                if step == 0:
                    return taken
                pile.free -= step
                quantity -= step
                taken.append(Take(pile.place, pile.lot, step, pile.sequence))
        return taken

    def _of(self, sku: Sku) -> list[_Pile]:
        if sku not in self._piles:
            self._piles[sku] = self._load(sku)
        return self._piles[sku]

    def _load(self, sku: Sku) -> list[_Pile]:
        item = self._rows.get(Item, sku)
        earliest = earliest_expiry(item, self._now, self._zone)
        piles = []
        for stock in self._rows.where(Stock, sku=sku):
            lot = self._rows.get(Lot, sku, stock.lot) or Lot(sku, stock.lot)
            sequence = self._bins.get(stock.place)
            if sequence is None or stock.free <= 0 or lot.held or (lot.expiry and lot.expiry < earliest):
                continue
            turn = (lot.expiry, 0) if lot.expiry else (_UNDATED, lot.received)
            piles.append(_Pile(turn, lot.received, sequence, stock.place, stock.lot, stock.free))
        return sorted(piles, key=lambda p: (p.turn, p.received, p.sequence, p.place, p.lot))


def earliest_expiry(item: Item | None, now: int, zone: str) -> str:
    """The first expiry date (ISO) that may still be picked at `now` (UTC seconds), counted in the site's time zone."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    return (today + timedelta(days=item.min_days_left if item is not None else 0)).isoformat()
