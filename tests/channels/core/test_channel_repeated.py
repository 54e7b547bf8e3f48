"""An order in several files of one import: one of them counts, and no half of an order is sent."""

from __future__ import annotations

import json

import pytest

from tests.channels.given import told
from wms.channels import Import, Listed, of_bytes, read

HEADER = "order,sku,quantity,name,phone,address"
ADA = "Ada,555,Main St 5"
SHOPIFY = (
    "Name,Financial Status,Fulfillment Status,Lineitem quantity,Lineitem name,Lineitem sku,Lineitem requires shipping,"
    "Lineitem fulfillment status,Cancelled at,Shipping Name,Shipping Address1"
)
TEA, CUP = "#1,paid,unfulfilled,2,Tea,TEA,true,,,Ada,Main St 5", "#1,paid,unfulfilled,1,Cup,CUP,true,,,Ada,Main St 5"


def several(header: str, *files: str) -> Import:
    return read([of_bytes(f"{n}.csv", f"{header}\n{rows}\n".encode()) for n, rows in enumerate(files, 1)])


def outcomes(found: Import) -> list[tuple[str, str]]:
    found.check()
    return [outcome[1:] for file in found.files for outcome in told(file)]


def plain(*files: str) -> list[tuple[str, str]]:
    return outcomes(several(HEADER, *files))


def shopify(*files: str) -> list[tuple[str, str]]:
    return outcomes(several(SHOPIFY, *files))


TWICE = ("skip", "order_twice:1.csv:1")
HELD = ("hold", "order_unlike:2.csv:1")


def test_one_that_reads_the_same_is_left_out() -> None:
    assert plain(f"A1,TEA,1,{ADA}", f"A1,TEA,1,{ADA}") == [("ready", ""), TWICE]


def test_lines_in_another_order_read_the_same() -> None:
    assert plain(f"A1,TEA,1,{ADA}\nA1,CUP,2,{ADA}", f"A1,CUP,2,{ADA}\nA1,TEA,1,{ADA}") == [("ready", ""), TWICE]


@pytest.mark.parametrize(
    "other",
    [
        f"A1,TEA,3,{ADA}",
        f"A1,CUP,1,{ADA}",
        f"A1,TEA,1,{ADA}\nA1,CUP,1,{ADA}",
        f"A1,TEA,1,{ADA}\nA1,TEA,1,{ADA},",
        "A1,TEA,1,Eve,555,Main St 5",
        "A1,TEA,1,Ada,555,Main St 6",
        "A1,TEA,1,Ada,556,Main St 5",
    ],
    ids=["count", "goods", "more goods", "a line more", "person", "address", "phone"],
)
def test_one_that_reads_otherwise_holds_the_one_that_stands(other: str) -> None:
    header = f"{HEADER},remark" if other.endswith(",") else HEADER
    assert outcomes(several(header, f"A1,TEA,1,{ADA}", other)) == [HELD, TWICE]


@pytest.mark.parametrize("person", ["A*a,***,Main ****", ",,"])
def test_what_is_hidden_or_not_said_agrees(person: str) -> None:
    assert plain(f"A1,TEA,1,{ADA}", f"A1,TEA,1,{person}") == [("ready", ""), TWICE]


def test_one_without_lines_agrees() -> None:
    whole = {"id": 1, "number": "A1", "status": "processing", "line_items": [{"id": 1, "sku": "TEA", "quantity": 2}]}
    texts = [json.dumps([one]).encode() for one in (whole, whole | {"line_items": []})]
    found = read([of_bytes(f"{n}.json", text) for n, text in enumerate(texts, 1)])
    assert outcomes(found)[1] == ("skip", "order_twice:1.json:1")
    assert not any("order_unlike" in reason for _, reason in outcomes(found))


def test_one_that_cannot_be_read_holds_the_one_that_can() -> None:
    assert plain(f"A1,TEA,1,{ADA}", f"A1,TEA,some,{ADA}") == [HELD, ("reject", "bad_quantity:quantity:some")]


def test_of_three_the_last_is_compared_with_what_the_first_said() -> None:
    found = several(HEADER, f"A1,TEA,1,{ADA}", f"A1,TEA,2,{ADA}", f"A1,TEA,1,{ADA}")
    assert outcomes(found) == [HELD, TWICE, TWICE]
    assert [entry.others for entry in found.entries()] == [()] * 3


def test_an_order_in_two_halves_is_held_and_counts_once() -> None:
    found = several(SHOPIFY, TEA, CUP)
    assert outcomes(found) == [HELD, TWICE]
    assert [order.troubles[-1].reason for order in found.orders] == [HELD[1]]
    assert [(entry.lines, entry.units) for entry in found.entries()] == [(1, 2), (1, 1)]


def test_a_half_with_nothing_to_ship_does_not_keep_the_other_half_back_unseen() -> None:
    assert shopify(CUP.replace("true", "false"), TEA) == [
        ("skip", "order_twice:2.csv:1"),
        ("hold", "order_unlike:1.csv:1"),
    ]


def test_what_holds_the_order_in_one_file_holds_it() -> None:
    assert shopify(TEA, TEA.replace("unfulfilled", "on hold")) == [HELD, TWICE]
    assert shopify(TEA.replace("unfulfilled", "on hold"), TEA) == [("hold", "stopped:on hold"), TWICE]


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        (TEA.replace("unfulfilled", "fulfilled"), "already_shipped"),
        (TEA.replace(",,,", ",,2026-11-12,"), "cancelled"),
        (TEA.replace("paid", "refunded"), "refunded"),
    ],
)
def test_shipped_or_taken_back_in_any_file_stands_and_is_not_held(over: str, reason: str) -> None:
    assert shopify(TEA, over) == [("skip", "order_twice:2.csv:1"), ("skip", reason)]
    assert shopify(over, TEA) == [("skip", reason), TWICE]


def test_one_that_was_not_paid_yet_gives_way() -> None:
    unpaid = TEA.replace("paid", "pending")
    assert shopify(unpaid, TEA) == [("skip", "order_twice:2.csv:1"), ("ready", "")]
    assert shopify(TEA, unpaid) == [("ready", ""), TWICE]


def test_goods_nobody_knows_are_told_beside_it() -> None:
    files = [of_bytes(f"{n}.csv", f"{HEADER}\nA1,TEA,{n},{ADA}\n".encode()) for n in (1, 2)]
    first = next(read(files, goods=Listed([])).entries())
    assert (first.reason, [one.reason for one in first.others]) == (HELD[1], ["unknown_item:TEA"])


def test_a_comma_in_a_file_name_does_not_part_the_reason() -> None:
    texts = [f"{HEADER}\nA1,TEA,{n},{ADA}\n".encode() for n in (1, 2)]
    found = read([of_bytes("a,b.csv", text) for text in texts])
    assert outcomes(found) == [("hold", "order_unlike:a;b.csv:1"), ("skip", "order_twice:a;b.csv:1")]
