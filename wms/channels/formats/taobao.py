"""Taobao and Tmall: the list of orders (ExportOrderList) and their goods (ExportOrderDetailList), two files of one
export, GB18030. Of the list 46 columns (2017) and 41 (2016) are known; newer details name the order 主订单编号.

Ids are written ="…", empty cells ="", phones begin with an apostrophe, six headers end in a space, rows of the details
have one comma more than their header. `null` stands for nothing. The address is one text with the postcode in brackets;
a changed one stands in a column of its own and counts. There is no deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wms.channels import values
from wms.channels.documents import Document, Record, without
from wms.channels.draft import Draft, gathered
from wms.channels.format import Format, Found, Given, Part
from wms.channels.parsed import Kind, Loose, ParsedRecipient, Result, Trouble
from wms.channels.statuses import OVER, TAKEN_BACK, Stage, Words, judge, stage_of_order, words
from wms.domain.decode import Unreadable

NAME = "taobao"
ZONE = "Asia/Shanghai"
_PIECES = "购买数量"
_CODES = ("外部系统编号", "商家编码")  # of the SKU, of the goods it is a kind of
_LIST = ("订单编号", "订单状态", "收货人姓名", "收货地址", "宝贝标题")
_PERSON = ("收货人姓名", "修改后的收货地址", "收货地址", "联系手机", "联系电话")
_REMARKS = ("买家留言", "订单备注", "商家备注")
_LIST_WANTED = (
    *_PERSON, *_REMARKS, "买家会员名", "买家昵称", "买家实际支付金额", "总金额", "订单创建时间", "订单付款时间",
    "宝贝总数量", "发票抬头", "分阶段订单信息", "修改后的sku", "异常信息", "退款金额",
)  # fmt: skip
_DETAIL_WANTED = (*_CODES, "子订单编号", "价格", "商品属性", "套餐信息", "订单状态", "退款状态")
_NOTHING = frozenset({"null", "'null", "-"})
_STATUSES = words(
    {
        Stage.OPEN: ("买家已付款,等待卖家发货", "买家已付款", "等待卖家发货", "等待发货", "待发货",
                     "买家已付款,等待发货", "等待商家发货", "货到付款,等待卖家发货"),
        Stage.UNPAID: ("等待买家付款", "没有创建支付宝交易", "没有创建交易", "没有创建外部交易", "买家部分付款",
                       "外卡支付付款确认中", "国际信用卡支付付款确认中", "0元购合约中", "余额宝0元购合约中", "待付款",
                       "定金未付尾款未付", "定金已付尾款未付", "创建订单"),
        Stage.SHIPPED: ("卖家已发货,等待买家确认", "卖家已发货", "等待买家确认收货", "等待买家确认收货,即:卖家已发货",
                        "等待买家收货", "买家已签收", "买家已签收,货到付款专用", "已签收", "交易成功", "交易完成",
                        "已发货"),
        Stage.PARTLY_SHIPPED: ("卖家部分发货", "部分发货"),
        Stage.CANCELLED: ("交易关闭", "交易被淘宝关闭", "交易自动关闭", "交易已关闭", "已关闭", "已取消",
                          "付款以前,卖家或买家主动关闭交易", "卖家或买家主动关闭交易"),
        Stage.REFUNDED: ("退款成功", "付款以后用户退款成功,交易自动关闭", "已退款"),
        Stage.REFUND_ASKED: ("退款中", "退款中的订单", "申请退款", "买家申请退款", "买家申请取消", "售后中"),
        Stage.STOPPED: ("交易异常", "异常订单", "纠纷中", "冻结中", "风控中", "已暂停", "已锁定"),
    }
)  # fmt: skip
_REFUNDS = words(
    {
        Stage.OPEN: ("", "没有退款", "没有申请退款", "未申请退款", "无退款", "无退款申请", "退款关闭", "退款取消",
                     "无"),
        Stage.REFUNDED: ("退款成功", "已退款", "全额退款"),
        Stage.PARTLY_REFUNDED: ("部分退款",),
        Stage.REFUND_ASKED: ("退款中", "买家已经申请退款,等待卖家同意", "卖家已经同意退款,等待买家退货",
                             "买家已经退货,等待卖家确认收货", "卖家拒绝退款", "退款待处理", "等待卖家同意",
                             "等待买家退货", "等待卖家确认收货", "申请退款", "售后中"),
    }
)  # fmt: skip
_POSTCODE = re.compile(r"(.*?)\s*[(（]\s*([0-9]{5,6})\s*[)）]", re.DOTALL)
_NO_DISTRICT = ("其它区", "其他区")


@dataclass(slots=True)
class _Goods:
    """The rows of one order in one file of details."""

    document: Document
    records: list[Record]
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def pieces(self) -> int:
        return sum(values.whole(record[_PIECES]) or 0 for record in self.records)


def _read(documents: Sequence[Document], given: Given) -> Iterator[Found]:
    """Raises `Unreadable` if the list is missing. All is counted on the list, the first one if there are several."""
    given = replace(given, zone=ZONE)
    lists = [without(document, _NOTHING) for document in documents if document.part == "list"]
    if not lists:
        raise Unreadable("missing_file:ExportOrderList")
    counted = lists[0].file
    goods: dict[str, list[_Goods]] = {}
    for document in documents:
        if document.part != "list":
            yield from _details(without(document, _NOTHING), given, counted, goods)
    named = set()
    for document in lists:
        for one in gathered(document, "订单编号", given, alone=True):
            if isinstance(one, Loose):
                yield replace(one, lines=0, units=0)
            else:
                named.add(one[0].reference)
                yield _order(*one, goods.get(one[0].reference, []))
    yield from _left_over(goods, named, counted)


def _details(document: Document, given: Given, counted: int, goods: dict[str, list[_Goods]]) -> Iterator[Loose]:
    for one in gathered(document, document.first("主订单编号", "订单编号"), given, _PIECES):
        if isinstance(one, Loose):
            where = f"{document.name}:{one.trouble.record}"
            yield replace(one, file=counted, orders=0, trouble=replace(one.trouble, text=where))
        else:
            draft, records = one
            goods.setdefault(draft.reference, []).append(_Goods(document, records, draft.troubles))


def _left_over(goods: Mapping[str, Sequence[_Goods]], named: set[str], counted: int) -> Iterator[Loose]:
    """Goods of orders that no list has, and those that a second file of details repeats."""
    for reference, several in goods.items():
        for at, one in enumerate(several):
            n = one.records[0].n
            where = f"{one.document.name}:{n}"
            if reference not in named:
                trouble = Trouble(Result.REJECT, f"unknown_order:{reference}", "订单编号", where, n)
            elif at:
                first = f"{several[0].document.name}:{several[0].records[0].n}"
                trouble = Trouble(Result.SKIP, f"order_twice:{first}", "订单编号", where, n)
            else:
                continue
            yield Loose(trouble, reference, len(one.records), one.pieces, counted)


def _order(draft: Draft, records: list[Record], several: Sequence[_Goods]) -> Found:
    whole = records[0]
    draft.agree(records, _PERSON, personal=True)
    goods = several[0].records if several else []
    stages = [_stage_of_line(record) for record in goods]
    stage = _stage(draft, records, stages)
    for record, at in zip(goods, stages, strict=True):
        _line(draft, record, at if at in OVER else "")
        if at not in OVER and at != stage and (at != Stage.OPEN or record["订单状态"]):
            _judge_line(draft, record, at, stage)
    _whole_goods(draft, whole, several)
    _refund(draft, whole, stages)
    for column, reason in (("修改后的sku", "goods_changed"), ("异常信息", "stopped")):
        if whole[column]:
            draft.hold(f"{reason}:{whole[column][:60]}", column, whole[column], whole.n)
    taken_back = stage in TAKEN_BACK or (bool(stages) and all(at in TAKEN_BACK for at in stages))
    return draft.order(
        placed_at=draft.time(whole["订单付款时间"] or whole["订单创建时间"], "订单付款时间"),
        recipient=_recipient(draft, whole),
        taken_back=taken_back,
        buyer=whole["买家会员名"] or whole["买家昵称"],
        amount=values.minor_units(whole["买家实际支付金额"] or whole["总金额"], "CNY"),
        currency="CNY",
        kind=Kind.ORDINARY,
        instructions=("invoice",) if whole["发票抬头"] else (),
        remarks={whole[column].removeprefix("'"): column for column in (*_REMARKS, "发票抬头")},
    )


def _stage(draft: Draft, records: Sequence[Record], stages: Sequence[Stage]) -> Stage:
    """The stage of the order, noted. Of one that was shipped in part the lines may tell which part that was."""
    whole = records[0]
    if "未付" in whole["分阶段订单信息"]:
        judge(draft, Stage.UNPAID, "分阶段订单信息", whole["分阶段订单信息"], whole.n)
    told = set(stages)
    parted = bool(told & OVER) and Stage.OPEN in told and told <= OVER | {Stage.OPEN}
    if parted and all(_STATUSES.stage(record["订单状态"]) == Stage.PARTLY_SHIPPED for record in records):
        return Stage.OPEN
    return stage_of_order(draft, _STATUSES, records, "订单状态")


def _stage_of_line(record: Record) -> Stage:
    stage = _STATUSES.stage(record["订单状态"]) if record["订单状态"] else Stage.OPEN
    return stage if stage in OVER else _REFUNDS.stage(record["退款状态"]) or stage


def _judge_line(draft: Draft, record: Record, at: Stage, whole: Stage) -> None:
    """A line that has come less far than its order, or stands still."""
    known: Words = _STATUSES if _STATUSES.stage(record["订单状态"]) == at else _REFUNDS
    column = "订单状态" if known is _STATUSES else "退款状态"
    if at in (Stage.OPEN, Stage.UNPAID):
        if whole not in OVER:
            draft.hold(f"unlike_record:{column}:{draft.record}:{record[column]}", column, record[column], record.n)
    else:
        judge(draft, at, column, record[column], record.n)


def _line(draft: Draft, record: Record, done: str) -> None:
    column = next((column for column in _CODES if record[column]), _CODES[0])
    draft.line(
        record[column],
        draft.quantity(record[_PIECES], _PIECES, record.n, least=1),
        " ".join(filter(None, (record["标题"], record["商品属性"]))),
        record=record.n,
        column=column,
        key=record["子订单编号"]
        or "|".join(record[part] for part in (*_CODES, "标题", "商品属性", "套餐信息", "价格")),
        done=done,
    )


def _whole_goods(draft: Draft, whole: Record, several: Sequence[_Goods]) -> None:
    """The list says how many pieces there are: details that were cut off or doubled are seen by it."""
    if not several:
        draft.hold("missing_details", "宝贝标题", whole["宝贝标题"], whole.n)
        return
    first = several[0]
    draft.troubles += first.troubles
    for other in several[1:]:
        if sorted(record.digest for record in other.records) != sorted(record.digest for record in first.records):
            where = f"{other.document.name}:{other.records[0].n}"
            draft.hold(f"order_twice:{where}", "订单编号", where, whole.n)
    said = whole["宝贝总数量"]
    if said and values.whole(said) != first.pieces:
        draft.hold(f"pieces_differ:{said[:20]}:{first.pieces}", "宝贝总数量", said, whole.n)


def _refund(draft: Draft, whole: Record, stages: Sequence[Stage]) -> None:
    """Money that went back, with no line that says for what."""
    money = values.minor_units(whole["退款金额"], "CNY") if whole["退款金额"] else 0
    if money != 0 and not TAKEN_BACK & set(stages):
        draft.hold("partly_refunded", "退款金额", whole["退款金额"], whole.n)


def _recipient(draft: Draft, whole: Record) -> ParsedRecipient | None:
    column = "修改后的收货地址" if whole["修改后的收货地址"] else "收货地址"
    address, postcode = whole[column], ""
    if found := _POSTCODE.fullmatch(address):
        address, postcode = found[1], found[2] if found[2].strip("0") else ""
    parts = address.split(" ", 3)
    phone = whole["联系手机"] or whole["联系电话"]
    person = ("收货人姓名", "联系手机" if whole["联系手机"] else "联系电话")
    if len(parts) < 4:
        return draft.recipient(whole["收货人姓名"], phone, (address,), "", postcode, column=column, columns=person)
    province, city, district, street = parts
    lines = ("" if district in _NO_DISTRICT else district, street)
    place = f"{province} {city}".strip()
    return draft.recipient(whole["收货人姓名"], phone, lines, place, postcode, column=column, columns=person)


FORMAT = Format(
    NAME,
    _read,
    (
        Part("list", _LIST, _LIST_WANTED),
        Part("details", ("订单编号", "标题", _PIECES), _DETAIL_WANTED),
        Part("details of 2020", ("主订单编号", "标题", _PIECES), _DETAIL_WANTED),
    ),
    goes_together=True,
)
