"""JD: the order export of the seller's desk (京麦 / 商家后台, "订单导出"), GBK, one row per SKU.

Every row ends with a comma, repeats the order's total and what else concerns the whole order. (删除) before a status
says that the order was cancelled while it had that status, (锁定) that it must not go on. There is no deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered, require
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Kind, Loose
from wms.channels.statuses import TAKEN_BACK, Stage, stage_of_order, words

NAME = "jd"
ZONE = "Asia/Shanghai"
_NEEDED = ("订单号", "商品id", "订购数量", "订单状态", "货号")
_PERSON = ("客户姓名", "联系电话", "客户地址")
_INVOICE = ("发票类型", "发票抬头", "发票内容", "增值税发票")
_REMARKS = ("订单备注", "商家备注")
_WANTED = (
    *_PERSON, *_INVOICE, *_REMARKS, "商品名称", "京东价", "下单时间", "付款确认时间", "应付金额", "订单金额",
    "运费金额", "订单类型", "下单帐号", "下单账号",
)  # fmt: skip
_NO_INVOICE = ("", "-", "无", "不开发票", "不需要开具发票", "不需要发票", "未开票")
_STATUSES = words(
    {
        Stage.OPEN: ("等待出库", "待出库", "等待发货", "待发货", "正在出库", "等待打印", "等待出库(已打印)"),
        Stage.UNPAID: ("等待付款", "等待付款确认", "未付款", "待付款", "待支付", "等待确认付款"),
        Stage.SHIPPED: ("等待确认收货", "等待收货", "待收货", "已出库", "出库完成", "已发货", "配送中", "配送退货",
                        "完成", "已完成", "货到付款完成"),
        Stage.CANCELLED: ("取消", "已取消", "订单取消", "删除", "已删除", "已关闭"),
        Stage.REFUNDED: ("退款成功", "已退款", "退款完成"),
        Stage.REFUND_ASKED: ("退款中", "申请退款", "取消中", "申请取消", "等待退款"),
        Stage.STOPPED: ("锁定", "锁定订单", "暂停", "暂停订单", "已锁定", "已暂停", "等待审核", "异常"),
    },
    {"(删除)": Stage.CANCELLED, "(锁定)": Stage.STOPPED, "(暂停)": Stage.STOPPED},
)  # fmt: skip


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    given = replace(given, zone=ZONE)
    for document in documents:
        require(document, "客户地址")
        for one in gathered(document, "订单号", given, "订购数量"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole = records[0]
    stage = stage_of_order(draft, _STATUSES, records, "订单状态")
    draft.agree(records, (*_PERSON, *_REMARKS), personal=True)
    for record in records:
        draft.line(
            record["货号"],
            draft.quantity(record["订购数量"], "订购数量", record.n, least=1),
            record["商品名称"],
            record=record.n,
            column="货号",
            key="|".join((record["商品id"], record["货号"], record["京东价"])),
        )
    _whole_goods(draft, records)
    invoice = [column for column in _INVOICE if whole[column] not in _NO_INVOICE]
    total = whole["应付金额"] or whole["订单金额"]
    return draft.order(
        placed_at=draft.time(whole["付款确认时间"] or whole["下单时间"], "付款确认时间"),
        recipient=draft.recipient(whole["客户姓名"], whole["联系电话"], (whole["客户地址"],), columns=_PERSON),
        taken_back=stage in TAKEN_BACK,
        buyer=whole["下单帐号"] or whole["下单账号"],
        amount=values.minor_units(total, "CNY"),
        currency="CNY",
        kind=Kind.PRESALE if "预售" in whole["订单类型"] else Kind.ORDINARY,
        instructions=("invoice",) if invoice else (),
        remarks={whole[column]: column for column in (*_REMARKS, *invoice)},
    )


def _whole_goods(draft: Draft, records: Sequence[Record]) -> None:
    """The total that each row repeats is that of the goods before any discount: if theirs is less, rows are missing, as
    in a file that was cut off."""
    whole = records[0]
    said = values.minor_units(whole["订单金额"], "CNY")
    freight = values.minor_units(whole["运费金额"] or "0", "CNY") or 0
    prices = [values.minor_units(record["京东价"], "CNY") for record in records]
    if said is None or None in prices:
        return
    counts = [values.whole(record["订购数量"]) or 0 for record in records]
    found = sum((price or 0) * count for price, count in zip(prices, counts, strict=True))
    if found + max(freight, 0) < said:
        draft.hold(
            f"goods_missing:{whole['订单金额']}:{found // 100}.{found % 100:02}", "订单金额", whole["订单金额"], whole.n
        )


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED),))
