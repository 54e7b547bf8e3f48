"""What lies in the demonstration warehouse's bins when the day begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from wms.demo.catalogue import SHELVES, items
from wms.demo.furnish_floor import floor_drawn
from wms.demo.furnish_people import ZONE
from wms.demo.furnish_places import aisles_for, bins
from wms.domain.catalogue import Item
from wms.domain.events import FloorDrawn
from wms.domain.ids import NO_LOT, LotId, PlaceId, Sku
from wms.domain.places import Place

EXPIRED_ITEM = Sku("FD-002")
"""Has a lot that expired ten days ago beside a good one."""
OUT_OF_STOCK = (Sku("EL-005"), Sku("TO-008"))

_ZONES = "ABC"
_BINS_PER_ZONE = 168
_SECOND_BIN_EVERY = 3
_SOON_EVERY = 7


@dataclass(frozen=True, slots=True)
class Holding:
    """Units of one lot in one bin; `pickable` is False for what has expired."""

    sku: Sku
    place: PlaceId
    quantity: int
    lot: LotId = NO_LOT
    expiry: str = ""
    pickable: bool = True


def layout(seed: int) -> list[Place]:
    """All bins, in walking order."""
    return bins(_ZONES, _BINS_PER_ZONE, Random(f"bins {seed}"))  # noqa: S311 - goods, not secrets


def floor() -> FloorDrawn:
    """Where these bins stand."""
    return floor_drawn(_ZONES, aisles_for(_BINS_PER_ZONE))


@lru_cache(maxsize=4)
def stock(now: int, seed: int) -> tuple[Holding, ...]:
    """Opening stock: each item in a bin of its category's zone, every third in two, lots with their expiry."""
    today = datetime.fromtimestamp(now, ZoneInfo(ZONE)).date()
    return tuple(_holdings(today, Random(f"stock {seed}"), layout(seed)))  # noqa: S311


def sellable(holdings: tuple[Holding, ...]) -> Counter[Sku]:
    """Units of each item that may be picked."""
    total: Counter[Sku] = Counter()
    for holding in holdings:
        total[holding.sku] += holding.quantity if holding.pickable else 0
    return total


def _holdings(today: date, chance: Random, places: list[Place]) -> Iterator[Holding]:
    zone_of = {shelf.category.code: shelf.zone for shelf in SHELVES}
    free = {zone: [place.id for place in places if place.zone == zone] for zone in _ZONES}
    for zone in _ZONES:
        chance.shuffle(free[zone])
    for n, defined in enumerate(items()):
        item = defined.item
        if item.sku in OUT_OF_STOCK:
            continue
        here = free[zone_of[item.category]]
        if item.sku == EXPIRED_ITEM:
            yield _lot(item, here.pop(), today, -10, 12)
        yield _lot(item, here.pop(), today, _days_left(item, n), chance.randint(24, 96))
        if n % _SECOND_BIN_EVERY == 0:
            yield _lot(item, here.pop(), today, chance.randint(240, 600), chance.randint(12, 60))


def _days_left(item: Item, n: int) -> int:
    """Most goods keep for months; of every seventh item the first lot is just long enough for being picked."""
    return item.min_days_left + 5 + n % 20 if n % _SOON_EVERY == 0 else 150 + n % 60


def _lot(item: Item, place: PlaceId, today: date, days_left: int, quantity: int) -> Holding:
    if not item.lot_controlled:
        return Holding(item.sku, place, quantity)
    expiry = today + timedelta(days=days_left)
    lot = LotId(f"L{expiry:%y%m}{item.sku[-3:]}")
    return Holding(item.sku, place, quantity, lot, expiry.isoformat(), days_left >= item.min_days_left)
