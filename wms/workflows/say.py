"""Sentences that several workflows say: names of things, and why a scan did not count."""

from __future__ import annotations

from typing import TypeVar, assert_never

from wms.domain.catalogue import Carrier, Category, Item, ItemCode, Person
from wms.domain.commands import RefuseScan
from wms.domain.events.people import WRONG_DIGITS
from wms.domain.rows import Rows
from wms.domain.stock import Lot
from wms.workflows import resolve as r
from wms.workflows.prompt import NOTHING, Bilingual, Msg, Value, msg, no, plain
from wms.workflows.workflow import Step

S = TypeVar("S")

MIXED = msg("mixed")

_DAMAGED = msg("The code arrived damaged: scan it again")
_UNREADABLE = {
    "partial": msg("Only part of the code arrived: scan it again"),
    "overlong": msg("Too long for one code: scan one label at a time"),
}
"""For the faults of a read; a garbled one, or one whose checksum is wrong, was damaged on its way."""


def item_name(rows: Rows, sku: str) -> Value:
    item = rows.get(Item, sku)
    return Bilingual(item.zh, item.en) if item is not None else sku


def category_name(rows: Rows, code: str) -> Value:
    category = rows.get(Category, code)
    return Bilingual(category.zh, category.en) if category is not None else (code or MIXED)


def carrier_name(rows: Rows, code: str) -> Value:
    carrier = rows.get(Carrier, code)
    return Bilingual(carrier.zh, carrier.en) if carrier is not None else code


def unit_name(item: Item | None) -> Value:
    return Bilingual(item.unit_zh, item.unit_en) if item is not None else ""


def tail(rows: Rows, sku: str) -> str:
    """The last four digits of the item's code: what tells it from its neighbour on the shelf."""
    codes = sorted(code.code for code in rows.where(ItemCode, sku=sku))
    return codes[0][-4:] if codes else sku[-4:]


def lot_line(lot: Lot | None) -> Msg:
    if lot is None or not lot.lot:
        return NOTHING
    if lot.expiry:
        return msg("lot {lot}  expires {expiry}", lot=lot.lot, expiry=lot.expiry)
    return msg("lot {lot}", lot=lot.lot)


def lot_short(lot: Lot | None) -> Msg:
    """The lot for screens of twenty columns: its expiry as month and year, which is how shelves are sorted."""
    if lot is None or not lot.lot:
        return NOTHING
    if lot.expiry:
        return msg("lot {lot} {month}", lot=lot.lot, month=lot.expiry[2:7])
    return msg("lot {lot}", lot=lot.lot)


def refused(state: S, screen: str, code: r.Code, rows: Rows, *lines: Msg) -> Step[S]:
    """A scan that does not count: kept in the journal, said in red. `lines` say expected and what to do."""
    return Step(state, (RefuseScan(text_of(code), screen, kind_of(code)),), no(what_it_is(code, rows), *lines))


def kind_of(code: r.Code) -> str:
    match code:
        case r.Unknown(why=why):
            return f"unknown:{why}"
        case r.Unreadable(fault=fault):
            return f"unreadable:{fault}"
        case r.PlaceScan(wrong_digits=True):
            return WRONG_DIGITS
    return f"wrong:{type(code).__name__}"


def text_of(code: r.Code) -> str:
    match code:
        case r.ItemScan():
            return code.text or code.sku
        case r.PlaceScan() | r.ToteScan() | r.CartScan():
            return code.place
        case r.BadgeScan():
            return code.badge
        case r.CarrierScan() | r.CartonScan():
            return code.code
        case r.CommandScan():
            return code.command
        case r.WaybillScan():
            return code.number
        case r.OrderScan():
            return code.order_id
        case r.Unknown():
            return code.text
        case r.Unreadable():
            return code.fault
        case r.Ambiguous():
            return text_of(code.candidates[0])
        case r.Repeated():
            return ""
        case _:
            assert_never(code)


