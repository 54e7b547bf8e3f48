"""Amazon: the unshipped and the new orders report."""

from __future__ import annotations

import pytest

from tests.channels.given import account, counts, entries, expected, needs_samples, only, sample, told
from wms.channels import FileAccount
from wms.channels.times import utc_seconds

COLUMNS = [
    "order-id", "order-item-id", "purchase-date", "payments-date", "promise-date", "buyer-email", "buyer-phone-number",
    "sku", "product-name", "quantity-purchased", "quantity-shipped", "quantity-to-ship", "ship-service-level",
    "recipient-name", "ship-address-1", "ship-address-2", "ship-address-3", "ship-city", "ship-state",
    "ship-postal-code", "ship-country", "is-business-order",
]  # fmt: skip


def row(order: str = "113-1", item: str = "60584298391905", sku: str = "TEA", **cells: str) -> dict[str, str]:
    usual = {
        "order-id": order,
        "order-item-id": item,
        "purchase-date": "2026-11-11T19:04:24-08:00",
        "payments-date": "2026-11-11T19:07:24-08:00",
        "promise-date": "2026-11-13T23:59:59-08:00",
        "buyer-email": "a@example.com",
        "buyer-phone-number": "555-0100",
        "sku": sku,
        "product-name": "Tea",
        "quantity-purchased": "2",
        "quantity-shipped": "0",
        "quantity-to-ship": "2",
        "ship-service-level": "Standard",
        "recipient-name": "Ada Example",
        "ship-address-1": "Main St 5",
        "ship-city": "Springfield",
        "ship-state": "IL",
        "ship-postal-code": "02139",
        "ship-country": "US",
    }
    return usual | {name.replace("_", "-"): cell for name, cell in cells.items()}


def report(
    *rows: dict[str, str],
    without: str | tuple[str, ...] = (),
    mark: str = "\t",
    end: str = "\r\n",
    code: str = "cp1252",
) -> bytes:
    columns = list(dict.fromkeys([*COLUMNS, *(name for each in rows for name in each)]))
    columns = [name for name in columns if name not in (without, *without)]
    text = end.join(
        mark.join(each.get(name, "") for name in columns) for each in ({name: name for name in columns}, *rows)
    )
    return (text + end).encode(code)


def of(*rows: dict[str, str], **how: str) -> FileAccount:
    return account(report(*rows, **how), "orders.txt")


@needs_samples
def test_the_sample_comes_out_as_its_manifest_says() -> None:
    found = sample("amazon_unshipped_orders.txt")
    assert (found.channel, found.encoding, found.records) == ("amazon", "cp1252", 57)
    assert counts(found) == expected("amazon_unshipped_orders.txt")


def test_an_order_has_its_lines_its_person_and_the_earliest_promise() -> None:
    later = row(item="2", sku="RICE", promise_date="2026-11-12T23:59:59-08:00", product_name='10" Pan &quot;B&quot;')
    entry = only(of(row(ship_address_3="Unit 7"), later))
    order = entry.order
    assert order is not None
    assert (entry.result, entry.lines, entry.units) == ("ready", 2, 4)
    assert [(line.code, line.quantity, line.name) for line in order.lines] == [
        ("TEA", 2, "Tea"),
        ("RICE", 2, '10" Pan "B"'),
    ]
    assert order.placed_at == utc_seconds("2026-11-12T03:07:24Z")
    assert order.ship_by == utc_seconds("2026-11-12T23:59:59-08:00")
    assert order.recipient is not None
    assert (order.recipient.name, order.recipient.phone, order.recipient.postcode) == (
        "Ada Example",
        "555-0100",
        "02139",
    )
    assert order.recipient.address_lines == ("Main St 5", "Unit 7")


def test_what_is_left_to_ship_is_picked() -> None:
    part = row(quantity_purchased="3", quantity_shipped="1", quantity_to_ship="2")
    gone = row(item="2", quantity_purchased="3", quantity_shipped="3", quantity_to_ship="0")
    entry = only(of(part, gone))
    assert (entry.result, entry.lines, entry.units, entry.done_lines) == ("ready", 1, 2, 1)
    assert told(of(gone)) == [("113-1", "skip", "already_shipped")]
    assert told(of(row(quantity_to_ship="0"))) == [("113-1", "skip", "cancelled")]


def test_counts_that_contradict_each_other_are_held() -> None:
    assert told(of(row(quantity_to_ship="5"))) == [("113-1", "hold", "counts_differ:5:2:0")]


def test_a_report_of_new_orders_is_picked_by_what_was_bought() -> None:
    rows = [row(currency="USD", item_price="12.50", shipping_price="4.00", ship_phone_number="555-0199")]
    entry = only(account(report(*rows, without=("quantity-to-ship", "quantity-shipped")), "new.txt"))
    assert (entry.result, entry.units) == ("ready", 2)
    assert entry.order is not None
    assert (entry.order.amount, entry.order.currency) == (1650, "USD")
    assert entry.order.recipient is not None
    assert entry.order.recipient.phone == "555-0199"


def test_quotes_are_data_between_tabs_and_quotes_where_a_spreadsheet_put_them() -> None:
    bare = only(of(row(product_name='24" TV, "flat"', ship_address_1='"Villa Rosa" 3')))
    assert bare.order is not None
    assert bare.order.recipient is not None
    assert (bare.order.lines[0].name, bare.order.recipient.address_lines) == ('24" TV, "flat"', ('"Villa Rosa" 3',))
    saved = only(of(row(product_name='"24"" TV, flat"', sku='"TV,24"')))
    assert saved.order is not None
    assert (saved.order.lines[0].code, saved.order.lines[0].name) == ("TV,24", '24" TV, flat')


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_report_that_was_saved_again_as_csv_is_read_with_its_quotes(mark: str) -> None:
    entry = only(of(row(ship_address_1=f'"Main St 5{mark} left ""door"""'), mark=mark, code="utf-8"))
    assert entry.order is not None
    assert entry.order.recipient is not None
    assert entry.order.recipient.address_lines == (f'Main St 5{mark} left "door"',)


