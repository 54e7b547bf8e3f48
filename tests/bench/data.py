"""Data for the benchmarks: a small warehouse with one released wave, and journals of any length."""

from __future__ import annotations

import time
from pathlib import Path

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.ids import Badge
from wms.domain.places import Place, PlaceKind
from wms.store import Store

BADGE = Badge("1001")
CHUNK = 20_000


def furnished(folder: Path, orders: int = 100) -> Store:
    """A store with `orders` one-line orders, released in waves, and one picker."""
    store = Store(folder, "BENCH")
    store.record(_site(orders), BADGE)
    lines = tuple(
        c.IncomingOrder(f"web-{n}", "web", f"{n}", int(time.time()) + 86400, "SF", ((f"S{n % 50:03}", 2),))  # type: ignore[arg-type]
        for n in range(orders)
    )
    store.execute(c.TakeOrders(lines), BADGE)
    store.execute(c.ReleaseWaves(), BADGE)
    return store


def _site(orders: int) -> list[e.Event]:
    events: list[e.Event] = [
        e.SiteNamed("Bench", "Asia/Shanghai"),
        e.CategoryDefined(Category("c", "食品", "Food")),  # type: ignore[arg-type]
        e.ChannelDefined(Channel("web", "官网", "Web", 48, "SF")),  # type: ignore[arg-type]
        e.CarrierDefined("SF", "顺丰", "SF", "SHIP-SF", "SF", 12, 1, 10**9),  # type: ignore[arg-type]
        e.CartonDefined(Carton("B", "中箱", "Medium", 400, 300, 200, 150)),  # type: ignore[arg-type]
        e.PersonDefined(Person(BADGE, "Li Lei", "picker", "en")),
        e.PlaceDefined(Place("CART-1", PlaceKind.CART, slots=12)),  # type: ignore[arg-type]
        e.PlaceDefined(Place("LANE-1", PlaceKind.STAGING, "pack")),  # type: ignore[arg-type]
    ]
    for n in range(50):
        events += [
            e.ItemDefined(Item(f"S{n:03}", f"商品{n}", f"Item {n}", "c", weight_g=500), ((f"CODE{n:03}", 1),)),  # type: ignore[arg-type]
            e.PlaceDefined(Place(f"A-{n:02}-1-1", PlaceKind.BIN, "A", n, f"{n:02}")),  # type: ignore[arg-type]
            e.GoodsReceived("r", f"S{n:03}", "", orders * 2, f"A-{n:02}-1-1"),  # type: ignore[arg-type]
        ]
    return events


def lengthen(store: Store, rows: int) -> None:
    """Fill the journal up to `rows` events of a warehouse's history (moves there and back)."""
    have = store.head()
    there = e.StockMoved("S000", "", 1, "A-00-1-1", "A-01-1-1")  # type: ignore[arg-type]
    back = e.StockMoved("S000", "", 1, "A-01-1-1", "A-00-1-1")  # type: ignore[arg-type]
    while have < rows:
        count = min(CHUNK, rows - have)
        store.record([there, back] * (count // 2) + [there] * (count % 2), BADGE)
        have += count
