"""What two benches record without hearing of each other."""

import pytest

from wms.domain import events as e
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.places import COUNT_DIFFERENCE, Place, PlaceKind
from wms.domain.review import Review
from wms.domain.stock import Stock
from wms.store import Store, verify


@pytest.fixture
def store(tmp_path):
    """Order o1: one A and one B, both in TOTE-1, dropped in the lane."""
    found = Store(tmp_path, "HUB")
    tasks = tuple(
        e.PlannedTask(f"W1-01-00{n}", "o1", n, sku, f"B{n}", "", 1, n, 1) for n, sku in enumerate(("A", "B"), 1)
    )
    wave = e.WaveReleased("W1", "", 2_000_000_000, (e.PlannedBatch("W1-01", 2_000_000_000, ("o1",), tasks),))
    found.record(
        [
            e.PlaceDefined(Place("B1", PlaceKind.BIN)),
            e.PlaceDefined(Place("B2", PlaceKind.BIN)),
            e.PlaceDefined(Place("TOTE-1", PlaceKind.TOTE)),
            e.GoodsReceived("r", "A", "", 5, "B1"),
            e.GoodsReceived("r", "B", "", 5, "B2"),
            e.OrderReceived("o1", "web", "1", 2_000_000_000, "", "SF", (("A", 1), ("B", 1))),
            wave,
            e.ToteAssigned("W1-01", 1, "TOTE-1"),
        ],
        "1001",
    )
    for task in tasks:
        found.record([e.UnitsTaken(task.id, 1, ""), e.UnitsPut(task.id, 1, "TOTE-1")], "1001")
    found.record([e.TotesDropped("W1-01", "LANE-1")], "1001")
    yield found
    found.close()


def test_a_unit_that_two_benches_miss_is_lost_but_once(store):
    missing = e.UnitsMissing("o1", 1, "A", "", "TOTE-1", 1)
    store.record([e.PackingStarted("o1", "o1/1"), missing], "1004")
    store.record([e.PackingStarted("o1", "o1/1"), missing], "1005")
    line, order = store.rows.get(OrderLine, "o1", 1), store.rows.get(Order, "o1")
    assert (line.picked, line.short) == (0, 1)
    assert order.status == OrderStatus.SHORT
    assert store.rows.get(Stock, "TOTE-1", "A", "") is None
    assert store.rows.get(Stock, COUNT_DIFFERENCE, "A", "").quantity == 1
    assert store.rows.get(Review, "packed_twice/o1").open
    assert verify(store.rows).problems == ()
