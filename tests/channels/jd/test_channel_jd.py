"""JD: the order export of the seller's desk."""

from __future__ import annotations

import csv

import pytest

from tests.channels.given import account, counts, entries, judged, only, told
from wms.channels import FileAccount
from wms.channels.parsed import Kind
from wms.channels.times import utc_seconds

HEADER = next(
    csv.reader(
        [
            (
                "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,"
                "下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,"
                "运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道"
            )
        ]
    )
)
USUAL = {
    "订单号": "301234567890",
    "商品ID": "20001",
    "商品名称": "茶",
    "订购数量": "2",
    "下单时间": "2026-11-11 10:00:00",
    "付款确认时间": "2026-11-11 10:01:00",
    "京东价": "10.00",
    "订单金额": "20.00",
    "应付金额": "18.50",
    "订单状态": "等待出库",
    "订单类型": "SOP",
    "下单帐号": "jd_a",
    "客户姓名": "甲",
    "客户地址": "浙江省杭州市西湖区示例路1号",
    "联系电话": "13800138000",
    "运费金额": "0.00",
    "货号": "TEA",
}


def export(*rows: dict[str, str], header: list[str] = HEADER, comma: str = ",") -> FileAccount:
    lines = [header, *([{**USUAL, **row}.get(name, "") for name in header] for row in rows)]
    return account("".join(comma.join(line) + comma + "\r\n" for line in lines).encode("gb18030"))


def test_an_order_of_two_rows() -> None:
    found = export(
        {"订单金额": "25.00"},
        {"商品ID": "20002", "货号": "CUP", "订购数量": "1", "京东价": "5.00", "订单金额": "25.00"},
    )
    entry = only(found)
    assert (found.channel, entry.result, entry.lines, entry.units) == ("jd", "ready", 2, 3)
    assert entry.order is not None
    assert entry.order.recipient is not None
    assert [(line.code, line.quantity) for line in entry.order.lines] == [("TEA", 2), ("CUP", 1)]
    assert entry.order.placed_at == utc_seconds("2026-11-11T10:01:00+08:00")
    assert (entry.order.amount, entry.order.currency, entry.order.buyer) == (1850, "CNY", "jd_a")
    assert entry.order.recipient.address_lines == ("浙江省杭州市西湖区示例路1号",)
    assert entry.order.instructions == ()


@pytest.mark.parametrize(
    ("status", "result", "reason", "back"),
    [
        ("等待出库", "ready", "", False),
        ("等待付款", "skip", "not_paid", False),
        ("等待付款确认", "skip", "not_paid", False),
        ("等待确认收货", "skip", "already_shipped", False),
        ("完成", "skip", "already_shipped", False),
        ("(删除)等待出库", "skip", "cancelled", True),
        ("（删除）锁定", "skip", "cancelled", True),
        ("(删除) 等待确认收货", "skip", "cancelled", True),
        ("已取消", "skip", "cancelled", True),
        ("锁定", "hold", "stopped:锁定", False),
        ("(锁定)等待出库", "hold", "stopped:(锁定)等待出库", False),
        ("暂停", "hold", "stopped:暂停", False),
        ("退款中", "hold", "refund_asked:退款中", False),
        ("飞行中", "hold", "unknown_status:订单状态:飞行中", False),
        ("", "hold", "missing:订单状态", False),
    ],
)
def test_every_status_has_a_result(status: str, result: str, reason: str, back: bool) -> None:
    assert judged(export({"订单状态": status})) == (result, reason, back)


def test_who_wants_an_invoice_gets_one_and_its_title_is_a_remark() -> None:
    entry = only(export({"发票类型": "普通发票", "发票抬头": "示例公司", "订单备注": "工作日送", "商家备注": "加急"}))
    assert entry.order is not None
    assert entry.order.instructions == ("invoice",)
    assert entry.order.remarks == ("工作日送", "加急", "普通发票", "示例公司")
    assert only(export({"增值税发票": "税号1"})).order.instructions == ("invoice",)  # type: ignore[union-attr]
    assert only(export({"发票类型": "不需要开具发票"})).order.instructions == ()  # type: ignore[union-attr]


def test_a_presale_is_told() -> None:
    assert only(export({"订单类型": "预售订单"})).order.kind == Kind.PRESALE  # type: ignore[union-attr]


def test_rows_worth_less_than_the_order_hold_it() -> None:
    assert told(export({"订单金额": "99.00"})) == [("301234567890", "hold", "goods_missing:99.00:20.00")]
    assert told(export({"订单金额": "26.00", "运费金额": "6.00"})) == [("301234567890", "ready", "")]
    assert told(export({"订单金额": "15.00"})) == [("301234567890", "ready", "")]  # a discount


def test_rows_that_contradict_each_other_hold_the_order() -> None:
    other = {"商品ID": "20002", "货号": "CUP"}
    assert told(export({}, {**other, "订单状态": "完成"}))[0][1:] == ("hold", "unlike_record:订单状态:1:完成")
    entry = only(export({}, {**other, "客户地址": "上海市示例路9号"}))
    assert (entry.result, entry.reason, entry.text) == ("hold", "rows_differ:客户地址:1", "")
    assert told(export({}, {"订购数量": "3"}))[0][1:] == ("hold", "line_twice:TEA:1")


def test_the_same_row_twice_counts_once() -> None:
    found = export({}, {})
    assert counts(found) == {"ready": (1, 1, 2), "skip": (0, 1, 2)}
    assert entries(found)[1].reason == "record_twice:1"


@pytest.mark.parametrize("number", ["3.01E+11", "3,01E+11"])
def test_a_number_that_a_spreadsheet_destroyed_forms_no_order(number: str) -> None:
    found = export({"订单号": number}, comma=";")
    assert [(entry.result, entry.reason) for entry in entries(found)] == [("reject", f"number_lost:订单号:{number}")]


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "二", "9999999999"])
def test_a_quantity_that_is_none_refuses_the_order(quantity: str) -> None:
    entry = only(export({"订购数量": quantity}))
    assert (entry.result, entry.reason.partition(":")[0]) == ("reject", "bad_quantity")


def test_columns_may_stand_in_any_order_and_some_be_missing() -> None:
    header = [name for name in reversed(HEADER) if name not in ("订单备注", "发票类型", "运费金额", "订单完成时间")]
    assert told(export({}, header=header, comma="\t")) == [("301234567890", "ready", "")]
    for needed in ("货号", "客户地址"):
        assert export({}, header=[name for name in HEADER if name != needed]).fault == f"missing_column:{needed}"


def test_without_goods_or_person() -> None:
    assert told(export({"货号": ""}))[0][1:] == ("hold", "no_sku")
    assert told(export({"客户姓名": "", "客户地址": ""}))[0][1:] == ("ready_nolabel", "no_recipient")
    assert told(export({"客户姓名": "甲*", "客户地址": "浙江省***"}))[0][1:] == ("ready_nolabel", "masked_recipient")
    assert told(export({"付款确认时间": "昨天"}))[0][1:] == ("hold", "bad_time:付款确认时间:昨天")
