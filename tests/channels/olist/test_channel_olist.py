"""Olist: tables of a marketplace, given together."""

from __future__ import annotations

import gzip
import time

import pytest

from tests.channels.given import SHARED, counts, told
from wms.channels import FileAccount, Import, Source, of_bytes, read
from wms.channels.times import utc_seconds

FEW = SHARED / "orders" / "olist"
MANY = SHARED / "load" / "olist"

ORDERS = """order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at
o1,c1,delivered,2018-03-01 00:00:37,2018-03-01 00:10:25
o2,c2,canceled,2018-03-01 00:00:37,2018-03-01 00:10:25
o3,c3,shipped,2018-03-01 00:00:37,
o4,c4,invoiced,2018-03-01 00:00:37,2018-03-01 00:10:25
o5,c5,unavailable,2018-03-01 00:00:37,2018-03-02 00:00:00
"""
PIECES = """order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value
o1,1,p1,s1,2018-03-07 00:10:25,30.21,15.1
o1,2,p2,s2,2018-03-06 00:00:00,30.21,15.1
o1,3,p1,s1,2018-03-07 00:10:25,30.21,15.1
o2,1,p1,s1,2018-03-07 00:10:25,30.21,15.1
o3,1,p2,s2,2018-03-07 00:10:25,30.21,15.1
"""
PRODUCTS = """product_id,product_category_name,product_weight_g,product_length_cm,product_height_cm,product_width_cm
p1,beleza_saude,1850,36.5,37,16
p3,automotivo,100,1,1,1
"""
CUSTOMERS = """customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state
c1,u1,09782,sao bernardo do campo,SP
"""
NAMES = "\ufeffproduct_category_name,product_category_name_english\nbeleza_saude,health_beauty\n"
SELLERS = "seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,29156,cariacica,ES\n"


def of(orders: str = ORDERS, pieces: str = PIECES, **more: str) -> Import:
    tables = {"orders": orders, "items": pieces} | more
    return read([of_bytes(f"{name}.csv", text.encode()) for name, text in tables.items() if text])


def files(found: Import) -> tuple[FileAccount, FileAccount]:
    orders, pieces, *_ = found.files
    return orders, pieces


def test_rows_are_pieces_and_the_earliest_limit_counts() -> None:
    orders, _ = files(of(customers=CUSTOMERS))
    order = orders.entries[0].order
    assert order is not None
    assert [(line.code, line.quantity) for line in order.lines] == [("p1", 2), ("p2", 1)]
    assert order.placed_at == utc_seconds("2018-03-01 03:10:25")  # São Paulo is three hours behind
    assert order.ship_by == utc_seconds("2018-03-06 03:00:00")
    assert order.recipient is not None
    assert (order.recipient.city, order.recipient.postcode) == ("sao bernardo do campo SP", "09782")


def test_every_order_ends_once_and_counts_on_the_table_of_orders() -> None:
    found = of(products=PRODUCTS, customers=CUSTOMERS, names=NAMES, sellers=SELLERS)
    assert [file.fault for file in found.files] == [""] * 6
    orders, pieces = files(found)
    assert told(orders) == [
        ("o1", "ready_nolabel", "no_recipient"),
        ("o2", "skip", "cancelled"),
        ("o3", "skip", "not_paid"),
        ("o4", "hold", "no_items"),
        ("o5", "skip", "unavailable"),
    ]
    assert counts(orders) == {"ready_nolabel": (1, 2, 3), "hold": (1, 0, 0), "skip": (3, 2, 2)}
    assert [entry.order.taken_back for entry in orders.entries if entry.order] == [False, True, False, False, True]
    assert (orders.records, pieces.records, told(pieces)) == (5, 5, [])


def test_the_tables_may_come_in_any_order_and_columns_anywhere() -> None:
    turned = "\n".join(",".join(reversed(line.split(","))) for line in ORDERS.splitlines())
    tables = (SELLERS, NAMES, PIECES, PRODUCTS, turned, CUSTOMERS)
    found = read([of_bytes(f"{n}.csv", text.encode()) for n, text in enumerate(tables)])
    assert counts(found.files[4]) == {"ready_nolabel": (1, 2, 3), "hold": (1, 0, 0), "skip": (3, 2, 2)}


def test_goods_are_measured_in_grams_and_millimetres() -> None:
    first, second = of(products=PRODUCTS, names=NAMES).items
    assert (first.sku, first.name, first.category) == ("p1", "health beauty", "beleza_saude")
    assert (first.weight_g, first.length_mm, first.width_mm, first.height_mm) == (1850, 365, 160, 370)
    assert (second.sku, second.name, second.weight_g) == ("p2", "", 0)


@pytest.mark.parametrize(("orders", "pieces", "missing"), [("", PIECES, "orders"), (ORDERS, "", "order items")])
def test_a_table_that_is_missing_is_named(orders: str, pieces: str, missing: str) -> None:
    found = of(orders, pieces, products=PRODUCTS)
    assert {file.fault for file in found.files} == {f"missing_file:{missing}"}
    assert not any(file.entries for file in found.files)


