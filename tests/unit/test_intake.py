"""Orders taken in: each accounted for once, nothing doubled, nobody's name in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import wms.workflows.handlers  # noqa: F401  # TakeOrders is decided there
from wms.channels import Import, ParsedLine, ParsedOrder, ParsedRecipient, Result, of_bytes, of_orders, read, sums
from wms.channels.parsed import Kind, Trouble
from wms.domain import events as e
from wms.domain.catalogue import Channel, Item
from wms.domain.commands import Command, ReleaseOrder, TakeOrders
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderLine, OrderStatus, Recipient
from wms.domain.places import Place, PlaceKind
from wms.domain.review import Review
from wms.intake import CHUNK, IntakeReport, StoreGoods, item_of, rehearse, take_in
from wms.store import Store, verify
from wms.store.sealing import unseal
from wms.workflows.handling import Outcome, Refused
from wms.workflows.import_words import result_words
from wms.workflows.prompt import msg

P = Badge("007")
NOON = 1_790_913_600
WANG = ParsedRecipient("王小明", "13800138000", ("人民路1号",), "上海", "200001", "CN")
OLIST = Path(__file__).parents[3] / "shared" / "data" / "orders" / "olist"
SHOP_FILES = Path(__file__).parents[3] / "shared" / "data" / "imports"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, "T1", clock=lambda: NOON * 1000)
    food = CategoryCode("food")
    opened.record(
        [
            e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)),
            e.PlaceDefined(Place(PlaceId("S-1"), PlaceKind.STAGING)),
            e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", food), (("06901234567892", 1), ("16901234567899", 12))),
            e.ItemDefined(Item(Sku("JAM"), "酱", "Jam", food), (("SHARED", 1), ("OLD-JAM", 1))),
            e.ItemDefined(Item(Sku("OIL"), "油", "Oil", food), (("SHARED", 1),)),
            e.CarrierDefined(CarrierCode("sf"), "", "", PlaceId("S-1"), "SF", 6, 1, 900),
            e.CarrierDefined(CarrierCode("yt"), "", "", PlaceId("S-1"), "YT", 6, 1, 900),
            e.ChannelDefined(Channel(ChannelCode("fast"), "", "", 24, CarrierCode("yt"))),
            e.GoodsReceived("R", Sku("TEA"), NO_LOT, 1000, PlaceId("A-1")),
        ],
        P,
    )
    yield opened
    opened.close()


def order(reference: str, *lines: tuple[str, int], channel: str = "shop", **more: object) -> ParsedOrder:
    wanted = tuple(ParsedLine(code, quantity) for code, quantity in lines or (("TEA", 1),))
    about = {"placed_at": NOON, "recipient": WANG} | more
    return ParsedOrder(channel, reference, wanted, **about)  # type: ignore[arg-type]


def taken_back(reference: str) -> ParsedOrder:
    return order(reference, taken_back=True, troubles=(Trouble(Result.SKIP, "cancelled"),))


def export(store: Store, *orders: ParsedOrder) -> Import:
    return of_orders("f.csv", "plain", orders, StoreGoods(store.rows))


def taken(store: Store, *orders: ParsedOrder) -> IntakeReport:
    return take_in(store, export(store, *orders), store.execute, P)


def counts(report: IntakeReport) -> dict[str, int]:
    return {name: one.orders for name, one in sums(report.imported.entries()).items() if one.orders}


def kept(store: Store, name: str) -> Order:
    found = store.rows.get(Order, name)
    assert found is not None
    return found


def lines(store: Store, name: str) -> list[tuple[str, int]]:
    return [(line.sku, line.quantity) for line in store.rows.where(OrderLine, order_id=name)]


def results(report: IntakeReport) -> list[tuple[str, Result, str]]:
    return [(one.reference, one.result, one.reason) for one in report.imported.entries()]


def test_what_each_order_becomes(store: Store) -> None:
    masked = ParsedRecipient("王**", "138****8000", ("***",), "上海", "", "CN", hidden=True)
    report = taken(
        store,
        order("1"),
        order("2", recipient=None),
        order("3", recipient=masked),
        order("4", ("GHOST", 1), ("TEA", 1)),
        order("5", ("tea ", 2)),
        taken_back("6"),
        order("7", troubles=(Trouble(Result.HOLD, "partly_refunded"),)),
        order("9", carrier="ups"),
    )
    assert results(report) == [
        ("1", Result.READY, ""),
        ("2", Result.READY_NOLABEL, "no_recipient"),
        ("3", Result.READY_NOLABEL, "masked_recipient"),
        ("4", Result.HOLD, "unknown_item:GHOST"),
        ("5", Result.HOLD, "unknown_item:tea "),
        ("6", Result.SKIP, "cancelled"),
        ("7", Result.HOLD, "partly_refunded"),
        ("9", Result.HOLD, "unknown:carrier:ups"),
    ]
    assert [entry.offered for entry in report.imported.entries() if entry.offered] == [{"tea ": ("TEA",)}]
    assert counts(report) == {"ready": 1, "ready_nolabel": 2, "hold": 4, "skip": 1}
    assert report.cancelled == ("shop-6",)
    assert kept(store, "shop-2").status == OrderStatus.READY
    assert kept(store, "shop-6").status == OrderStatus.CANCELLED
    assert kept(store, "shop-9").carrier == "sf"
    assert verify(store.rows).problems == ()


def test_codes_name_goods(store: Store) -> None:
    rows = store.rows
    assert item_of(rows, "TEA") == ("TEA", 1)
    assert item_of(rows, "6901234567892") == item_of(rows, "06901234567892") == ("TEA", 1)
    assert item_of(rows, "16901234567899") == ("TEA", 12)
    assert item_of(rows, "OLD-JAM") == ("JAM", 1)
    assert item_of(rows, "SHARED") is None
    assert item_of(rows, "6901234567893") is None
    taken(store, order("1", ("TEA", 1), ("6901234567892", 2), ("16901234567899", 1)))
    assert lines(store, "shop-1") == [("TEA", 15)]


def test_half_an_order_is_never_released(store: Store) -> None:
    nameless = order("1", ("TEA", 1), ("A,B", 1))
    assert results(taken(store, nameless)) == [("1", Result.HOLD, "unknown_item:A;B")]
    assert isinstance(store.execute(ReleaseOrder(OrderId("shop-1")), P), Refused)


def test_ship_by_and_carrier_are_the_order_s_else_the_channel_s_else_the_house_s(store: Store) -> None:
    taken(
        store,
        order("1"),
        order("2", channel="fast"),
        order("3", channel="fast", placed_at=None, carrier="sf"),
        order("4", channel="fast", ship_by=NOON + 60),
    )
    hour = 3600
    assert [(kept(store, name).ship_by - NOON, kept(store, name).carrier) for name in ("shop-1", "fast-2")] == [
        (48 * hour, "sf"),
        (24 * hour, "yt"),
    ]
    assert (kept(store, "fast-3").ship_by - NOON, kept(store, "fast-3").carrier) == (24 * hour, "sf")
    assert kept(store, "fast-4").ship_by == NOON + 60


def test_twice_is_once_and_a_later_cancellation_counts(store: Store) -> None:
    taken(store, order("1"), order("2"))
    head = store.head()
    assert results(taken(store, order("1"), order("2"))) == [(n, Result.SKIP, "known") for n in ("1", "2")]
    assert store.head() == head
    report = taken(store, order("1"), taken_back("2"))
    assert (results(report)[1], report.cancelled) == (("2", Result.SKIP, "cancelled"), ("shop-2",))
    assert kept(store, "shop-2").status == OrderStatus.CANCELLED
    head = store.head()
    report = taken(store, taken_back("2"))
    assert (results(report), report.cancelled) == ([("2", Result.SKIP, "cancelled")], ())
    assert store.head() == head


def test_what_a_channel_says_anew_waits_for_a_supervisor_once(store: Store) -> None:
    taken(store, order("1", ("TEA", 2)))
    moved = ParsedRecipient("王小明", "13800138000", ("人民路2号",), "上海", "200001", "CN")
    changed = order("1", ("TEA", 5), recipient=moved)
    report = taken(store, changed)
    assert results(report) == [("1", Result.HOLD, "changed:lines recipient")]
    assert report.changed == ("shop-1",)
    assert lines(store, "shop-1") == [("TEA", 2)]  # until somebody has decided
    assert store.rows.get(Review, "order_changed/shop-1") is not None
    head = store.head()
    assert results(taken(store, changed)) == [("1", Result.SKIP, "known")]
    assert store.head() == head


REFUND = Trouble(Result.HOLD, "refund_asked:asked", "Refund", "asked")


def order_held(store: Store, name: str) -> tuple[OrderStatus, str]:
    return kept(store, name).status, kept(store, name).hold


def test_a_trouble_that_begins_later_holds_a_known_order_once(store: Store) -> None:
    taken(store, order("1"))
    troubled = order("1", troubles=(REFUND,))
    for report in (rehearse(store, export(store, troubled)), taken(store, troubled)):
        (entry,) = report.imported.entries()
        assert (entry.result, entry.reason) == (Result.HOLD, "refund_asked:asked")
        assert (entry.column, entry.text, report.changed) == ("Refund", "asked", ())
    assert order_held(store, "shop-1") == (OrderStatus.HELD, "refund_asked:asked")
    assert store.rows.get(Review, "order_changed/shop-1") is None
    store.execute(ReleaseOrder(OrderId("shop-1")), P)
    head = store.head()
    assert results(taken(store, troubled)) == [("1", Result.SKIP, "known")]
    assert (store.head(), kept(store, "shop-1").status) == (head, OrderStatus.READY)
    assert verify(store.rows).problems == ()


def test_a_trouble_that_was_gone_is_new_again(store: Store) -> None:
    troubled = order("1", troubles=(REFUND,))
    taken(store, troubled)
    assert results(taken(store, order("1"))) == [("1", Result.SKIP, "known")]
    assert kept(store, "shop-1").status == OrderStatus.HELD  # until a person releases it
    store.execute(ReleaseOrder(OrderId("shop-1")), P)
    head = store.head()
    taken(store, order("1"))
    assert store.head() == head
    assert results(taken(store, troubled)) == [("1", Result.HOLD, "refund_asked:asked")]
    assert kept(store, "shop-1").status == OrderStatus.HELD


def test_a_held_order_is_held_for_what_it_was_not_held_for_yet(store: Store) -> None:
    taken(store, order("1", troubles=(REFUND,)), order("2", carrier="ups"))
    again = order("1", troubles=(REFUND, Trouble(Result.HOLD, "unlike_record:Name:7:x", "Name", "x")))
    report = taken(store, again, order("2", carrier="ups"))
    assert results(report) == [("1", Result.HOLD, "unlike_record:Name:7:x"), ("2", Result.SKIP, "known")]
    assert order_held(store, "shop-1") == (OrderStatus.HELD, "refund_asked:asked,unlike_record:Name:7:x")
    moved = order("1", troubles=(REFUND, Trouble(Result.HOLD, "unlike_record:Name:9:x", "Name", "x")))
    assert results(taken(store, moved)) == [("1", Result.SKIP, "known")]  # the row's number says nothing new


def test_a_trouble_and_other_goods_are_both_told(store: Store) -> None:
    taken(store, order("1", ("TEA", 2), ("JAM", 1)))
    lines = (ParsedLine("TEA", 2, column="Sku"), ParsedLine("JAM", 4, column="Sku"))
    changed = replace(order("1", troubles=(REFUND,)), lines=lines)
    report = taken(store, changed)
    (entry,) = report.imported.entries()
    assert (entry.reason, [(one.reason, one.column, one.text) for one in entry.others]) == (
        "refund_asked:asked",
        [("changed:lines", "Sku", "JAM")],
    )
    assert report.changed == ("shop-1",)
    assert order_held(store, "shop-1")[1] == "no_stock:JAM:1,refund_asked:asked"
    found = store.rows.get(Review, "order_changed/shop-1")
    assert (found is not None, found and found.detail) == (True, "lines")
    head = store.head()
    assert results(taken(store, changed)) == [("1", Result.SKIP, "known")]
    assert store.head() == head


def test_a_code_that_nobody_knows_is_part_of_other_goods(store: Store) -> None:
    taken(store, order("1"))
    assert results(taken(store, order("1", ("GHOST", 1)))) == [("1", Result.HOLD, "changed:lines")]
    assert kept(store, "shop-1").status == OrderStatus.READY


def test_a_known_order_that_can_not_be_read_now_stays_as_it_is_and_is_told(store: Store) -> None:
    taken(store, order("1"))
    head = store.head()
    bad = order("1", troubles=(Trouble(Result.REJECT, "bad_quantity:qty:-1", "qty", "-1"),))
    assert results(taken(store, bad)) == [("1", Result.REJECT, "bad_quantity:qty:-1")]
    assert store.head() == head


def test_a_group_that_is_complete_is_told(store: Store) -> None:
    group = order("1", kind=Kind.GROUP, waiting=True)
    taken(store, group)
    assert results(taken(store, group)) == [("1", Result.SKIP, "known")]
    report = taken(store, order("1", kind=Kind.GROUP))
    assert results(report) == [("1", Result.SKIP, "group_complete")]
    assert [result_words(entry) for entry in report.imported.entries()] == [msg("here already")]
    assert kept(store, "shop-1").status == OrderStatus.READY


def test_two_orders_of_one_name_are_not_taken_for_one(store: Store) -> None:
    report = taken(store, order("1-a", channel="x"), order("a", channel="x-1"))
    assert results(report) == [("1-a", Result.READY, ""), ("a", Result.REJECT, "id_taken:x:1-a")]


def test_recipients_are_sealed_and_only_those_that_are_needed(store: Store) -> None:
    taken(store, order("1"), taken_back("2"))
    assert kept(store, "shop-1").masked == "王* 1*******000 上海"
    sealed = store.rows.get(Recipient, "shop-1")
    assert sealed is not None
    person = unseal(store.rows, OrderId("shop-1"), sealed.sealed)
    assert person is not None
    assert person.name == "王小明"
    assert store.rows.get(Recipient, "shop-2") is None
    assert store.rows.connection.execute("SELECT count(*) FROM sealing_key").fetchone()[0] == 1
    assert "王小明".encode() not in b"".join(path.read_bytes() for path in store.folder.iterdir())


class Chunks:
    """Decides like the store, and counts; refuses from a given chunk on."""

    def __init__(self, store: Store, refuse_from: int = 1000) -> None:
        self._store, self._refuse_from = store, refuse_from
        self.sizes: list[int] = []

    def __call__(self, command: Command, person: Badge) -> Outcome:
        assert isinstance(command, TakeOrders)
        self.sizes.append(len(command.orders))
        if len(self.sizes) >= self._refuse_from:
            return Refused((msg("The hub can't be reached"),))
        return self._store.execute(command, person)


def test_many_orders_go_in_chunks_and_what_was_not_taken_goes_in_the_next_time(store: Store) -> None:
    many = [order(str(n)) for n in range(2 * CHUNK + 50)]
    chunks, steps = Chunks(store, refuse_from=2), list[tuple[int, int]]()
    report = take_in(store, export(store, *many), chunks, P, lambda *step: steps.append(step))
    assert chunks.sizes == [CHUNK, CHUNK]  # asking a third time would only keep people waiting
    assert steps == [(CHUNK, 450), (2 * CHUNK, 450), (450, 450)]
    assert counts(report) == {"ready": CHUNK, "reject": CHUNK + 50}
    assert {reason for _, result, reason in results(report) if result == Result.REJECT} == {"not_recorded"}
    assert report.stopped == (msg("The hub can't be reached"),)
    chunks = Chunks(store)
    report = take_in(store, export(store, *many), chunks, P)
    assert chunks.sizes == [CHUNK, 50]
    assert (counts(report), report.stopped) == ({"skip": CHUNK, "ready": CHUNK + 50}, ())
    assert len(store.rows.all(Order)) == 2 * CHUNK + 50


def test_a_rehearsal_tells_the_same_and_records_nothing(store: Store) -> None:
    taken(store, order("1"), order("2", ("TEA", 3)))
    head = store.head()
    many = [order(str(n), ("TEA", 3)) for n in range(5)]
    rehearsed = rehearse(store, export(store, *many))
    assert store.head() == head
    assert counts(rehearsed) == {"ready": 3, "hold": 1, "skip": 1}
    assert results(rehearsed)[1:3] == [("1", Result.HOLD, "changed:lines"), ("2", Result.SKIP, "known")]
    assert results(rehearsed) == results(taken(store, *many))


def test_orders_of_two_channels_whose_names_run_together_are_not_taken_for_one(store: Store) -> None:
    taken(store, order("c", channel="a-b"))
    report = taken(store, order("b-c", channel="a"))
    assert results(report) == [("b-c", Result.REJECT, "id_taken:a-b:c")]
    assert kept(store, "a-b-c").reference == "c"


@pytest.mark.skipif(not SHOP_FILES.is_dir(), reason="the merchants' files are not here")
def test_every_order_of_a_shop_s_export(store: Store) -> None:
    content = (SHOP_FILES / "shopify_orders_export.csv").read_bytes()
    report = take_in(store, read([of_bytes("shopify.csv", content)], goods=StoreGoods(store.rows)), store.execute, P)
    assert counts(report) == {"hold": 27, "skip": 5}


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist orders are not here")
def test_three_thousand_real_orders(store: Store) -> None:
    files = [of_bytes(path.name, path.read_bytes()) for path in sorted(OLIST.iterdir())]
    items = read(files).items
    food = CategoryCode("food")
    store.record([e.ItemDefined(Item(Sku(one.sku), "", one.name, food), ()) for one in items], P)

    def again() -> dict[str, int]:
        return counts(take_in(store, read(files, goods=StoreGoods(store.rows)), store.execute, P))

    assert again() == {"ready_nolabel": 2988, "skip": 12}
    assert again() == {"skip": 3000}
    assert verify(store.rows).problems == ()
