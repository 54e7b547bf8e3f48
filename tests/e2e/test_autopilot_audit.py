"""The audit finds what it is for: each test breaks one thing in a small warehouse's journal or tables."""

import sqlite3
from collections import Counter
from random import Random

import pytest

from wms.demo.autopilot.audit import audit
from wms.demo.autopilot.day import Day
from wms.demo.autopilot.floor import Floor, furnished
from wms.demo.autopilot.mistakes import PER_MILLE, Mistakes
from wms.demo.autopilot.nodes import opened
from wms.demo.autopilot.warehouse import Warehouse
from wms.demo.furnish import furnish
from wms.domain import events as e
from wms.domain.places import Place, PlaceKind
from wms.store import Store
from wms.workflows.inputs import Scanned
from wms.workflows.resolve import ItemScan, resolve

PLACES = {
    "B1": PlaceKind.BIN,
    "TOTE-1": PlaceKind.TOTE,
    "LANE-1": PlaceKind.STAGING,
    "SHIP-SF": PlaceKind.STAGING,
}
TASK = e.PlannedTask("W1-01-001", "o1", 1, "S", "B1", "", 2, 1, 1)
SHIPPED = (
    e.GoodsReceived("r", "S", "", 10, "B1"),
    e.OrderReceived("o1", "web", "1", 2_000_000_000, "", "SF", (("S", 2),)),
    e.WaveReleased("W1", "", 2_000_000_000, (e.PlannedBatch("W1-01", 2_000_000_000, ("o1",), (TASK,)),)),
    e.BatchClaimed("W1-01", "1001", "HUB", "CART-1"),
    e.BinConfirmed("W1-01-001"),
    e.UnitsTaken("W1-01-001", 2, ""),
    e.ToteAssigned("W1-01", 1, "TOTE-1"),
    e.UnitsPut("W1-01-001", 2, "TOTE-1"),
    e.TotesDropped("W1-01", "LANE-1"),
    e.PackingStarted("o1", "o1/1"),
    e.UnitsPacked("o1/1", 1, "S", "", "TOTE-1", 2),
    e.PackingVerified("o1"),
    e.ParcelWeighed("o1/1", 500, 500, "scale"),
    e.WaybillAssigned("o1/1", "SF", "SF1", "lease", 1),
    e.LabelRequested("o1/1"),
    e.LabelPrinted("o1/1", True),
    e.LabelVerified("o1/1"),
    e.ParcelStaged("o1/1", "SHIP-SF"),
    e.ManifestOpened("M1", "SF"),
    e.ParcelLoaded("M1", "o1/1"),
    e.ManifestClosed("M1", "Wu"),
)


@pytest.fixture
def audited(tmp_path):
    """Records events in a store of its own and answers with the invariants that are broken."""

    def look(events, spoil=None, orders=1):
        folder = tmp_path / "hub"
        store = Store(folder, "HUB")
        store.record([*(e.PlaceDefined(Place(name, kind)) for name, kind in PLACES.items()), *events], "1001")
        store.close()
        if spoil:
            database = sqlite3.connect(folder / "wms.sqlite3")
            for (guard,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {guard}")
            database.execute(spoil)
            database.commit()
            database.close()
        warehouse = Warehouse((), ("o1",), orders, 2)
        day = Day(tmp_path, 1, warehouse, Floor(), (), Counter(), 1.0, 1.0)
        with opened({"hub": folder}) as nodes:
            return {name for name, problems in audit(day, nodes).items() if problems}

    return look


def without(kind):
    return [event for event in SHIPPED if not isinstance(event, kind)]


def put_before(kind, *more):
    at = next(n for n, event in enumerate(SHIPPED) if isinstance(event, kind))
    return [*SHIPPED[:at], *more, *SHIPPED[at:]]


def test_nothing_is_wrong_with_a_plain_day(audited):
    assert audited(SHIPPED) == set()


def test_more_taken_than_wanted(audited):
    assert "each_pick_once" in audited(put_before(e.ToteAssigned, e.UnitsTaken("W1-01-001", 1, "")))


def test_a_waybill_on_two_parcels(audited):
    second = (e.ParcelOpened("o1", "o1/2", 2), e.WaybillAssigned("o1/2", "SF", "SF1", "lease", 1))
    assert "each_waybill_once" in audited(put_before(e.LabelRequested, *second))


def test_a_label_before_the_last_unit(audited):
    early = put_before(e.PackingVerified, e.LabelRequested("o1/1"))
    assert "no_label_before_the_last_unit" in audited(early)


def test_a_parcel_shipped_unchecked(audited):
    assert "shipped_was_picked_checked_packed" in audited(without(e.LabelVerified))


def test_a_parcel_shipped_with_a_failed_sample(audited):
    drawn = e.DrawnUnit("W1-01-001", 0, "S", "", "o1", "B1")
    sample = e.SampleDrawn("QC-W1", "outbound", "W1", "", 2, 5, "seed", (drawn,))
    failed = put_before(e.PackingStarted, sample, e.SampleSeen("QC-W1", 1), e.SampleJudged("QC-W1", 1, False, "x"))
    assert "nothing_shipped_from_an_undecided_batch" in audited(failed)


@pytest.mark.parametrize(
    ("detail", "broken"), [("layout,sort_code,too wide", {"every_label_could_be_printed"}), ("broken", set())]
)
def test_a_label_that_could_never_be_printed(audited, detail, broken):
    assert audited([*SHIPPED, e.ReviewRaised("label", "o1/1", detail)]) == broken


def test_an_order_lost_on_the_way_in(audited):
    assert audited(SHIPPED, orders=2) == {"every_order_accounted_for"}


def test_a_row_that_was_tampered_with(audited):
    broken = audited(SHIPPED, "UPDATE stock SET quantity = 9 WHERE place = 'B1'")
    assert broken == {"stock_agrees_with_the_books", "every_node_verifies"}


def test_a_fact_that_was_taken_away(audited):
    broken = audited(SHIPPED, "DELETE FROM journal WHERE kind = 'UnitsPacked'")
    assert {"each_event_once", "every_node_verifies", "stock_agrees_with_the_books"} <= broken


def test_an_order_that_only_claims_to_be_shipped(audited):
    only_staged = [event for event in SHIPPED if not isinstance(event, e.ManifestClosed)]
    assert "shipped_only_when_signed_for" in audited(only_staged, "UPDATE orders SET status = 'handed_over'")


def test_the_seed_fixes_who_errs_when():
    def errs(seed, person):
        mistakes = Mistakes(seed, person)
        return [mistakes.at(kind) for _ in range(200) for kind in PER_MILLE]

    assert errs(1, "1001") == errs(1, "1001")
    assert errs(1, "1001") != errs(2, "1001")
    assert errs(1, "1001") != errs(1, "1002")
    assert {name for rates in PER_MILLE.values() for name in rates} <= set(errs(1, "1001"))


def test_every_code_that_people_scan_is_the_goods_they_hold(tmp_path):
    events = furnish(1_800_000_000, 1)
    store = Store(tmp_path, "T")
    store.record(events, "")
    floor, chance = furnished(events), Random(1)
    try:
        for goods in chance.sample(list(floor.goods.values()), 60):
            for spelling in goods.spellings("L1" if goods.lot_controlled else ""):
                found = resolve(Scanned(spelling), store.rows, frozenset({ItemScan}))
                assert isinstance(found, ItemScan), spelling
                assert (found.sku, found.quantity) == (goods.sku, 1)
    finally:
        store.close()
