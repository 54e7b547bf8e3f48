"""Pick ranks: what is picked before what on one tour, as the site's rules say: heavy first, glass and frozen last."""

from __future__ import annotations

from wms.domain.catalogue import Item
from wms.domain.ids import PlaceId, Sku
from wms.domain.rows import Rows
from wms.planning.floor import Floor
from wms.planning.rules import PlanningRules

_HEAVY, _ORDINARY = 1_000, 1_001
_GRAMS = 1000


class PickRanks:
    """Lower ranks go first. Where carts are handed on from zone to zone, all of a zone comes before the next."""

    def __init__(self, rows: Rows, rules: PlanningRules, floor: Floor) -> None:
        self._rows, self._floor = rows, floor
        sequence = rules.sequence
        self._heavy = sequence.heavy_kg * _GRAMS
        self._of_category = {category: n for n, category in enumerate(sequence.first)}
        self._of_category |= {category: _ORDINARY + n for n, category in enumerate(sequence.last, 1)}
        self._zones = _in_order(floor) if rules.zones.mode == "pass" else {}
        self._of_sku: dict[Sku, int] = {}

    @property
    def any(self) -> bool:
        """Whether the rules say anything about it at all."""
        return bool(self._heavy or self._of_category or self._zones)

    def of(self, sku: Sku, place: PlaceId) -> tuple[int, int]:
        """Of the zone, and within it of the goods."""
        if sku not in self._of_sku:
            self._of_sku[sku] = self._rank(self._rows.get(Item, sku))
        return self._zones.get(self._floor.zone_of(place), len(self._zones)), self._of_sku[sku]

    def _rank(self, item: Item | None) -> int:
        if item is None:
            return _ORDINARY
        ordinary = _HEAVY if self._heavy and item.weight_g >= self._heavy else _ORDINARY
        return self._of_category.get(item.category, ordinary)


def _in_order(floor: Floor) -> dict[str, int]:
    """Zones as they stand on the floor's aisles, then those of bins alone."""
    names = dict.fromkeys([*(aisle.zone for aisle in floor.aisles), *(one.zone for one in floor.bins)])
    return {zone: n for n, zone in enumerate(names)}
