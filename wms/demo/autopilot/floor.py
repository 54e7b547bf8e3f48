"""The floor itself: what lies where, as hands and eyes know it. Nothing here asks a database.

It is furnished by the same events as the warehouse, and from then on changes only by what people do with their hands.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.events import Event
from wms.domain.places import PlaceKind

SOMETHING_G = 400
"""What goods weigh of which the catalogue does not know it."""
SOON, LATER = 0.3, 3.0
"""Seconds after which a tote that was set aside is tried again."""
PATIENT_TRIES = 14
Unit = tuple[str, str]
"""One unit as one holds it: SKU and lot."""


@dataclass(slots=True)
class Goods:
    """One kind of goods: what it weighs, and the codes that stand on it and on its case."""

    sku: str
    grams: int
    lot_controlled: bool
    codes: tuple[str, ...] = ()
    cases: tuple[tuple[str, int], ...] = ()

    def spellings(self, lot: str) -> list[str]:
        """What a scanner may send for one unit: EAN-13, ITF-14 and GS1-128 of a GTIN, and the merchant's own codes."""
        found = []
        for code in self.codes:
            if len(code) == 14 and code.isdigit():
                message = f"]C101{code}" + (f"10{lot}" if lot else "")
                found += [code.removeprefix("0"), message, code]
            else:
                found.append(code)
        return found or [self.sku]


@dataclass(slots=True)
class Floor:
    """Places with their contents; the lane is a queue, totes that were refused come round again."""

    goods: dict[str, Goods] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)  # of places: what the label says
    bins: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # (bin, SKU): units by lot
    cartons: dict[str, int] = field(default_factory=dict)  # grams
    carriers: dict[str, str] = field(default_factory=dict)  # staging place: carrier
    carts: list[str] = field(default_factory=list)
    lanes: list[str] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)
    empty: deque[str] = field(default_factory=deque)  # totes
    totes: dict[str, Counter[Unit]] = field(default_factory=dict)
    lane: deque[str] = field(default_factory=deque)
    aside: deque[tuple[float, str]] = field(default_factory=deque)  # not before that time: tote
    tries: Counter[str] = field(default_factory=Counter)  # how often a tote was set aside
    staged: dict[str, list[str]] = field(default_factory=dict)  # waybills by place
    put_away: Counter[str] = field(default_factory=Counter)  # what left the flow: scrap, quarantine, returns, strays
    taken: int = 0  # units
    dropped: int = 0  # totes
    packed: int = 0  # parcels
    shipped: int = 0  # parcels
    all_released: bool = False
    at_work: Counter[str] = field(default_factory=Counter)  # people by work that feeds others

    def available(self, place: str, sku: str) -> Counter[str]:
        return self.bins.setdefault((place, sku), Counter())

    def take(self, place: str, sku: str, lot: str, quantity: int) -> None:
        self.available(place, sku)[lot] -= quantity
        self.taken += quantity

    def put_back(self, place: str, sku: str, lot: str, quantity: int) -> None:
        self.available(place, sku)[lot] += quantity
        self.taken -= quantity

    def free(self, tote: str) -> None:
        """The tote is empty and goes back to the stack."""
        if tote and tote not in self.empty:
            self.totes.pop(tote, None)
            self.tries.pop(tote, None)
            self.empty.append(tote)

    @property
    def more_totes_may_come(self) -> bool:
        return bool(self.at_work["pick"] or self.at_work["lane"] or self.lane or self.aside)

    def next_tote(self, now: float) -> str:
        """The next tote to pack: one set aside whose time has come, else the next in the lane; '' if there is none."""
        for waiting in self.aside:
            if waiting[0] <= now:
                self.aside.remove(waiting)
                return waiting[1]
        return self.lane.popleft() if self.lane else ""

    def set_aside(self, tote: str, now: float) -> None:
        """It was refused: it comes round again, ever more rarely."""
        self.aside.append((now + min(SOON * 2 ** self.tries[tote], LATER), tote))
        self.tries[tote] += 1

    def is_done_with(self, tote: str) -> bool:
        """Nothing lies in it. Goods that the books do not know are asked about a while (this terminal may not have
        heard of them yet), then they are strays."""
        inside = +self.totes.get(tote, Counter[Unit]())
        if inside and self.tries[tote] < PATIENT_TRIES:
            return False
        self.put_away["stray"] += inside.total()
        return True

    def neighbour(self, place: str, chance: Random) -> str:
        """The label of another bin."""
        while (other := chance.choice(list(self.bins))[0]) == place:
            pass
        return self.labels[other]

    def other_goods(self, sku: str, chance: Random) -> Goods:
        while (other := self.goods[chance.choice(list(self.goods))]).sku == sku:
            pass
        return other

    def weight(self, units: Counter[Unit]) -> int:
        return sum(self.goods[sku].grams * quantity for (sku, _), quantity in units.items())


def furnished(events: Iterable[Event]) -> Floor:
    """The floor that setup's events describe."""
    floor, shared = Floor(), Counter[str]()
    for event in events:
        match event:
            case e.ItemDefined(item=item, codes=codes):
                floor.goods[item.sku] = _goods(item, codes)
                shared.update(code for code, _ in codes)
            case e.PlaceDefined():
                _place(floor, event)
            case e.GoodsReceived(sku=sku, lot=lot, quantity=quantity, place=place):
                floor.available(place, sku)[lot] += quantity
            case e.CartonDefined(carton=carton):
                floor.cartons[carton.code] = carton.weight_g
            case e.CarrierDefined(code=code, staging=staging):
                floor.carriers[staging] = code
    for goods in floor.goods.values():
        goods.codes = tuple(code for code in goods.codes if shared[code] == 1)
    return floor


def _goods(item: Item, codes: tuple[tuple[str, int], ...]) -> Goods:
    pieces = tuple(code for code, quantity in codes if quantity == 1)
    cases = tuple((code, quantity) for code, quantity in codes if quantity > 1)
    return Goods(item.sku, item.weight_g or SOMETHING_G, item.lot_controlled, pieces, cases)


def _place(floor: Floor, event: e.PlaceDefined) -> None:
    place = event.place
    floor.labels[place.id] = f"{place.id}*{place.check_digits}" if place.check_digits else place.id
    match place.kind:
        case PlaceKind.CART:
            floor.carts.append(place.id)
        case PlaceKind.TOTE:
            floor.empty.append(place.id)
        case PlaceKind.RETURNS:
            floor.returns.append(place.id)
        case PlaceKind.STAGING if place.zone == "pack":
            floor.lanes.append(place.id)
