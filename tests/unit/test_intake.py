"""Orders taken in: each accounted for once, nothing doubled, nobody's name in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import wms.workflows.handlers  # noqa: F401  # TakeOrders is decided there
from wms.channels import Import, ParsedLine, ParsedOrder, ParsedRecipient, read
from wms.channels.parsed import judged
from wms.domain import events as e
from wms.domain.catalogue import Channel, Item
from wms.domain.commands import Command, TakeOrders
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, ChannelCode, OrderId, PlaceId, Sku
from wms.domain.orders import Order, OrderLine, OrderStatus, Recipient
from wms.domain.places import Place, PlaceKind
from wms.intake import CHUNK, IntakeReport, Result, item_of, rehearse, take_in
from wms.store import Store, verify
from wms.store.sealing import unseal
from wms.workflows.handling import Outcome, Refused
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
    return ParsedOrder(channel, reference, NOON, None, wanted, **{"recipient": WANG} | more)  # type: ignore[arg-type]


def export(*orders: ParsedOrder) -> Import:
    found = [judged(one, f"f.csv:{n}") for n, one in enumerate(orders, 2)]
    return Import("plain", orders, tuple(one.outcome for one in found))


def taken(store: Store, *orders: ParsedOrder) -> IntakeReport:
    return take_in(store, export(*orders), store.execute, P)


def kept(store: Store, name: str) -> Order:
    found = store.rows.get(Order, name)
    assert found is not None
    return found


def lines(store: Store, name: str) -> list[tuple[str, int]]:
    return [(line.sku, line.quantity) for line in store.rows.where(OrderLine, order_id=name)]


def results(report: IntakeReport) -> list[tuple[str, Result, str]]:
    return [(one.reference, one.result, one.reason) for one in report.outcomes]


def test_what_each_order_becomes(store: Store) -> None:
    masked = ParsedRecipient("王**", "138****8000", ("***",), "上海", "", "CN")
    report = taken(
        store,
        order("1"),
        order("2", recipient=None),
        order("3", recipient=masked),
        order("4", ("GHOST", 1), ("TEA", 1)),
        order("5", ("TEA", 5000)),
        order("6", cancelled=True),
        order("7", problems=("partly_refunded",)),
        ParsedOrder("shop", "8", NOON, None, (), WANG),
        order("9", carrier="ups"),
    )
    assert results(report) == [
        ("1", Result.READY, ""),
        ("2", Result.READY_NOLABEL, "no_recipient"),
        ("3", Result.READY_NOLABEL, "masked_recipient"),
        ("4", Result.HELD, "unknown_item:GHOST"),
        ("5", Result.READY, ""),
        ("6", Result.CANCELLED, "cancelled"),
        ("7", Result.HELD, "partly_refunded"),
        ("8", Result.HELD, "no_items"),
        ("9", Result.HELD, "unknown:carrier:ups"),
    ]
    assert report.counts == {
        Result.READY: 2,
        Result.READY_NOLABEL: 2,
        Result.HELD: 4,
        Result.SKIPPED: 0,
        Result.CANCELLED: 1,
        Result.REFUSED: 0,
    }
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
    nameless = ParsedOrder("shop", "1", NOON, None, (ParsedLine("TEA", 1), ParsedLine("", 1, "a gift, wrapped")), WANG)
    assert results(taken(store, nameless)) == [("1", Result.HELD, "unknown_item:a gift; wrapped")]
    from wms.domain.commands import ReleaseOrder

    assert isinstance(store.execute(ReleaseOrder(OrderId("shop-1")), P), Refused)


def test_ship_by_and_carrier_are_the_order_s_else_the_channel_s_else_the_house_s(store: Store) -> None:
    taken(
        store,
        order("1"),
        order("2", channel="fast"),
        ParsedOrder("fast", "3", None, None, (ParsedLine("TEA", 1),), WANG, carrier="sf"),
        ParsedOrder("fast", "4", NOON, NOON + 60, (ParsedLine("TEA", 1),), WANG),
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
    assert results(taken(store, order("1"), order("2"))) == [(n, Result.SKIPPED, "known") for n in ("1", "2")]
    assert store.head() == head
    assert results(taken(store, order("1"), order("2", cancelled=True)))[1] == ("2", Result.CANCELLED, "cancelled")
    assert kept(store, "shop-2").status == OrderStatus.CANCELLED
    head = store.head()
    assert results(taken(store, order("2", cancelled=True))) == [("2", Result.SKIPPED, "known")]
    assert store.head() == head


def test_two_orders_of_one_id_are_one(store: Store) -> None:
    report = taken(store, order("1-a", channel="x"), order("a", channel="x-1"))
    assert results(report) == [("1-a", Result.READY, ""), ("a", Result.SKIPPED, "order_twice:f.csv:2")]


def test_recipients_are_sealed_and_only_those_that_are_needed(store: Store) -> None:
    taken(store, order("1"), order("2", cancelled=True))
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
    many = export(*(order(str(n)) for n in range(2 * CHUNK + 50)))
    chunks = Chunks(store, refuse_from=2)
    report = take_in(store, many, chunks, P)
    assert chunks.sizes == [CHUNK, CHUNK]  # asking a third time would only keep people waiting
    assert (report.counts[Result.READY], report.counts[Result.REFUSED]) == (CHUNK, CHUNK + 50)
    assert {one.reason for one in report.outcomes if one.result == Result.REFUSED} == {"not_recorded"}
    assert report.stopped == (msg("The hub can't be reached"),)
    chunks = Chunks(store)
    report = take_in(store, many, chunks, P)
    assert chunks.sizes == [CHUNK, 50]
    assert (report.counts[Result.SKIPPED], report.counts[Result.READY], report.stopped) == (CHUNK, CHUNK + 50, ())
    assert len(store.rows.all(Order)) == 2 * CHUNK + 50


def test_a_rehearsal_promises_stock_across_chunks_and_records_nothing(store: Store) -> None:
    many = export(*(order(str(n), ("TEA", 3)) for n in range(CHUNK + 150)))
    head = store.head()
    rehearsed = rehearse(store, many)
    assert store.head() == head
    assert store.rows.connection.execute("SELECT count(*) FROM sealing_key").fetchone()[0] == 0
    assert rehearsed.counts[Result.READY] == CHUNK + 150  # stock is no business of intake
    assert rehearsed == take_in(store, many, store.execute, P)
    assert store.rows.count(Order, status=OrderStatus.READY) == 333


def test_orders_of_two_channels_whose_names_run_together_are_not_taken_for_one(store: Store) -> None:
    taken(store, order("c", channel="a-b"))
    report = taken(store, order("b-c", channel="a"))
    assert results(report) == [("b-c", Result.REFUSED, "id_taken:a-b:c")]
    assert kept(store, "a-b-c").reference == "c"


def test_every_row_of_a_file_is_accounted_for_once(store: Store) -> None:
    text = b"order,sku,quantity,name,address\n1,TEA,1,a,b\n2,TEA,x,a,b\n2,TEA,1,a,b\n3,TEA,1,,\n1,JAM,1,a,b\n"
    report = take_in(store, read([("o.csv", text), ("x.bin", b"\0\1")]), store.execute, P)
    assert results(report) == [
        ("", Result.REFUSED, "not_text"),
        ("2", Result.REFUSED, "bad_quantity:quantity:x"),
        ("1", Result.READY, ""),
        ("3", Result.READY_NOLABEL, "no_recipient"),
    ]
    assert [one.order for one in report.outcomes] == ["", "", "plain-1", "plain-3"]


@pytest.mark.skipif(not SHOP_FILES.is_dir(), reason="the merchants' files are not here")
def test_every_order_of_a_shop_s_export(store: Store) -> None:
    content = (SHOP_FILES / "shopify_orders_export.csv").read_bytes()
    report = take_in(store, read([("shopify.csv", content)]), store.execute, P)
    assert len({one.reference for one in report.outcomes}) == len(report.outcomes) == 32
    counts = report.counts
    assert (counts[Result.HELD], counts[Result.SKIPPED] + counts[Result.CANCELLED], counts[Result.REFUSED]) == (
        27,
        5,
        0,
    )


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist orders are not here")
def test_three_thousand_real_orders(store: Store) -> None:
    imported = read([(path.name, path.read_bytes()) for path in sorted(OLIST.iterdir())])
    food = CategoryCode("food")
    store.record([e.ItemDefined(Item(Sku(one.sku), "", one.name, food), ()) for one in imported.items], P)
    wanted: dict[str, int] = {}
    for parsed in imported.orders:
        for line in parsed.lines:
            wanted[line.code] = wanted.get(line.code, 0) + line.quantity
    store.record([e.GoodsReceived("R", Sku(s), NO_LOT, n, PlaceId("A-1")) for s, n in wanted.items()], P)
    report = take_in(store, imported, store.execute, P)
    assert len(report.outcomes) == 3000
    counts = report.counts
    assert (counts[Result.CANCELLED], counts[Result.HELD], counts[Result.REFUSED]) == (12, 0, 0)
    assert counts[Result.READY_NOLABEL] == 2988
    again = take_in(store, imported, store.execute, P)
    assert again.counts[Result.SKIPPED] == 3000
    assert verify(store.rows).problems == ()
