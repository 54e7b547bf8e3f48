"""Orders for the demonstration warehouse, as its channels would send them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from wms.channels import ParsedLine, ParsedOrder
from wms.demo.catalogue import items
from wms.demo.furnish_people import SHIP_BY_HOURS
from wms.demo.furnish_recipients import MARKED_UP, chinese, western
from wms.demo.furnish_stock import OUT_OF_STOCK, sellable, stock
from wms.domain.catalogue import Item
from wms.domain.ids import Sku

HOUR = 3600
_PREFIXES = {"taobao": "TB", "douyin": "DY", "shopify": "SH"}
_CHANNEL_WEIGHTS = (5, 3, 2)
_LINES_WEIGHTS = (40, 25, 18, 10, 7)
_HEAVIEST_PARCEL_G = 20_000
_LARGEST_PARCEL_MM3 = 60_000_000


def demo_orders(now: int, seed: int, count: int = 72) -> tuple[ParsedOrder, ...]:
    """`count` orders that the stock of `furnish(now, seed)` covers, due from an hour ago to forty hours ahead.

    Among them, where `count` allows: two for goods that are not there, one with markup and an emoji in the recipient's
    name, one without recipient. Raises `ValueError` for more orders than the stock covers (some thousands).
    """
    chance = Random(f"orders {seed}")  # noqa: S311 - goods, not secrets
    left = sellable(stock(now, seed))
    by_category: dict[str, list[Item]] = {}
    for defined in items():
        by_category.setdefault(defined.item.category, []).append(defined.item)
    orders = [_order(n, count, now, by_category, left, chance) for n in range(count)]
    return tuple(_special(n, order) for n, order in enumerate(orders))


def _special(n: int, order: ParsedOrder) -> ParsedOrder:
    match n:
        case 5:
            return replace(order, recipient=MARKED_UP)
        case 11 | 12:
            return replace(order, lines=(ParsedLine(OUT_OF_STOCK[n - 11], 1), *order.lines[:1]))
        case 17:
            return replace(order, recipient=None)
    return order


def _order(
    n: int, count: int, now: int, by_category: dict[str, list[Item]], left: Counter[Sku], chance: Random
) -> ParsedOrder:
    channel = chance.choices(list(_PREFIXES), _CHANNEL_WEIGHTS)[0]
    ship_by = now - HOUR + 41 * HOUR * n // max(1, count - 1) // 60 * 60
    recipient = western(n, chance) if channel == "shopify" and chance.random() < 0.7 else chinese(n, chance)
    return ParsedOrder(
        channel,
        f"{_PREFIXES[channel]}{now // 86400 % 1000:03d}{n + 1:04d}",
        _lines(by_category, left, chance),
        n + 1,
        placed_at=min(ship_by - SHIP_BY_HOURS[channel] * HOUR, now - 60),
        ship_by=ship_by,
        recipient=recipient,
        carrier="SF" if channel == "taobao" and chance.random() < 0.2 else "",
    )


def _lines(by_category: dict[str, list[Item]], left: Counter[Sku], chance: Random) -> tuple[ParsedLine, ...]:
    """One to five lines, mostly of one category, that fit the largest carton and the scale."""
    in_stock = {code: [item for item in shelf if left[item.sku]] for code, shelf in by_category.items()}
    stocked = [code for code, shelf in in_stock.items() if shelf]
    if len(stocked) < 2:
        raise ValueError("the demonstration's stock covers no more orders")
    categories = chance.sample(stocked, 2)
    spans = chance.random() < 0.2
    wanted = chance.choices(range(1, 6), _LINES_WEIGHTS)[0]
    lines: dict[Sku, ParsedLine] = {}
    grams = volume = 0
    for n in range(max(wanted, 2) if spans else wanted):
        item = chance.choice(in_stock[categories[n % 2 if spans else 0]])
        carried = max(1, _HEAVIEST_PARCEL_G // item.weight_g)
        quantity = min(left[item.sku], carried, chance.choices((1, 2, 3, 6), (70, 18, 8, 4))[0])
        more_g, more_mm3 = quantity * item.weight_g, quantity * item.length_mm * item.width_mm * item.height_mm
        too_much = grams + more_g > _HEAVIEST_PARCEL_G or volume + more_mm3 > _LARGEST_PARCEL_MM3
        if item.sku in lines or (lines and too_much):
            continue
        left[item.sku] -= quantity
        grams, volume = grams + more_g, volume + more_mm3
        lines[item.sku] = ParsedLine(item.sku, quantity, item.zh)
    return tuple(lines.values())
