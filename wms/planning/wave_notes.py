"""Notes beside a plan: when each tour has to be back, which bins it empties, what is doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from wms.domain.events import PlannedBatch, WaveReleased
from wms.domain.ids import BatchId, CategoryCode, PlaceId, Sku
from wms.domain.orders import Order
from wms.domain.places import Place, PlaceKind
from wms.domain.records import Record
from wms.domain.rows import Rows, need
from wms.domain.stock import Stock
from wms.planning.floor_words import some
from wms.planning.replenish import Held, Hint, Taken, hints
from wms.planning.site_walks import TICKS
from wms.planning.solve import has_compiled
from wms.planning.wave_desk import Desk
from wms.planning.wave_problem import due_of

_BESIDE = ("not_on_floor", "no_coordinates")


class TourNote(Record):
    """`due`: back by then (UTC seconds), all orders of the tour are packed in time."""

    batch: BatchId
    category: CategoryCode
    due: int


def notes_of(desk: Desk, waves: Iterable[WaveReleased]) -> tuple[TourNote, ...]:
    """One for each batch, in their order."""
    batches = ((wave, batch) for wave in waves for batch in wave.batches)
    return tuple(TourNote(batch.id, wave.category, _due(desk, batch)) for wave, batch in batches)


def _due(desk: Desk, batch: PlannedBatch) -> int:
    orders = (need(desk.rows, Order, order) for order in set(batch.orders))
    return desk.now + min(due_of(order, desk.rules.carriers, desk.now, desk.zone) for order in orders) // TICKS


def emptied(rows: Rows, waves: Iterable[WaveReleased]) -> tuple[Hint, ...]:
    """The bins with nothing left once these waves are picked; reserves are those that the waves don't touch."""
    taken: Counter[tuple[PlaceId, Sku]] = Counter()
    for task in (task for wave in waves for batch in wave.batches for task in batch.tasks):
        taken[task.place, task.sku] += task.quantity
    skus = dict.fromkeys(sku for _, sku in taken)
    held = [
        Held(stock.place, sku, stock.free, reserve=(stock.place, sku) not in taken)
        for sku in skus
        for stock in rows.where(Stock, sku=sku)
        if (place := rows.get(Place, stock.place)) is not None and place.kind == PlaceKind.BIN
    ]
    return hints(held, (Taken(place, sku, units) for (place, sku), units in taken.items()))


def warnings_of(desk: Desk) -> Iterator[str]:
    """Reasons (`wms.domain.reasons`) to trust a plan less."""
    beside = tuple(name for one in desk.walks.floor.troubles if one.code in _BESIDE for name in one.bins)
    if beside and not desk.walks.guessed:
        yield f"bins_unplaced:{len(beside)}:{some(beside)}"
    if not has_compiled():
        yield "plain_planner"
