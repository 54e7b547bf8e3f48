"""Cart loads: what an order takes up on a cart, and how one too large for a cart is divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wms.domain.catalogue import Item
from wms.domain.ids import Sku
from wms.domain.rows import Rows
from wms.planning.rules import CartRules
from wms.planning.supply import Part, Pick

_CM3 = 1000  # cubic centimetres of a litre, and grams of a kilogram


@dataclass(frozen=True, slots=True)
class Size:
    """Of one unit: grams and cubic centimetres, begun ones whole; 0 where nobody knows."""

    grams: int
    cm3: int


class CartLoads:
    """Measures parts by the figures that count at this site: `names` of 'orders', 'slots', 'grams' and 'cm3', with the
    cart's capacity for each."""

    def __init__(self, rows: Rows, cart: CartRules, slots: int, orders: int) -> None:
        """`slots` totes on a cart, at most `orders` in a wave and so on a cart."""
        self._rows, self._cart = rows, cart
        self._sizes: dict[Sku, Size] = {}
        limits = {
            "orders": orders if cart.sort_later or orders < slots else 0,
            "slots": 0 if cart.sort_later else slots,
            "grams": cart.kg * _CM3,
            "cm3": cart.litres * _CM3,
        }
        self.names = tuple(name for name, limit in limits.items() if limit)
        self.capacities = tuple(limit for limit in limits.values() if limit)

    def size(self, sku: Sku) -> Size:
        if sku not in self._sizes:
            item = self._rows.get(Item, sku)
            mm3 = item.length_mm * item.width_mm * item.height_mm if item is not None else 0
            self._sizes[sku] = Size(item.weight_g if item is not None else 0, -(-mm3 // _CM3))
            if item is not None and item.by_weight:  # its unit is the gram
                self._sizes[sku] = Size(1, self._sizes[sku].cm3)
        return self._sizes[sku]

    def totes(self, picks: Iterable[Pick]) -> int:
        """How many totes the goods need; one at least."""
        room = self._cart.tote_litres * _CM3
        return max(1, -(-self.cm3(picks) // room)) if room else 1

    def grams(self, picks: Iterable[Pick]) -> int:
        return sum(self.size(pick.line.sku).grams * pick.take.quantity for pick in picks)

    def cm3(self, picks: Iterable[Pick]) -> int:
        return sum(self.size(pick.line.sku).cm3 * pick.take.quantity for pick in picks)

    def of(self, picks: Iterable[Pick]) -> tuple[int, ...]:
        """One figure for each of `capacities`."""
        held = tuple(picks)
        measured = {"orders": 1, "slots": self.totes(held), "grams": self.grams(held), "cm3": self.cm3(held)}
        return tuple(measured[name] for name in self.names)

    def fits(self, picks: Iterable[Pick]) -> bool:
        return all(load <= most for load, most in zip(self.of(picks), self.capacities, strict=True))

    def divided(self, part: Part) -> tuple[Part, ...] | str:
        """The part itself if a cart can carry it; else parts that fill a cart each, and last what is left over. Or the
        reason why not: a single unit of an item is more than a cart carries."""
        if self.fits(part.picks):
            return (part,)
        for pick in part.picks:
            if not self.fits((_of(pick, 1),)):
                return f"too_large_for_cart:{pick.line.sku}"
        filled = list(self._filled(part.picks))
        return tuple(Part(part.order, tuple(held), n, n < len(filled)) for n, held in enumerate(filled, 1))

    def _filled(self, picks: Iterable[Pick]) -> Iterator[list[Pick]]:
        held: list[Pick] = []
        for pick in sorted(picks, key=lambda pick: (pick.take.sequence, pick.take.place, pick.line.n)):
            left = pick.take.quantity
            while left:
                step = self._room(held, pick, left)
                if not step:
                    yield held
                    held = []
                    continue
                held.append(_of(pick, step))
                left -= step
        yield held

    def _room(self, held: list[Pick], pick: Pick, most: int) -> int:
        """How many units of the pick still fit, by halving: what more units take never gets less."""
        least = 0
        while least < most:
            middle = (least + most + 1) // 2
            if self.fits((*held, _of(pick, middle))):
                least = middle
            else:
                most = middle - 1
        return least


def _of(pick: Pick, quantity: int) -> Pick:
    return replace(pick, take=replace(pick.take, quantity=quantity))
