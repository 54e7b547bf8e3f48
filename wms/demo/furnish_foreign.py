"""A warehouse made to fit somebody's orders: the goods they name, a place for each, and enough of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

from wms.channels import ParsedItem, ParsedOrder
from wms.demo.catalogue import example_gtin
from wms.demo.furnish_floor import floor_drawn
from wms.demo.furnish_people import CARRIERS, everybody
from wms.demo.furnish_places import aisles_for, bins, equipment
from wms.domain.catalogue import Category, Item
from wms.domain.codes import gtin14
from wms.domain.events import CategoryDefined, Event, GoodsReceived, ItemDefined, PlaceDefined
from wms.domain.ids import NO_LOT, CategoryCode, Sku

TOTES = 400
OTHER = Category(CategoryCode("other"), "其他", "Other", checklist="外观完好|Looks whole")

_ZONES = "ABC"
_FIRST_NUMBER = 100_000_000
_SECOND_BIN_EVERY = 3
_CHECKLIST = "外观完好|Looks whole\n与图片一致|As in the picture"


def furnish_for(
    items: tuple[ParsedItem, ...], orders: tuple[ParsedOrder, ...], now: int, seed: int, totes: int = TOTES
) -> tuple[Event, ...]:
    """The demonstration's people, carriers and cartons around the goods that `items` describe and `orders` name.

    Goods get example GTINs of their own, one bin or two, and stock for every order that was not cancelled with a fifth
    to spare. Goods only an order names are of the category Other, and their weight is not known. `now` is UTC seconds.
    """
    return tuple(_setup(items, orders, now, seed, totes))


def _setup(
    described: tuple[ParsedItem, ...], orders: tuple[ParsedOrder, ...], now: int, seed: int, totes: int
) -> Iterator[Event]:
    goods = sorted(_goods(described, orders), key=lambda item: item.sku)
    demand = _demand(orders)
    chance = Random(f"foreign {seed}")  # noqa: S311 - goods, not secrets
    per_zone = -(-(len(goods) + len(goods) // _SECOND_BIN_EVERY + 1) // len(_ZONES))
    bays = 6 if per_zone <= 500 else 20
    places = bins(_ZONES, per_zone, chance, bays=bays)
    yield from (PlaceDefined(place) for place in places)
    yield floor_drawn(_ZONES, aisles_for(per_zone, bays), bays=bays)
    yield from (PlaceDefined(place) for place in equipment(CARRIERS, totes))
    yield from everybody(4 * len(orders) + 1000, tuple(dict.fromkeys(order.channel for order in orders)))
    yield from _categories(described)
    free = [place.id for place in places]
    chance.shuffle(free)
    receipt = f"OPEN-{now // 86400}"
    for n, item in enumerate(goods):
        gtin = gtin14(example_gtin(_FIRST_NUMBER + n)) or ""
        yield ItemDefined(item, ((gtin, 1),))
        need = demand[item.sku]
        quantity = need + need // 5 + 5
        first = (quantity + 1) // 2 if n % _SECOND_BIN_EVERY == 0 else quantity
        for part in filter(None, (first, quantity - first)):
            yield GoodsReceived(receipt, item.sku, NO_LOT, part, free.pop())


def _categories(described: Iterable[ParsedItem]) -> Iterator[CategoryDefined]:
    yield CategoryDefined(OTHER)
    for code, name in sorted({item.category: item.name for item in described if item.category}.items()):
        title = name[:1].upper() + name[1:] if name else code
        yield CategoryDefined(Category(CategoryCode(code), title, title, checklist=_CHECKLIST))


def _goods(described: Iterable[ParsedItem], orders: Iterable[ParsedOrder]) -> Iterator[Item]:
    known: set[str] = set()
    for item in described:
        if item.sku not in known:
            known.add(item.sku)
            yield _item(item)
    for order in orders:
        for line in order.lines:
            if line.code and line.code not in known:
                known.add(line.code)
                name = line.name or line.code
                yield Item(Sku(line.code), name, name, OTHER.code)


def _item(item: ParsedItem) -> Item:
    """Where all goods of a category have one name, the head of the SKU tells neighbours apart."""
    name = f"{item.name or item.category or OTHER.en} {item.sku[:8]}"
    return Item(
        Sku(item.sku),
        name,
        name,
        CategoryCode(item.category) if item.category else OTHER.code,
        weight_g=item.weight_g,
        length_mm=item.length_mm,
        width_mm=item.width_mm,
        height_mm=item.height_mm,
    )


def _demand(orders: Iterable[ParsedOrder]) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for order in orders:
        for line in order.lines:
            wanted[line.code] += line.quantity
    return wanted