def test_pieces_of_orders_that_are_not_there_are_refused_one_by_one() -> None:
    orders, pieces = files(
        of(pieces=PIECES + "o9,1,p1,s1,2018-03-07 00:10:25,1,1\no9,2,p1,s1,2018-03-07 00:10:25,1,1\n")
    )
    assert told(pieces) == [("o9", "reject", "unknown_order:o9")] * 2
    assert [(entry.record, entry.lines, entry.units) for entry in pieces.entries] == [(6, 1, 1), (7, 1, 1)]
    assert len(orders.entries) == 5


def test_a_row_twice_is_left_out_and_a_piece_that_contradicts_another_holds() -> None:
    twice = PIECES + "o1,3,p1,s1,2018-03-07 00:10:25,30.21,15.1\n"
    orders, pieces = files(of(pieces=twice))
    assert counts(orders)["ready_nolabel"] == (1, 2, 3)
    assert told(pieces) == [("o1", "skip", "record_twice:3")]
    orders, pieces = files(of(pieces=PIECES + "o1,3,p2,s1,2018-03-07 00:10:25,30.21,15.1\n"))
    assert told(orders)[0] == ("o1", "hold", "line_twice:p2:3")
    assert (orders.entries[0].units, told(pieces)) == (4, [])


def test_an_order_twice() -> None:
    again = ORDERS + "o1,c1,delivered,2018-03-01 00:00:37,2018-03-01 00:10:25\n"
    orders, _ = files(of(again))
    assert counts(orders)["ready_nolabel"] == (1, 2, 3)
    assert told(orders)[-1] == ("o1", "skip", "record_twice:1")
    orders, _ = files(of(ORDERS + "o1,c1,canceled,2018-03-01 00:00:37,2018-03-01 00:10:25\n"))
    assert told(orders)[0] == ("o1", "hold", "unlike_record:order_status:1:canceled")


def test_the_same_tables_given_twice_are_taken_once() -> None:
    found = read(
        [of_bytes(name, text.encode()) for name, text in {"a": ORDERS, "b": PIECES, "c": ORDERS, "d": PIECES}.items()]
    )
    assert sum(counts(file).get("ready_nolabel", (0, 0, 0))[2] for file in found.files) == 3
    assert {reason.partition(":")[0] for _, _, reason in told(found.files[3])} == {"record_twice"}


def test_damage_in_rows() -> None:
    def after(old: str, new: str) -> list[tuple[str, str, str]]:
        orders, pieces = files(of(pieces=PIECES.replace(old, new, 1)))
        return [*told(orders)[:1], *told(pieces)]

    assert after("o1,2,p2,s2,2018-03-06 00:00:00", "o1,2,p2,s2,soon") == [
        ("o1", "hold", "bad_time:shipping_limit_date:soon")
    ]
    assert after("o1,2,p2", "o1,2,") == [("o1", "hold", "no_sku")]
    assert after("o1,2,p2", ",2,p2") == [
        ("o1", "hold", "pieces_differ:3:2"),
        ("", "reject", "missing:order_id"),
    ]
    assert after("o1,2,p2,s2,2018-03-06 00:00:00,30.21,15.1", "o1,2,p2") == [("o1", "reject", "short_row:3:7")]
    orders, pieces = files(of(pieces=PIECES[: PIECES.index(",2,p2")]))
    assert told(orders)[0] == ("o1", "reject", "cut_row:1:7")
    orders, pieces = files(of(pieces=PIECES[: PIECES.index("2,1,p1")]))
    assert (told(orders)[0], told(pieces)) == (("o1", "hold", "cut_off"), [("o", "reject", "cut_row:1:7")])
    orders, _ = files(of(ORDERS.replace("o4,c4,invoiced", "o4,c4,lost")))
    assert told(orders)[3] == ("o4", "hold", "unknown_status:order_status:lost")


@pytest.mark.skipif(not FEW.exists(), reason="the marketplace's orders are not beside this checkout")
def test_three_thousand_real_orders() -> None:
    found = read([of_bytes(path.name, path.read_bytes()) for path in sorted(FEW.iterdir())])
    orders = next(file for file in found.files if "orders" in file.name)
    assert counts(orders) == {"ready_nolabel": (2988, 3091, 3441), "skip": (12, 5, 6)}
    assert (orders.records, len(found.items)) == (3000, 2189)
    assert all(file is orders or not file.entries for file in found.files)


@pytest.mark.skipif(not MANY.exists(), reason="the marketplace's 27,092 lines are not beside this checkout")
def test_all_others_are_read_quickly() -> None:
    def source(name: str) -> Source:
        return of_bytes(name, gzip.decompress((MANY / f"{name}.csv.gz").read_bytes()))

    sources = [source(path.name.removesuffix(".csv.gz")) for path in sorted(MANY.iterdir())]
    began = time.process_time()
    found = read(sources)
    assert time.process_time() - began < 5  # of the processor; it takes about 1
    orders = next(file for file in found.files if "orders" in file.name)
    assert counts(orders) == {"ready_nolabel": (23528, 24407, 26958), "hold": (1, 0, 0), "skip": (240, 112, 134)}
    assert sum(entry.units for entry in orders.entries) == 27_092
