"""Taobao and Tmall: the list of orders and the details that belong to it."""

from __future__ import annotations

import csv
import io

import pytest

from tests.channels.given import counts, told
from wms.channels import Entry, FileAccount, of_bytes, read
from wms.channels.parsed import ParsedOrder
from wms.channels.times import utc_seconds

LIST = next(
    csv.reader(
        [
            (
                "订单编号,买家会员名,买家实际支付金额,总金额,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,"
                "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,订单备注,宝贝总数量,发票抬头,"
                "分阶段订单信息,特权订金订单id,修改后的sku,修改后的收货地址,异常信息,退款金额"
            )
        ]
    )
)
DETAILS = next(csv.reader(["订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"]))
NUMBER = "9900000000000000123"
PAID = "买家已付款，等待卖家发货"
ORDER = {
    "订单编号": NUMBER,
    "买家会员名": "tb_a",
    "买家实际支付金额": "25.00",
    "订单状态": PAID,
    "收货人姓名": "甲",
    "收货地址": "浙江省 杭州市 西湖区 示例路 1号(310000)",
    "联系手机": "'13800138000",
    "订单创建时间": "2026-11-11 10:00:00",
    "订单付款时间": "2026-11-11 10:01:00",
    "宝贝标题": "茶，杯",
    "宝贝总数量": "3",
    "修改后的收货地址": "null",
    "退款金额": "0.00",
}
TEA = {"订单编号": NUMBER, "标题": "茶", "价格": "10.00", "购买数量": "2", "外部系统编号": "TEA", "订单状态": PAID}
CUP = {"订单编号": NUMBER, "标题": "杯", "价格": "5.00", "购买数量": "1", "商家编码": "CUP", "订单状态": PAID}
Row = dict[str, str]