def test_an_item_number_that_a_spreadsheet_destroyed_holds_its_order() -> None:
    """Two such lines may be one, and the shipment can't be told to Amazon by it."""
    found = told(of(row(item="6.05843E+13"), row("113-2")))
    assert found == [("113-1", "hold", "number_lost:order-item-id:6.05843E+13"), ("113-2", "ready", "")]


def test_the_same_item_twice() -> None:
    """Equal in every cell: left out and told. Not equal: a person must say which one counts."""
    assert told(of(row(), row())) == [("113-1", "ready", ""), ("113-1", "skip", "record_twice:1")]
    assert told(of(row(), row(quantity_to_ship="1"))) == [("113-1", "hold", "line_twice:TEA:1")]


def test_records_of_one_order_that_name_two_places_are_held() -> None:
    other = row(item="2", ship_city="Shelbyville")
    assert told(of(row(), other)) == [("113-1", "hold", "rows_differ:ship-city:1")]


def test_an_order_whose_buyer_asked_to_cancel_waits() -> None:
    assert told(of(row(is_buyer_requested_cancellation="true"))) == [("113-1", "hold", "cancel_requested")]
    assert told(of(row(is_buyer_requested_cancellation="false"))) == [("113-1", "ready", "")]


def test_without_the_right_to_personal_data_the_label_comes_from_amazon() -> None:
    nobody = dict.fromkeys(("recipient_name", "ship_address_1", "ship_city", "buyer_phone_number"), "")
    assert told(of(row(**nobody))) == [("113-1", "ready_nolabel", "no_recipient")]


def test_gifts_and_wishes_reach_whoever_packs() -> None:
    entry = only(of(row(gift_wrap_type="Classic", gift_message_text="Happy birthday", delivery_instructions="Ring")))
    assert entry.order is not None
    assert (entry.order.instructions, entry.order.remarks) == (("gift",), ("Happy birthday", "Ring"))


@pytest.mark.parametrize("quantity", ["", "-1", "1,5", "２", "1e3", "4006381333931", "two"])
def test_a_quantity_that_is_none_refuses_the_order_whole(quantity: str) -> None:
    found = of(row(quantity_to_ship=quantity), row(item="2", sku="RICE"), code="utf-8")
    assert told(found) == [("113-1", "reject", f"bad_quantity:quantity-to-ship:{quantity}")]
    assert counts(found) == {"reject": (1, 2, 2)}


def test_the_order_before_the_place_where_a_file_was_cut_off_may_not_be_whole() -> None:
    whole = report(row("113-0"), row(), row(item="2"))
    assert told(account(whole, "a.txt"))[1] == ("113-1", "ready", "")
    assert told(account(whole[: whole.rindex(b"113-1") + 3], "b.txt")) == [
        ("113-0", "ready", ""),
        ("113-1", "hold", "cut_off"),
        ("113", "reject", "cut_row:1:22"),
    ]
    assert told(account(whole[:-40], "c.txt"))[1] == ("113-1", "reject", "cut_row:14:22")
    assert told(account(whole.removesuffix(b"\r\n"), "d.txt"))[1] == ("113-1", "ready", "")
    assert told(account(whole[: whole.rindex(b"113-1") + 3] + b"\r\n", "e.txt"))[1:] == [
        ("113-1", "ready", ""),
        ("", "reject", "short_row:1:22"),
    ]


def test_damage_in_rows() -> None:
    assert told(of(row(""), row("113-2"))) == [("", "reject", "missing:order-id"), ("113-2", "ready", "")]
    assert told(of(row(sku=""))) == [("113-1", "hold", "no_sku")]
    assert told(of(row(sku="4.00638E+12"))) == [("113-1", "reject", "number_lost:sku:4.00638E+12")]
    assert told(of(row(promise_date="soon"))) == [("113-1", "hold", "bad_time:promise-date:soon")]
    assert told(of(row(promise_date="03/04/2026"))) == [("113-1", "hold", "two_dates:promise-date:03/04/2026")]
    assert told(of(row(recipient_name="A\x1b[2J"))) == [("113-1", "hold", "control_character:recipient-name:U+001B")]


def test_columns_may_stand_anywhere_in_any_case_and_others_beside_them() -> None:
    mixed = report(row(is_prime="true", cpf="1"))
    header, _, rest = mixed.partition(b"\r\n")
    assert told(account(header.upper() + b"\n" + rest, "a.txt")) == [("113-1", "ready", "")]
    turned = b"\r\n".join(b"\t".join(reversed(line.split(b"\t"))) for line in mixed.splitlines())
    assert told(account(turned, "b.txt")) == [("113-1", "ready", "")]
    for needed in ("sku", "quantity-to-ship"):  # what was cancelled would be picked
        assert account(report(row(), without=needed), "c.txt").fault == f"missing_column:{needed}"


def test_a_japanese_report_is_read_in_its_encoding() -> None:
    rows = [
        row(
            f"250-{n}",
            str(n),
            recipient_name="見本 太郎",
            ship_address_1="東京都千代田区丸の内一丁目",
            product_name="緑茶 ティーバッグ",
        )
        for n in range(5)
    ]
    found = of(*rows, code="cp932")
    assert found.encoding == "cp932"
    assert entries(found)[0].order is not None
    assert {entry.order.recipient.name for entry in entries(found) if entry.order and entry.order.recipient} == {
        "見本 太郎"
    }
