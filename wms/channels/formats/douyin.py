"""Douyin: the order export of the shop's desk (抖店, "订单导出"), UTF-8, one row per sub-order; 75 columns, older and
shortened ones have fewer.

Ids begin with a TAB, `-` stands for nothing. Recipients are plain, masked (138****8000) or encrypted (`##…`, `$$…`).
Some rows name several SKUs, parted by `;`. 承诺发货时间 is the deadline. Every sub-order has a status of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wms.channels import values
from wms.channels.documents import Document, Record, without
from wms.channels.draft import Draft, gathered, require
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Kind, Loose, ParsedRecipient
from wms.channels.statuses import OVER, TAKEN_BACK, Stage, judge, words

NAME = "douyin"
ZONE = "Asia/Shanghai"
_NEEDED = ("主订单编号", "商品数量", "订单状态")
_PERSON = ("收件人", "收件人手机号", "详细地址")
_PLACE = ("省", "市", "区", "街道")
_REMARKS = ("买家留言", "商家备注")
_CODES = ("商家编码", "货号")
_WANTED = (
    "子订单编号", *_CODES, *_PERSON, *_PLACE, *_REMARKS, "选购商品", "商品名称", "商品规格", "商品id", "商品金额",
    "订单提交时间", "支付完成时间", "承诺发货时间", "预约发货时间", "售后状态", "订单类型", "订单应付金额",
    "拼团订单团编号", "发票抬头",
)  # fmt: skip
_SHORT = 21  # columns of the shortened export, which may tell nothing of what comes after a sale
_NOTHING = frozenset({"-", "--", "—", "null"})
_STATUSES = words(
    {
        Stage.OPEN: ("待发货", "备货中", "待出库", "已付款,待发货"),
        Stage.UNPAID: ("待支付", "待付款", "待确认", "未支付"),
        Stage.GROUP_OPEN: ("待成团", "拼团中", "已支付,待成团"),
        Stage.SHIPPED: ("已发货", "待收货", "已收货", "已签收", "已完成", "已完结", "交易成功", "交易完成",
                        "已发货,待收货"),
        Stage.PARTLY_SHIPPED: ("部分发货",),
        Stage.CANCELLED: ("已关闭", "已取消", "交易关闭", "关闭", "取消", "未成团"),
        Stage.REFUNDED: ("退款成功", "已退款", "发货前退款完结", "发货后退款完结", "收货后退款完结", "退款完结"),
        Stage.REFUND_ASKED: ("退款中", "售后中", "发货前退款中"),
        Stage.STOPPED: ("已支付", "审核中", "风控中", "异常"),  # 已支付: not released for sending yet
    }
)  # fmt: skip
_AFTER_SALES = words(
    {
        Stage.OPEN: ("", "-", "无", "无售后", "暂无售后", "售后关闭", "售后取消", "已撤销", "售后已取消", "退款关闭",
                     "已关闭"),
        Stage.REFUNDED: ("退款成功", "已退款", "全额退款", "已全额退款", "全部退款", "售后成功", "售后完成",
                         "同意退款,退款成功", "退款完成"),
        Stage.PARTLY_REFUNDED: ("部分退款", "部分退款成功"),
        Stage.REFUND_ASKED: ("退款中", "售后中", "售后处理中", "售后待处理", "待商家处理", "待卖家处理", "待买家处理",
                             "待买家退货", "待商家收货", "待商家发货", "待用户处理", "同意退款", "同意退款,退款中",
                             "同意退款,退款失败", "退款失败", "拒绝退款", "商家拒绝", "仲裁中", "平台介入",
                             "平台处理中", "换货中", "补寄中", "维修中", "退货中"),
    }
)  # fmt: skip
_SEVERAL = re.compile(r"[;；]")


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    given = replace(given, zone=ZONE)
    for document in documents:
        if len(document.spelled) > _SHORT or document.has("取消原因"):
            require(document, "售后状态")
        for one in gathered(without(document, _NOTHING), "主订单编号", given, "商品数量"):
            yield one if isinstance(one, Loose) else _order(*one)


def _order(draft: Draft, records: list[Record]) -> Found:
    whole = records[0]
    stages = [_stage(record) for record in records]
    _judge(draft, records, stages)
    draft.agree(records, (*_PERSON, *_PLACE, *_REMARKS), personal=True)
    for record, stage in zip(records, stages, strict=True):
        _lines(draft, record, stage)
    going = [record for record, stage in zip(records, stages, strict=True) if stage not in OVER]
    deadlines = [draft.time(record["承诺发货时间"], "承诺发货时间", record.n, end_of_day=True) for record in going]
    earliest = [draft.time(record["预约发货时间"], "预约发货时间", record.n) for record in going]
    invoice = whole["发票抬头"]
    waiting = Stage.GROUP_OPEN in stages
    return draft.order(
        placed_at=draft.time(whole["支付完成时间"] or whole["订单提交时间"], "支付完成时间"),
        ship_by=min((when for when in deadlines if when is not None), default=None),
        recipient=_recipient(draft, whole),
        taken_back=all(stage in TAKEN_BACK for stage in stages),
        amount=_amount(records),
        currency="CNY",
        kind=_kind(going, grouped=waiting or bool(whole["拼团订单团编号"])),
        not_before=max((when for when in earliest if when is not None), default=None),
        waiting=waiting,
        instructions=("invoice",) if invoice else (),
        remarks={record[column]: column for column in _REMARKS for record in records} | {invoice: "发票抬头"},
    )


def _stage(record: Record) -> Stage:
    stage = _STATUSES.stage(record["订单状态"])
    if stage not in (Stage.OPEN, Stage.PARTLY_SHIPPED, Stage.GROUP_OPEN, Stage.STOPPED):
        return stage
    return _AFTER_SALES.stage(record["售后状态"]) or stage


def _said_in(record: Record, stage: Stage) -> str:
    return "售后状态" if _STATUSES.stage(record["订单状态"]) != stage else "订单状态"


def _judge(draft: Draft, records: Sequence[Record], stages: Sequence[Stage]) -> None:
    """Sub-orders that are over are done each by itself; what stands in the way of any other concerns the order."""
    going = [(record, stage) for record, stage in zip(records, stages, strict=True) if stage not in OVER]
    paid = next((record for record, stage in going if stage != Stage.UNPAID), None)
    for record, stage in going:
        column = _said_in(record, stage)
        if stage == Stage.UNPAID and paid is not None:
            told = record[column]
            draft.hold(f"unlike_record:{column}:{paid.n}:{told}", column, told, record.n)
        else:
            judge(draft, stage, column, record[column], record.n)


def _lines(draft: Draft, record: Record, stage: Stage) -> None:
    done = stage if stage in OVER else ""
    said = _said_in(record, stage)
    number = record["子订单编号"]
    if values.is_scientific(number) or values.has_lost_digits(number):  # two with such a number could be one
        draft.hold(f"number_lost:子订单编号:{number}", "子订单编号", number, record.n)
    column = next((column for column in _CODES if record[column]), _CODES[0])
    codes = [code.strip() for code in _SEVERAL.split(record[column])]
    counts = [count.strip() for count in _SEVERAL.split(record["商品数量"])]
    key = record["子订单编号"] or "|".join((record["商品id"], *codes, record["商品金额"]))
    name = " ".join(filter(None, (record["选购商品"] or record["商品名称"], record["商品规格"])))
    if len(codes) != len(counts) or (len(codes) > 1 and not all(codes)):
        if not done:
            draft.hold(f"merged_skus:{record[column][:60]}", column, record[column], record.n)
        codes, counts = [record[column]], [str(_sum(counts)) if len(counts) > 1 else counts[0]]
    names = [part.strip() for part in _SEVERAL.split(name)]
    for at, (code, count) in enumerate(zip(codes, counts, strict=True)):
        draft.line(
            code,
            draft.quantity(count, "商品数量", record.n, least=1),
            names[at] if len(names) == len(codes) else name,
            record=record.n,
            column=column,
            key=f"{key}|{at}",
            done=done,
            done_at=(said, record[said]),
        )


def _sum(counts: Sequence[str]) -> int:
    return sum(values.whole(count) or 0 for count in counts)


def _kind(records: Sequence[Record], *, grouped: bool) -> Kind:
    if any("预售" in record["订单类型"] or record["预约发货时间"] for record in records):
        return Kind.PRESALE
    return Kind.GROUP if grouped else Kind.ORDINARY


def _amount(records: Sequence[Record]) -> int | None:
    """Every row says what was paid for its sub-order."""
    paid = [values.minor_units(record["订单应付金额"] or record["商品金额"], "CNY") for record in records]
    return sum(one for one in paid if one is not None) if None not in paid else None


def _recipient(draft: Draft, whole: Record) -> ParsedRecipient | None:
    """A place without a street is no address."""
    street = whole["详细地址"]
    district = "" if whole["区"] in ("其它区", "其他区") else whole["区"]
    address = (district + whole["街道"], street) if street else ()
    city = " ".join(filter(None, (whole["省"], whole["市"])))
    where = (*_PERSON[:2], *(("区", "详细地址") if street else ()), "省")
    return draft.recipient(whole["收件人"], whole["收件人手机号"], address, city, columns=where)


FORMAT = Format(NAME, _read, (Part("orders", _NEEDED, _WANTED),))
