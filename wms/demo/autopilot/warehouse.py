"""The warehouse of the day: furnished, its orders taken in, ready at the hub before anybody comes to work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wms.channels import Import, ParsedOrder, Source, match, of_orders, read
from wms.demo.furnish import demo_orders, furnish, furnish_for
from wms.domain.events import Event
from wms.domain.ids import Badge
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.intake import StoreGoods, take_in
from wms.intake.files import source_of
from wms.store import Store

ZONE = "Asia/Shanghai"
DEMO_ORDERS = 72


class NoOrders(ValueError):
    """There is nothing to do; the text says why."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """What was furnished, the orders in work, and how far the files' times were moved (seconds)."""

    events: tuple[Event, ...]
    orders: tuple[str, ...]
    expected: int  # orders that came in
    units: int  # to be picked
    shifted: int = 0


def open_warehouse(folder: Path, files: Sequence[Path], limit: int | None, seed: int) -> Warehouse:
    """Furnish the hub's store in `folder` and take the orders in. Raises `NoOrders`."""
    store = Store(folder, "HUB")
    try:
        now = store.clock() // 1000
        imported, events, shifted = _imported(files, limit, now, seed)
        store.record(events, Badge(""))
        goods = StoreGoods(store.rows)
        for entry in imported.entries():
            match(entry, goods)
        report = take_in(store, imported, store.execute, Badge(""))
        ready = store.rows.where(Order, status=OrderStatus.READY)
        units = sum(line.quantity for order in ready for line in store.rows.where(OrderLine, order_id=order.id))
        return Warehouse(
            events, tuple(order.id for order in ready), len(report.taken) + len(report.cancelled), units, shifted
        )
    finally:
        store.close()


def _imported(files: Sequence[Path], limit: int | None, now: int, seed: int) -> tuple[Import, tuple[Event, ...], int]:
    if not files:
        orders = demo_orders(now, seed, DEMO_ORDERS if limit is None else limit)
        return of_orders("demo", "demo", orders), furnish(now, seed), 0
    found = read(_sources(files), zone=ZONE)
    if limit is not None:
        _keep_first(found, limit)
    if not found.orders:
        raise NoOrders(f"no orders in {', '.join(map(str, files))}")
    times = [order.placed_at for order in found.orders if order.placed_at is not None]
    shift = now - min(times) if times else 0
    for entry in found.entries():
        entry.order = None if entry.order is None else _moved(entry.order, shift)
    return found, furnish_for(tuple(found.items), found.orders, now, seed), shift


def _sources(files: Iterable[Path]) -> list[Source]:
    """The files, and those in the folders, by name."""
    found: list[Path] = []
    for path in files:
        found += sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
    return [source_of(path) for path in found]


def _keep_first(found: Import, limit: int) -> None:
    """The first `limit` orders that are to be picked. What made no order stays: somebody has to see it."""
    kept = {(order.channel, order.reference) for order in found.orders[:limit]}
    for file in found.files:
        file.entries = [
            entry
            for entry in file.entries
            if entry.order is None or (entry.order.channel, entry.order.reference) in kept
        ]


def _moved(order: ParsedOrder, seconds: int) -> ParsedOrder:
    """The same order so many seconds later: a deadline years ago would make every parcel late."""
    return replace(
        order,
        placed_at=None if order.placed_at is None else order.placed_at + seconds,
        ship_by=None if order.ship_by is None else order.ship_by + seconds,
    )