def what_it_is(code: r.Code, rows: Rows) -> Msg:
    """What the person holds, in one line."""
    match code:
        case r.ItemScan():
            return _goods(code, rows)
        case r.PlaceScan(wrong_digits=True):
            return msg("{place}: the check digits are wrong", place=code.place)
        case r.PlaceScan():
            return msg("This is place {place}", place=code.place)
        case r.ToteScan():
            return msg("This is tote {tote}", tote=code.place)
        case r.CartScan():
            return msg("This is cart {cart}", cart=code.place)
        case r.BadgeScan():
            person = rows.get(Person, code.badge)
            return msg("This is a badge: {name}", name=person.name if person is not None else code.badge)
        case r.CarrierScan():
            return msg("This is a carrier: {carrier}", carrier=carrier_name(rows, code.code))
        case r.CartonScan():
            return msg("This is carton {carton}", carton=code.code)
        case r.CommandScan():
            return msg("This command does nothing here")
        case r.WaybillScan():
            return msg("This is waybill {number}", number=code.number)
        case r.OrderScan():
            return msg("This is order {order}", order=code.order_id)
        case r.Unknown():
            return _unknown(code, rows)
        case r.Unreadable(fault=fault):
            return _UNREADABLE.get(fault, _DAMAGED)
        case r.Ambiguous():
            return msg("This code means two things")
        case r.Repeated():
            return msg("Already counted")
        case _:
            assert_never(code)


def offered(code: r.Code, rows: Rows) -> Msg:
    """One of several readings, to be chosen."""
    if isinstance(code, r.CommandScan):
        return msg("The command {command}", command=code.command)
    return what_it_is(code, rows)


def _goods(code: r.ItemScan, rows: Rows) -> Msg:
    """With the quantity where it is not one piece: that may be all that tells two readings of a code apart."""
    item, name, last = rows.get(Item, code.sku), item_name(rows, code.sku), tail(rows, code.sku)
    if item is not None and item.by_weight:
        return msg("This is {n} g of {item} ({tail})", n=code.quantity, item=name, tail=last)
    if code.quantity != 1:
        return msg("This is {n} x {item} ({tail})", n=code.quantity, item=name, tail=last)
    return msg("This is {item} ({tail})", item=name, tail=last)


def _unknown(code: r.Unknown, rows: Rows) -> Msg:
    """What is wrong with the code and, where the screen's own question does not say it, what to do."""
    shown = plain(code.text[:24])
    match code.why:
        case r.Why.NOT_FOUND:
            return msg("Unknown code {code}", code=shown)
        case r.Why.EMPTY:
            return msg("The scan was empty: scan again")
        case r.Why.CHECK_DIGIT:
            return msg("Misread code {code}: scan it again", code=shown)
        case r.Why.MALFORMED:
            return msg("Damaged code {code}: scan another one on it", code=shown)
        case r.Why.CONFLICT:
            return msg("Two labels in one scan: cover one of them")
        case r.Why.LOGISTIC_UNIT:
            return msg("Nobody announced {code}: open it, scan what is inside", code=shown)
        case r.Why.WEB_ADDRESS:
            return msg("A web link, no goods: scan the bar code")
        case r.Why.FULL_WIDTH:
            return msg("Switch the input method off, then type {code}", code=shown)
        case r.Why.WRONG_DIGITS:
            return msg("{place}: the check digits are wrong", place=shown)
        case r.Why.BADGE:
            return msg("Unknown badge")
        case r.Why.CARRIER:
            return msg("No carrier has the code {code}", code=shown)
        case r.Why.CARTON:
            return msg("No carton has the code {code}", code=shown)
        case r.Why.COMMAND:
            return msg("No command has the code {code}", code=shown)
        case _:
            return _uncounted(code.why, item_name(rows, code.sku) or shown, shown)


def _uncounted(why: r.Why, goods: Value, shown: Msg) -> Msg:
    """Goods that can't be counted by this code."""
    match why:
        case r.Why.PACK_UNKNOWN:
            return msg("Pack of {item} is not set up: how many? Scan one piece", item=goods)
        case r.Why.VARIABLE_MEASURE:
            return msg("Pack of {item} by weight is not set up: ask the supervisor", item=goods)
        case r.Why.NO_WEIGHT:
            return msg("No weight in this code of {item}: scan its scale label", item=goods)
        case r.Why.VERIFIER:
            return msg("Scale label {code} contradicts itself: weigh it again", code=shown)
    return msg("Scale label {code} is not set up: ask the supervisor", code=shown)