def table(header: list[str], rows: list[Row], end: str) -> bytes:
    """As the platform writes it: the number as a formula, no value for some ids as a bare one."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(header)
    for row in rows:
        cells = []
        for name in header:
            value = row.get(name.strip(), "").replace('"', '""')
            formula = name in ("订单编号", "主订单编号", "子订单编号", "特权订金订单id")
            cells.append(f'="{value}"' if formula else f'"{value}"')
        text.write(",".join(cells) + end + "\r\n")
    return text.getvalue().encode("gb18030")


def of_list(*rows: Row, header: list[str] = LIST) -> tuple[str, bytes]:
    return "list.csv", table(header, [{**ORDER, **row} for row in rows or ({},)], "")


def of_details(*rows: Row, header: list[str] = DETAILS, name: str = "details.csv") -> tuple[str, bytes]:
    return name, table(header, list(rows) or [TEA, CUP], ",")


def accounts(*files: tuple[str, bytes]) -> list[FileAccount]:
    return read([of_bytes(name, data) for name, data in files]).files


def pair(order: Row, *details: Row) -> Entry:
    first, second = accounts(of_list(order), of_details(*details))
    assert not second.entries
    (entry,) = first.entries
    return entry


def parsed(order: Row, *details: Row) -> ParsedOrder:
    found = pair(order, *details).order
    assert found is not None
    return found


@pytest.mark.parametrize("turned", [False, True])
def test_the_pair_counts_on_the_list_in_either_order(turned: bool) -> None:
    files = [of_list(), of_details()]
    found = {one.name: one for one in accounts(*(files[::-1] if turned else files))}
    assert counts(found["list.csv"]) == {"ready": (1, 2, 3)}
    assert (counts(found["details.csv"]), found["details.csv"].fault) == ({}, "")
    assert (found["details.csv"].records, found["list.csv"].encoding) == (2, "gb18030")
    one = found["list.csv"].entries[0].order
    assert one is not None
    assert one.recipient is not None
    assert [(line.code, line.quantity, line.name) for line in one.lines] == [("TEA", 2, "茶"), ("CUP", 1, "杯")]
    assert (one.placed_at, one.ship_by) == (utc_seconds("2026-11-11T10:01:00+08:00"), None)
    assert (one.amount, one.currency, one.buyer) == (2500, "CNY", "tb_a")
    assert (one.recipient.phone, one.recipient.city, one.recipient.postcode) == (
        "13800138000",
        "浙江省 杭州市",
        "310000",
    )
    assert one.recipient.address_lines == ("西湖区", "示例路 1号")


def test_the_address() -> None:
    def told_of(**row: str) -> tuple[str, tuple[str, ...], str]:
        found = parsed(row).recipient
        assert found is not None
        return found.city, found.address_lines, found.postcode

    assert told_of(收货地址="上海 上海市 其它区 示例路1号(000000)") == ("上海 上海市", ("示例路1号",), "")
    assert told_of(收货地址="示例路1号(南门)（200000）") == ("", ("示例路1号(南门)",), "200000")
    changed = "江苏省 苏州市 虎丘区 新路2号(215000)"
    assert told_of(修改后的收货地址=changed) == ("江苏省 苏州市", ("虎丘区", "新路2号"), "215000")
    assert pair({"收货人姓名": "甲**", "收货地址": "浙江省 杭州市 西湖区 ***"}).reason == "masked_recipient"
    assert pair({"收货人姓名": "", "收货地址": ""}).result == "ready_nolabel"


@pytest.mark.parametrize(
    ("status", "result", "reason", "back"),
    [
        (PAID, "ready", "", False),
        ("买家已付款,等待卖家发货", "ready", "", False),
        ("等待买家付款", "skip", "not_paid", False),
        ("没有创建支付宝交易", "skip", "not_paid", False),
        ("国际信用卡支付付款确认中", "skip", "not_paid", False),
        ("卖家已发货，等待买家确认", "skip", "already_shipped", False),
        ("买家已签收，货到付款专用", "skip", "already_shipped", False),
        ("交易成功", "skip", "already_shipped", False),
        ("交易关闭", "skip", "cancelled", True),
        ("交易被淘宝关闭", "skip", "cancelled", True),
        ("付款以后用户退款成功，交易自动关闭", "skip", "refunded", True),
        ("卖家部分发货", "hold", "partly_shipped", False),
        ("退款中的订单", "hold", "refund_asked:退款中的订单", False),
        ("交易异常", "hold", "stopped:交易异常", False),
        ("飞行中", "hold", "unknown_status:订单状态:飞行中", False),
        ("", "hold", "missing:订单状态", False),
    ],
)
def test_every_status_has_a_result(status: str, result: str, reason: str, back: bool) -> None:
    details = [{**row, "订单状态": status} for row in (TEA, CUP)]
    entry = pair({"订单状态": status}, *details)
    assert (entry.result, entry.reason) == (result, reason)
    assert entry.order is not None
    assert entry.order.taken_back is back
    assert (entry.lines, entry.units) == (2, 3)


def test_lines_may_be_over_before_their_order() -> None:
    for status, whole in ("交易关闭", PAID), ("卖家已发货，等待买家确认", "卖家部分发货"):
        entry = pair({"订单状态": whole}, TEA, {**CUP, "订单状态": status})
        assert (entry.result, entry.lines, entry.units, entry.done_lines, entry.done_units) == ("ready", 1, 2, 1, 1)
    gone = [{**row, "订单状态": "交易关闭"} for row in (TEA, CUP)]
    assert pair({}, *gone).reason == "cancelled"
    assert parsed({}, *gone).taken_back
    assert pair({}, TEA, {**CUP, "订单状态": "等待买家付款"}).reason == "unlike_record:订单状态:1:等待买家付款"


def test_refunds_hold_unless_a_line_tells_what_they_are_for() -> None:
    assert pair({"退款金额": "5.00"}).reason == "partly_refunded"
    header = [*DETAILS, "退款状态"]

    def of(status: str) -> Entry:
        rows = [{**TEA, "退款状态": "没有申请退款"}, {**CUP, "退款状态": status}]
        return accounts(of_list({"退款金额": "5.00"}), of_details(*rows, header=header))[0].entries[0]

    assert (of("退款成功").result, of("退款成功").lines, of("退款成功").done_lines) == ("ready", 1, 1)
    assert of("买家已经申请退款，等待卖家同意").reason == "refund_asked:买家已经申请退款，等待卖家同意"
    assert of("飞行中").reason == "unknown_status:退款状态:飞行中"


def test_what_the_channel_says_beside_the_status() -> None:
    assert pair({"修改后的sku": "颜色:红"}).reason == "goods_changed:颜色:红"
    assert pair({"异常信息": "地址异常"}).reason == "stopped:地址异常"
    assert pair({"分阶段订单信息": "定金已付，尾款未付"}).reason == "not_paid"
    one = parsed({"买家留言": "放门卫,谢谢", "订单备注": "'送赠品|发顺丰", "发票抬头": "示例公司"})
    assert (one.remarks, one.instructions) == (("放门卫,谢谢", "送赠品|发顺丰", "示例公司"), ("invoice",))


def test_a_list_alone_waits_for_its_details() -> None:
    (found,) = accounts(of_list({}, {"订单编号": "9900000000000000456", "订单状态": "交易成功"}))
    assert [one[1:] for one in told(found)] == [("hold", "missing_details"), ("skip", "already_shipped")]
    assert counts(found) == {"hold": (1, 0, 0), "skip": (1, 0, 0)}
    first, _ = accounts(of_list(), of_details({**TEA, "订单编号": "9900000000000000456"}))
    assert [one[1:] for one in told(first)] == [
        ("hold", "missing_details"),
        ("reject", "unknown_order:9900000000000000456"),
    ]


def test_details_alone_want_their_list() -> None:
    assert [one.fault for one in accounts(of_details())] == ["missing_file:ExportOrderList"]


def test_a_list_that_was_cut_off_is_refused_whole_or_its_last_order_is() -> None:
    name, data = of_list({}, {"订单编号": "9900000000000000456"})
    at = data.rindex("示例路".encode("gb18030"))
    for end in at, at + 1:  # within an address, within a letter of it
        first, second = accounts((name, data[:end]), of_details())
        assert first.fault
        assert (first.entries, second.entries) == ([], [])
    end = data.rindex(b"'13800138000") - 1  # between two cells
    first, _ = accounts((name, data[:end]), of_details())
    assert [one[1] for one in told(first)] == ["ready", "reject"]


def test_details_that_were_cut_off_hold_the_order_before_the_cut() -> None:
    name, data = of_details(TEA, CUP, {**CUP, "订单编号": "9900000000000000456"})
    two = of_list({"宝贝总数量": ""}, {"订单编号": "9900000000000000456"})
    first, _ = accounts(two, (name, data[: data.rindex(b'"5.00"')]))
    assert told(first)[0][1:] == ("hold", "cut_off")
    assert told(first)[1][1] == "reject"


def test_details_of_no_order_are_told_once_for_each_order() -> None:
    orphan = {**TEA, "订单编号": "9900000000000000789"}
    first, second = accounts(of_list(), of_details(TEA, CUP, orphan, {**orphan, "标题": "杯", "购买数量": "5"}))
    assert counts(first) == {"ready": (1, 2, 3), "reject": (1, 2, 7)}
    assert (second.entries, first.entries[1].text) == ([], "details.csv:3")


def test_the_number_of_pieces_shows_details_that_were_cut_off_or_doubled() -> None:
    assert pair({}, TEA).reason == "pieces_differ:3:2"
    assert pair({}, TEA, CUP, {**CUP, "商品属性": "红"}).reason == "pieces_differ:3:4"
    assert pair({}, TEA, {**CUP, "购买数量": "2"}, CUP).reason == "line_twice:CUP:2"
    first, _ = accounts(of_list(), of_details(TEA, CUP, CUP))
    assert counts(first) == {"ready": (1, 2, 3), "skip": (0, 1, 1)}
    assert first.entries[1].reason == "record_twice:2"


def test_details_that_overlap_count_once() -> None:
    first, *_ = accounts(of_list(), of_details(), of_details(name="again.csv"))
    assert counts(first) == {"ready": (1, 2, 3), "skip": (0, 2, 3)}
    first, *_ = accounts(of_list(), of_details(), of_details({**TEA, "购买数量": "1"}, name="again.csv"))
    assert told(first)[0][1:] == ("hold", "order_twice:again.csv:1")


def test_rows_of_the_list() -> None:
    same = accounts(of_list({}, {}), of_details())[0]
    assert [one[1:] for one in told(same)] == [("ready", ""), ("skip", "record_twice:1")]
    assert counts(same) == {"ready": (1, 2, 3)}
    twice = accounts(of_list({}, {"订单状态": "交易关闭"}), of_details())[0]
    assert told(twice) == [(NUMBER, "hold", "unlike_record:订单状态:1:交易关闭")]
    moved = accounts(of_list({}, {"收货地址": "上海 上海市 黄浦区 新路1号"}), of_details())[0]
    assert told(moved) == [(NUMBER, "hold", "rows_differ:收货地址:1")]


@pytest.mark.parametrize("number", ["9.9E+18", "9900000000000000000"])
def test_numbers_that_a_spreadsheet_destroyed_join_nothing(number: str) -> None:
    lost = [{**row, "订单编号": number} for row in (TEA, CUP)]
    first, _ = accounts(of_list({"订单编号": number}), of_details(*lost))
    assert counts(first) == {"reject": (1, 2, 3)}  # one order, and the two lines of it
    first, _ = accounts(of_list(), of_details(*lost))
    assert counts(first) == {"hold": (1, 0, 0), "reject": (0, 2, 3)}


def test_other_official_headers() -> None:
    old = [name for name in LIST if name not in ("退款金额", "特权订金订单id")]
    assert counts(accounts(of_list(header=old[::-1]), of_details())[0]) == {"ready": (1, 2, 3)}
    new = ["子订单编号", "主订单编号", *DETAILS[1:], "退款状态"]
    rows = [{**row, "主订单编号": NUMBER, "子订单编号": f"99000000000000{n}0124"} for n, row in enumerate((TEA, CUP))]
    assert counts(accounts(of_list(), of_details(*rows, header=new))[0]) == {"ready": (1, 2, 3)}
    without = [name for name in LIST if name != "订单状态"]
    assert [one.fault for one in accounts(of_list(header=without), of_details())] == [
        "missing_column:订单状态",
        "missing_file:ExportOrderList",
    ]
