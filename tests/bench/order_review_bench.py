"""How long the review of a day's orders takes: `python tests/bench/order_review_bench.py [ORDERS] [KNOWN]`.

Prints the seconds to take them in, to review them, and how many were held.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import wms.workflows.handlers  # noqa: F401
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.order_review import review_orders
from wms.order_review.rules import defaults
from wms.store import Store
from wms.store.sealing import seal_many

P, NOON, CHUNK = Badge("007"), 1_790_913_600, 200


def person(n: int) -> PersonalData:
    return PersonalData(f"王{n % 3000}", f"139{n % 3000:08}", (f"杭州市文三路{n % 3000}号",), "杭州市", "", "CN")


def take(store: Store, prefix: str, count: int, placed: int) -> list[OrderId]:
    names = [OrderId(f"{prefix}{n}") for n in range(count)]
    for start in range(0, count, CHUNK):
        some = names[start : start + CHUNK]
        sealed = seal_many(store, {name: person(start + n) for n, name in enumerate(some)})
        orders = tuple(
            c.IncomingOrder(
                name, ChannelCode("shop"), name, NOON, CarrierCode("sf"), ((Sku("TEA"), 1),), sealed=sealed[name],
                placed=placed, amount=250_000 if (start + n) % 15 == 0 else 5_000, currency="CNY",
            )
            for n, name in enumerate(some)
        )  # fmt: skip
        store.execute(c.TakeOrders(orders), P)
    return names


def main(orders: int = 4500, known: int = 20_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), "T1", clock=lambda: NOON * 1000)
        item = e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", CategoryCode("food")), ())
        store.record([e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)), item], P)
        store.record([e.GoodsReceived("R", Sku("TEA"), "", 10**6, PlaceId("A-1"))], P)  # type: ignore[arg-type]
        old = take(store, "old", known, NOON - 40 * 86_400)
        store.writer.do(lambda connection: connection.execute("UPDATE orders SET status = 'handed_over', received = 0"))
        began = time.perf_counter()
        names = take(store, "new", orders, NOON)
        taken = time.perf_counter()
        found = review_orders(store, names, store.execute, P, defaults())
        done = time.perf_counter()
        held = len({finding.order for finding in found if finding.holds})
        print(f"{len(old)} known; {orders} taken in {taken - began:.2f} s, reviewed in {done - taken:.2f} s")
        print(f"{held} held, {len(found) - held} suggestions")
        again = time.perf_counter()
        review_orders(store, names, lambda *_: None, P, defaults())  # type: ignore[arg-type, return-value]
        print(f"without recording: {time.perf_counter() - again:.2f} s")
        store.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
