"""Pinduoduo: the order export of the merchants' desk."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import account, counts, entries, judged, only, told
from wms.channels import FileAccount, Listed
from wms.channels.parsed import Kind, ParsedOrder
from wms.channels.times import utc_seconds

HEADER = next(
    csv.reader(
        [
            (
                "商品,订单号,订单状态,商品数量(件),是否审核中,支付时间,承诺发货时间,商品id,商品规格,样式ID,商家编码-规格维度,"
                "商家编码-商品维度,商家备注,买家留言,售后状态,订单成交时间,赠品名称,赠品id,赠品规格,赠品数量,团ID,商品总价(元),"
                "用户实付金额(元),商家实收金额(元),快递单号,省,市,区,街道/镇,是否顺丰加价"
            )
        ]
    )
)
USUAL = {
    "商品": "茶",
    "订单号": "261111-100000000000001\t",
    "订单状态": "待发货",
    "商品数量(件)": "2",
    "是否审核中": "否",
    "支付时间": "2026-11-11 10:00:00",
    "承诺发货时间": "2026-11-13 10:00:00",
    "商品规格": "红色",
    "样式ID": "140001\t",
    "商家编码-规格维度": "TEA-RED",
    "商家编码-商品维度": "TEA",
    "售后状态": "无售后或售后取消",
    "用户实付金额(元)": "19.90",
    "省": "浙江省",
    "市": "杭州市",
    "区": "西湖区",
    "是否顺丰加价": "否",
}
NUMBER = "261111-100000000000001"


def export(
    *rows: dict[str, str], header: list[str] = HEADER, mark: str = ",", goods: Listed | None = None
) -> FileAccount:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark)
    writer.writerow(header)
    for row in rows:
        writer.writerow([{**USUAL, **row}.get(name, "") for name in header])
    return account(text.getvalue().encode("utf-8-sig"), goods=goods)


def order(**row: str) -> ParsedOrder:
    found = only(export(row)).order
    assert found is not None
    return found


def test_an_order_has_no_recipient_and_a_deadline() -> None:
    found = export({"买家留言": "不要放驿站", "商家备注": "加急"})
    entry = only(found)
    assert (found.channel, entry.reference, entry.reason) == ("pinduoduo", NUMBER, "no_recipient")
    one = order(买家留言="不要放驿站", 商家备注="加急")
    assert [(line.code, line.quantity, line.name) for line in one.lines] == [("TEA-RED", 2, "茶 红色")]
    assert one.ship_by == utc_seconds("2026-11-13T10:00:00+08:00")
    assert one.placed_at == utc_seconds("2026-11-11T10:00:00+08:00")
    assert (one.amount, one.currency, one.remarks) == (1990, "CNY", ("加急", "不要放驿站"))
    assert (one.kind, one.carrier, one.recipient, one.instructions) == (Kind.ORDINARY, "", None, ())


def test_the_code_of_the_goods_stands_in_for_that_of_the_sku() -> None:
    assert order(**{"商家编码-规格维度": ""}).lines[0].code == "TEA"
    assert told(export({"商家编码-规格维度": "", "商家编码-商品维度": ""})) == [(NUMBER, "hold", "no_sku")]


@pytest.mark.parametrize(
    ("status", "result", "reason", "back"),
    [
        ("待发货", "ready_nolabel", "no_recipient", False),
        ("待支付", "skip", "not_paid", False),
        ("待成团", "hold", "group_open:待成团", False),
        ("已支付，待成团", "hold", "group_open:已支付，待成团", False),
        ("已发货，待收货", "skip", "already_shipped", False),
        ("已发货,待签收", "skip", "already_shipped", False),
        ("已收货", "skip", "already_shipped", False),
        ("已取消", "skip", "cancelled", True),
        ("未发货，退款成功", "skip", "refunded", True),
        ("退款中", "hold", "refund_asked:退款中", False),
        ("部分发货", "hold", "partly_shipped", False),
        ("飞行中", "hold", "unknown_status:订单状态:飞行中", False),
        ("", "hold", "missing:订单状态", False),
    ],
)
def test_every_status_has_a_result(status: str, result: str, reason: str, back: bool) -> None:
    assert judged(export({"订单状态": status})) == (result, reason, back)


@pytest.mark.parametrize(
    ("after", "result", "reason"),
    [
        ("", "ready_nolabel", "no_recipient"),
        ("售后取消", "ready_nolabel", "no_recipient"),
        ("售后处理中", "hold", "refund_asked:售后处理中"),
        ("平台处理中", "hold", "refund_asked:平台处理中"),
        ("退款成功", "skip", "refunded"),
        ("部分退款", "hold", "partly_refunded"),
        ("飞行中", "hold", "unknown_status:售后状态:飞行中"),
    ],
)
def test_a_refund_counts_until_the_order_is_over(after: str, result: str, reason: str) -> None:
    assert told(export({"售后状态": after})) == [(NUMBER, result, reason)]
    assert told(export({"售后状态": after, "订单状态": "已收货"})) == [(NUMBER, "skip", "already_shipped")]
    assert not order(售后状态=after, 订单状态="已收货").taken_back


def test_a_group_waits_until_it_is_complete() -> None:
    assert (order(订单状态="待成团").kind, order(订单状态="待成团").waiting) == (Kind.GROUP, True)
    assert (order(团ID="9").kind, order(团ID="9").waiting) == (Kind.GROUP, False)


def test_a_presale_waits_for_its_day() -> None:
    header = [*HEADER, "预约发货时间"]
    entry = only(export({"预约发货时间": "2026-12-01"}, header=header))
    assert entry.order is not None
    assert (entry.order.kind, entry.order.not_before) == (Kind.PRESALE, utc_seconds("2026-12-01T00:00:00+08:00"))


def test_a_gift_without_an_id_is_for_whoever_packs() -> None:
    one = order(赠品名称="小袋", 赠品数量="2", 赠品规格="蓝")
    assert (len(one.lines), one.instructions) == (1, ("insert:小袋 蓝 ×2",))


def test_a_gift_with_an_id_is_a_line() -> None:
    row = {"赠品名称": "小袋", "赠品id": "BAG\t", "赠品数量": "1"}
    entry = only(export(row, goods=Listed(["TEA-RED", "BAG"])))
    assert entry.order is not None
    assert (entry.result, entry.lines, entry.units) == ("ready_nolabel", 2, 3)
    assert [(line.sku, line.quantity, line.gift) for line in entry.order.lines] == [
        ("TEA-RED", 2, False),
        ("BAG", 1, True),
    ]
    assert told(export(row, goods=Listed(["TEA-RED"]))) == [(NUMBER, "hold", "unknown_item:BAG")]
    two = order(赠品名称="小袋;贴纸", 赠品id="1001;1002", 赠品数量="1;3")
    assert [(line.code, line.name, line.quantity) for line in two.lines[1:]] == [
        ("1001", "小袋", 1),
        ("1002", "贴纸", 3),
    ]
    assert told(export({"赠品id": "1001;1002", "赠品数量": "3"}))[0][1:] == ("hold", "merged_skus:1001;1002")


def test_what_is_under_review_stops_and_what_paid_for_sf_goes_with_sf() -> None:
    assert told(export({"是否审核中": "是"})) == [(NUMBER, "hold", "stopped:审核中")]
    assert order(是否顺丰加价="是").carrier == "SF"


def test_an_older_export_has_a_recipient() -> None:
    header = [*HEADER, "收货人", "手机", "详细地址"]
    entry = only(export({"收货人": "甲", "手机": "13800138000", "详细地址": "示例路1号"}, header=header))
    assert entry.order is not None
    assert entry.order.recipient is not None
    assert entry.result == "ready"
    assert (entry.order.recipient.city, entry.order.recipient.address_lines) == (
        "浙江省 杭州市",
        ("西湖区", "示例路1号"),
    )


def test_damage() -> None:
    assert counts(export({}, {})) == {"ready_nolabel": (1, 1, 2), "skip": (0, 1, 2)}
    assert told(export({}, {"商家编码-规格维度": "CUP"})) == [(NUMBER, "hold", "line_twice:CUP:1")]
    assert told(export({}, {"订单状态": "已取消"}))[0][1:] == ("hold", "unlike_record:订单状态:1:已取消")
    assert told(export({"订单号": "2.61E+14"}))[0][1:] == ("reject", "number_lost:订单号:2.61E+14")
    assert told(export({"订单号": "\t"}))[0][1:] == ("reject", "missing:订单号")
    assert told(export({"商品数量(件)": "1,5"}))[0][1] == "reject"
    assert told(export({"承诺发货时间": "11/12/2026 10:00"}))[0][1:] == (
        "hold",
        "two_dates:承诺发货时间:11/12/2026 10:00",
    )
    assert order(承诺发货时间="13/11/2026 10:00").ship_by == utc_seconds("2026-11-13T10:00:00+08:00")


def test_headers_in_another_order_of_another_width_or_missing() -> None:
    wide = [name.replace("(", "（").replace(")", "）") for name in reversed(HEADER)]
    row = {name.replace("(", "（").replace(")", "）"): text for name, text in USUAL.items()}
    assert told(export(row, header=wide, mark=";")) == [(NUMBER, "ready_nolabel", "no_recipient")]
    few = ["订单号", "订单状态", "商品数量(件)", "售后状态", "商家编码-规格维度"]
    assert [entry.reason for entry in entries(export({}, header=few))] == ["no_recipient"]
    assert export({}, header=few[:3] + few[4:]).fault == "missing_column:售后状态"
