"""Douyin: the order export of the shop's desk."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import account, counts, entries, judged, only, told
from wms.channels import FileAccount
from wms.channels.parsed import Kind, ParsedOrder
from wms.channels.times import utc_seconds

HEADER = next(
    csv.reader(
        [
            (
                "主订单编号,子订单编号,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,承诺发货时间,"
                "预约发货时间,买家留言,商家备注,订单状态,售后状态,订单类型,订单应付金额,收件人,收件人手机号,省,市,区,街道,详细地址,"
                "拼团订单团编号"
            )
        ]
    )
)
NUMBER = "6900000000000000001"
USUAL = {
    "主订单编号": f"\t{NUMBER}",
    "子订单编号": f"\t{NUMBER}",
    "选购商品": "\t茶",
    "货号": "\t6900000000017",
    "商品ID": "\t3500000000000000001",
    "商家编码": "\tTEA",
    "商品数量": "2",
    "订单提交时间": "2026-11-11 10:00:00",
    "支付完成时间": "2026-11-11 10:01:00",
    "承诺发货时间": "2026-11-13 10:00:00",
    "订单状态": "待发货",
    "订单类型": "普通订单",
    "订单应付金额": "19.90",
    "收件人": "甲",
    "收件人手机号": "13800138000",
    "省": "浙江省",
    "市": "杭州市",
    "区": "西湖区",
    "详细地址": "示例路1号",
}
SECOND = {"子订单编号": "\t6900000000000000002", "商家编码": "\tCUP", "商品数量": "1", "订单应付金额": "5.00"}


def export(*rows: dict[str, str], header: list[str] = HEADER, mark: str = ",") -> FileAccount:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([{**USUAL, **row}.get(name, "-") for name in header])
    return account(text.getvalue().encode("utf-8-sig"))


def order(*rows: dict[str, str]) -> ParsedOrder:
    found = only(export(*rows)).order
    assert found is not None
    return found


def test_an_order_of_two_sub_orders() -> None:
    found = export({}, {**SECOND, "承诺发货时间": "2026-11-12 10:00:00"})
    entry = only(found)
    assert (found.channel, entry.reference, entry.result, entry.lines, entry.units) == ("douyin", NUMBER, "ready", 2, 3)
    one = entry.order
    assert one is not None
    assert one.recipient is not None
    assert [line.code for line in one.lines] == ["TEA", "CUP"]
    assert one.ship_by == utc_seconds("2026-11-12T10:00:00+08:00")  # the earliest
    assert (one.amount, one.kind, one.remarks) == (2490, Kind.ORDINARY, ())
    assert (one.recipient.city, one.recipient.address_lines) == ("浙江省 杭州市", ("西湖区", "示例路1号"))


@pytest.mark.parametrize(
    ("status", "result", "reason", "back"),
    [
        ("待发货", "ready", "", False),
        ("备货中", "ready", "", False),
        ("待支付", "skip", "not_paid", False),
        ("待确认", "skip", "not_paid", False),
        ("待成团", "hold", "group_open:待成团", False),
        ("部分发货", "hold", "partly_shipped", False),
        ("已支付", "hold", "stopped:已支付", False),
        ("已发货", "skip", "already_shipped", False),
        ("已完成", "skip", "already_shipped", False),
        ("已关闭", "skip", "cancelled", True),
        ("发货前退款完结", "skip", "refunded", True),
        ("飞行中", "hold", "unknown_status:订单状态:飞行中", False),
        ("-", "hold", "missing:订单状态", False),
    ],
)
def test_every_status_has_a_result(status: str, result: str, reason: str, back: bool) -> None:
    assert judged(export({"订单状态": status})) == (result, reason, back)


@pytest.mark.parametrize(
    ("after", "result", "reason"),
    [
        ("-", "ready", ""),
        ("售后关闭", "ready", ""),
        ("退款中", "hold", "refund_asked:退款中"),
        ("待商家处理", "hold", "refund_asked:待商家处理"),
        ("同意退款，退款失败", "hold", "refund_asked:同意退款，退款失败"),
        ("退款成功", "skip", "refunded"),
        ("部分退款", "hold", "partly_refunded"),
        ("飞行中", "hold", "unknown_status:售后状态:飞行中"),
    ],
)
def test_a_refund_counts_until_the_order_is_over(after: str, result: str, reason: str) -> None:
    assert told(export({"售后状态": after})) == [(NUMBER, result, reason)]
    assert told(export({"售后状态": after, "订单状态": "已发货"})) == [(NUMBER, "skip", "already_shipped")]


def test_sub_orders_that_are_over_are_done_and_the_rest_is_picked() -> None:
    for over, reason in ({"订单状态": "已发货"}, "already_shipped"), ({"售后状态": "退款成功"}, "refunded"):
        entry = only(export({}, {**SECOND, **over}))
        assert (entry.result, entry.lines, entry.units, entry.done_lines, entry.done_units) == ("ready", 1, 2, 1, 1)
        assert entry.order is not None
        assert not entry.order.taken_back
        assert [line.done for line in entry.order.lines] == ["", reason]
    entry = only(export({"订单状态": "已关闭"}, {**SECOND, "订单状态": "已发货"}))
    assert entry.result == "skip"
    assert entry.order is not None
    assert not entry.order.taken_back


def test_one_sub_order_in_trouble_holds_the_order() -> None:
    assert told(export({}, {**SECOND, "售后状态": "退款中"}))[0][1:] == ("hold", "refund_asked:退款中")
    assert told(export({}, {**SECOND, "订单状态": "待支付"}))[0][1:] == ("hold", "unlike_record:订单状态:1:待支付")


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [
        ({"收件人": "##a1b2", "收件人手机号": "$$c3d4", "详细地址": "##e5f6"}, "masked_recipient"),
        ({"收件人": "甲*", "收件人手机号": "138****8000", "详细地址": "****"}, "masked_recipient"),
        ({"收件人": "-", "收件人手机号": "-", "详细地址": "-"}, "no_recipient"),
        ({"详细地址": "-"}, "incomplete_recipient"),
    ],
)
def test_without_a_recipient_the_label_comes_from_the_platform(hidden: dict[str, str], reason: str) -> None:
    assert told(export(hidden)) == [(NUMBER, "ready_nolabel", reason)]
    again = {**SECOND, **hidden, "详细地址": "##0000"} if "##" in hidden["详细地址"] else {**SECOND, **hidden}
    assert told(export(hidden, again)) == [(NUMBER, "ready_nolabel", reason)]  # ciphers differ from row to row


def test_merged_skus_are_parted_where_codes_and_quantities_correspond() -> None:
    one = order({"商家编码": "TEA;CUP；BAG", "商品数量": "2;1;3", "选购商品": "茶;杯;袋"})
    assert [(line.code, line.quantity, line.name) for line in one.lines] == [
        ("TEA", 2, "茶"),
        ("CUP", 1, "杯"),
        ("BAG", 3, "袋"),
    ]
    assert told(export({"商家编码": "TEA;CUP", "商品数量": "3"})) == [(NUMBER, "hold", "merged_skus:TEA;CUP")]
    entry = only(export({"商家编码": "TEA", "商品数量": "2;1"}))
    assert (entry.result, entry.reason, entry.lines, entry.units) == ("hold", "merged_skus:TEA", 1, 3)
    assert told(export({"商家编码": "TEA;", "商品数量": "2;1"}))[0][2] == "merged_skus:TEA;"
    assert told(export({"商家编码": "TEA;CUP", "商品数量": "2;x"}))[0][1] == "reject"


def test_a_presale_waits_for_the_last_of_its_days() -> None:
    one = order({"预约发货时间": "2026-12-01 00:00:00"}, {**SECOND, "预约发货时间": "2026-12-03 00:00:00"})
    assert (one.kind, one.not_before) == (Kind.PRESALE, utc_seconds("2026-12-03T00:00:00+08:00"))
    assert (order({"订单类型": "预售订单"}).kind, order({"订单类型": "预售订单"}).not_before) == (Kind.PRESALE, None)


def test_a_group_waits_until_it_is_complete() -> None:
    assert (order({"订单状态": "待成团"}).kind, order({"订单状态": "待成团"}).waiting) == (Kind.GROUP, True)
    assert (order({"拼团订单团编号": "7"}).kind, order({"拼团订单团编号": "7"}).waiting) == (Kind.GROUP, False)


def test_the_number_of_the_goods_stands_in_for_the_code() -> None:
    assert order({"商家编码": "-"}).lines[0].code == "6900000000017"
    assert told(export({"商家编码": "-", "货号": "-"})) == [(NUMBER, "hold", "no_sku")]


def test_remarks_of_all_rows_are_kept_once() -> None:
    assert order({"买家留言": "轻放", "商家备注": "加急"}, {**SECOND, "买家留言": "轻放"}).remarks == ("轻放", "加急")


def test_damage() -> None:
    assert counts(export({}, {})) == {"ready": (1, 1, 2), "skip": (0, 1, 2)}
    assert told(export({}, {"商品数量": "3"}))[0][1:] == ("hold", "line_twice:TEA:1")
    entry = only(export({}, {**SECOND, "收件人": "乙"}))
    assert (entry.result, entry.reason, entry.text) == ("hold", "rows_differ:收件人:1", "")
    for number in "6.9E+18", "6900000000000000000":
        assert told(export({"主订单编号": number})) == [(number, "reject", f"number_lost:主订单编号:{number}")]
    assert told(export({"主订单编号": "-"})) == [("", "reject", "missing:主订单编号")]
    assert told(export({"商品数量": "-"}))[0][1] == "reject"
    assert told(export({"承诺发货时间": "明天"}))[0][1:] == ("hold", "bad_time:承诺发货时间:明天")
    assert order({"承诺发货时间": "2026/11/13 9:05"}).ship_by == utc_seconds("2026-11-13T09:05:00+08:00")


def test_a_shortened_export_in_another_order() -> None:
    few = ["订单状态", "商品数量", "商家编码", "售后状态", "主订单编号", "商品ID", "承诺发货时间"]
    found = export({}, {"商家编码": "CUP"}, header=few, mark=";")
    assert [(entry.reason, entry.lines) for entry in entries(found)] == [("no_recipient", 2)]
    assert export({}, header=[*few[1:], "子订单编号"]).fault == "missing_column:订单状态"
    assert told(export({}, header=[name for name in few if name != "售后状态"])) == [
        (NUMBER, "ready_nolabel", "no_recipient")
    ]
    assert export({}, header=[name for name in HEADER if name != "售后状态"]).fault == "missing_column:售后状态"


@pytest.mark.parametrize("number", ["6.9E+18", "6900000000000000000"])
def test_a_destroyed_number_of_a_sub_order_holds(number: str) -> None:
    found = export({"子订单编号": number})
    assert told(found) == [(NUMBER, "hold", f"number_lost:子订单编号:{number}")]


def test_what_is_over_is_told_where_it_stands() -> None:
    for cells, column in ({"订单状态": "已发货"}, "订单状态"), ({"售后状态": "退款成功"}, "售后状态"):
        entry = only(export(cells))
        assert (entry.result, entry.column, entry.text) == ("skip", column, cells[column])
