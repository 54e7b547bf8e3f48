"""Pinduoduo: the order export of the merchants' desk (拼多多商家后台, "订单导出"), UTF-8 or GBK, one SKU per order.

Ids end in a TAB. The export names no recipient: labels come from the platform. 承诺发货时间 is the deadline. Gifts
stand in columns of their own and must be packed; most have a name and no code. Orders of a group wait until it is
complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Kind, Loose, ParsedRecipient
from wms.channels.statuses import OVER, TAKEN_BACK, Stage, judge, stage_of_order, words

NAME = "pinduoduo"
ZONE = "Asia/Shanghai"
_PIECES = "商品数量(件)"
_NEEDED = ("订单号", "订单状态", _PIECES, "售后状态")
_CODES = ("商家编码-规格维度", "商家编码-商品维度")
_REMARKS = ("商家备注", "买家留言")
_GIFT = ("赠品名称", "赠品id", "赠品规格", "赠品数量")
_NAMES, _PHONES = ("收货人", "收件人", "收货人姓名"), ("手机", "收货人手机", "手机号", "联系电话")
_STREETS = ("详细地址", "收货地址")
_PLACE = ("省", "市", "区", "街道/镇", "街道")
_WANTED = (
    *_CODES, *_REMARKS, *_GIFT, *_NAMES, *_PHONES, *_STREETS, *_PLACE, "商品", "商品名称", "商品规格", "样式id",
    "是否审核中", "支付时间", "订单成交时间", "承诺发货时间", "预约发货时间", "团id", "商品类型", "订单类型",
    "是否预售", "用户实付金额(元)", "商家实收金额(元)", "是否顺丰加价",
)  # fmt: skip
_STATUSES = words(
    {
        Stage.OPEN: ("待发货", "已成团,待发货", "已成团", "待发货(已成团)", "已支付,待发货"),
        Stage.UNPAID: ("待支付", "待付款", "未支付"),
        Stage.GROUP_OPEN: ("待成团", "已支付,待成团", "待分享", "待分享成团", "拼团中", "已付款,待成团", "待开奖",
                           "已支付,待分享", "已成团,待抽奖"),
        Stage.SHIPPED: ("已发货,待收货", "已发货,待签收", "已发货", "待收货", "待签收", "已签收", "已收货", "已完成",
                        "交易成功", "待评价", "已评价"),
        Stage.PARTLY_SHIPPED: ("部分发货", "部分发货,待收货"),
        Stage.CANCELLED: ("已取消", "交易已取消", "交易关闭", "已关闭", "拼团失败", "未成团", "未支付,已取消"),
        Stage.REFUNDED: ("退款成功", "未发货,退款成功", "已发货,退款成功", "已签收,退款成功", "已收货,退款成功",
                         "未发货退款成功", "已发货退款成功", "未成团,退款成功", "拼团失败,退款成功", "已退款"),
        Stage.REFUND_ASKED: ("退款中", "未发货,退款中", "售后中", "退款处理中"),
    }
)  # fmt: skip
_AFTER_SALES = words(
    {
        Stage.OPEN: ("", "-", "无", "无售后", "无售后或售后取消", "无售后或售后关闭", "售后取消", "售后关闭", "已撤销",
                     "售后已取消", "退款关闭", "退款取消"),
        Stage.REFUNDED: ("退款成功", "全额退款", "已退款", "售后完成,退款成功"),
        Stage.PARTLY_REFUNDED: ("部分退款", "部分退款成功"),
        Stage.REFUND_ASKED: ("售后处理中", "退款中", "售后中", "待商家处理", "待消费者处理", "待买家处理", "平台处理中",
                             "平台介入", "平台介入中", "同意退款", "同意退款,退款中", "退货退款,待商家处理",
                             "已同意退货退款,待买家发货", "待买家退货", "待商家收货", "商家拒绝", "驳回退款",
                             "拒绝退款", "退款失败", "换货中", "补寄中", "维修中", "消费者已发货,待商家收货"),
    }
)  # fmt: skip
_YES = ("是", "1", "true")
_SEVERAL = re.compile(r"[;；\n]+")


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    given = replace(given, zone=ZONE)
    for document in documents:
        for one in gathered(document, "订单号", given, _PIECES, alone=True):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole = records[0]
    stage = stage_of_order(draft, _STATUSES, records, "订单状态")
    # what became of a refund says nothing new of an order that was sent or called off
    after = stage if stage in OVER else stage_of_order(draft, _AFTER_SALES, records, "售后状态")
    for record in records:
        if record["是否审核中"] in _YES:
            judge(draft, Stage.STOPPED, "是否审核中", "审核中", record.n)
        _line(draft, record)
        _gifts(draft, record)
    presale = any("预售" in record[column] for record in records for column in ("商品类型", "订单类型"))
    presale = presale or any(record["是否预售"] in _YES or record["预约发货时间"] for record in records)
    grouped = any(record["团id"] for record in records) or stage == Stage.GROUP_OPEN
    kind = Kind.PRESALE if presale else Kind.GROUP if grouped else Kind.ORDINARY
    return draft.order(
        placed_at=draft.time(whole["支付时间"] or whole["订单成交时间"], "支付时间"),
        ship_by=draft.time(whole["承诺发货时间"], "承诺发货时间", end_of_day=True),
        recipient=_recipient(draft, whole),
        taken_back=bool({stage, after} & TAKEN_BACK),
        carrier="SF" if whole["是否顺丰加价"] in _YES else "",
        amount=values.minor_units(whole["用户实付金额(元)"] or whole["商家实收金额(元)"], "CNY"),
        currency="CNY",
        kind=kind,
        not_before=draft.time(whole["预约发货时间"], "预约发货时间"),
        waiting=stage == Stage.GROUP_OPEN,
        instructions=_inserts(draft, records),
        remarks={whole[column]: column for column in _REMARKS},
    )


def _line(draft: Draft, record: Record) -> None:
    column = next((column for column in _CODES if record[column]), _CODES[0])
    name = " ".join(filter(None, (record["商品"] or record["商品名称"], record["商品规格"])))
    draft.line(
        record[column],
        draft.quantity(record[_PIECES], _PIECES, record.n, least=1),
        name,
        record=record.n,
        column=column,
        key=draft.reference,  # an order has one SKU: a second row contradicts the first
    )


def _gifts(draft: Draft, record: Record) -> None:
    """Gifts with an id are lines: the id may be a code of goods here, and if it is none, somebody must say what."""
    codes = _parts(record["赠品id"])
    if not codes:
        return
    names, counts = _parts(record["赠品名称"]), _parts(record["赠品数量"]) or ["1"] * len(codes)
    if len(counts) != len(codes):
        draft.hold(f"merged_skus:{';'.join(codes)[:60]}", "赠品id", record["赠品id"], record.n)
        codes, counts = [record["赠品id"]], counts[:1]
    for at, (code, count) in enumerate(zip(codes, counts, strict=True)):
        name = names[at] if len(names) == len(codes) else record["赠品名称"]
        pieces = draft.quantity(count, "赠品数量", record.n, least=1)
        draft.line(code, pieces, name, record=record.n, column="赠品id", key=f"赠品{at}", gift=True)


def _inserts(draft: Draft, records: Sequence[Record]) -> list[str]:
    """Gifts without an id, for whoever packs."""
    found = []
    for record in records:
        if record["赠品名称"] and not record["赠品id"]:
            text = draft.text(" ".join((record["赠品名称"], record["赠品规格"])), "赠品名称", record.n)
            count = f" ×{record['赠品数量']}" if record["赠品数量"] else ""
            found.append("insert:" + " ".join(text.split()) + count)
    return found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEVERAL.split(text) if part.strip()]


def _recipient(draft: Draft, whole: Record) -> ParsedRecipient | None:
    """Older exports have one; a place without a street is none."""
    person, telephone, address = (
        next((column for column in columns if whole[column]), columns[0]) for columns in (_NAMES, _PHONES, _STREETS)
    )
    name, phone, street = whole[person], whole[telephone], whole[address]
    if not street:
        return draft.recipient(name, phone, (), columns=(person, telephone))
    town = whole["街道/镇"] or whole["街道"]
    city = " ".join(filter(None, (whole["省"], whole["市"])))
    return draft.recipient(
        name, phone, (whole["区"] + town, street), city, columns=(person, telephone, "区", address, "省")
    )


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED),))
