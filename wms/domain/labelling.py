"""Labels whose data come from the platform or its carrier: what was given for an order, and orders that wait for it."""

from __future__ import annotations

import re
from typing import ClassVar

from wms.domain.catalogue import Carrier
from wms.domain.ids import Badge, CarrierCode, DeviceId, OrderId
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Parcel, ParcelStatus, Waybill
from wms.domain.records import Record, replace
from wms.domain.rows import Row, Rows

LONGEST = {"qr": 1000, "masked_address": 200}
LONGEST_OTHER = 80
MASKED = ("masked_name", "masked_phone", "masked_address")
_STARS = "*＊•●"
_LENT = re.compile(r"[0-9](?:-|#|转|,|ext\.?\s?)[0-9]{2,6}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?=(?:[A-Z-]*[0-9]){6})[0-9A-Z](?:-?[0-9A-Z]){6,34}")


class GivenLabel(Record):
    """What was given for a label, to be printed as it is and never computed; parts it lacks are ''. `carrier` is the
    code of one that is set up, '' for the order's own. The masked texts hide what a courier need not see."""

    waybill: str = ""
    carrier: str = ""
    sort_code: str = ""
    routing_code: str = ""
    qr: str = ""
    masked_name: str = ""
    masked_phone: str = ""
    masked_address: str = ""


class LabelData(Row):
    """What was given for an order's label. Of several waybills given for one order only that `in_force` is used; the
    others wait for a supervisor."""

    TABLE: ClassVar[str] = "label_data"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id", "waybill")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("waybill",),)
    order_id: OrderId
    waybill: str
    carrier: str = ""
    sort_code: str = ""
    routing_code: str = ""
    qr: str = ""
    masked_name: str = ""
    masked_phone: str = ""
    masked_address: str = ""
    in_force: bool = True

    @property
    def given(self) -> GivenLabel:
        return GivenLabel(*(getattr(self, name) for name in GivenLabel.__struct_fields__))

    @property
    def coded(self) -> bool:
        """Whether the platform or its carrier gave codes: then nothing is computed in their place."""
        return bool(self.waybill or self.sort_code or self.routing_code or self.qr)


class LabelWait(Row):
    """An order that left its bench because nobody has a label for it yet. `parcels` says that it is in closed parcels
    (else in its totes)."""

    TABLE: ClassVar[str] = "label_wait"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("order_id", "orders"),)
    KEY: ClassVar[tuple[str, ...]] = ("order_id",)
    order_id: OrderId
    since: int  # UTC seconds
    person: Badge
    device: DeviceId
    parcels: bool


def label_data(rows: Rows, order: str) -> LabelData | None:
    """What is in force for the order's label."""
    return next((row for row in rows.where(LabelData, order_id=order) if row.in_force), None)


def merged(known: GivenLabel, more: GivenLabel) -> GivenLabel:
    """What is said later stands; what it leaves out stays."""
    said = {name: value for name in GivenLabel.__struct_fields__ if (value := getattr(more, name))}
    return replace(known, **said)


def given_number(rows: Rows, order: str) -> str:
    """The waybill given for the order that no parcel bears yet and that was not spoiled; '' if there is none."""
    found = label_data(rows, order)
    return found.waybill if found is not None and rows.get(Waybill, found.waybill) is None else ""


def lacks_label(rows: Rows, order: Order) -> bool:
    """Whether only the platform can label the order's next parcel, and has not said how."""
    return order.nolabel and not given_number(rows, order.id)


def contradiction(rows: Rows, order: Order, given: GivenLabel) -> str:
    """What the number given for the order contradicts: the order's other number, or the order that has this number
    (`order:ID`); '' if nothing."""
    number = given.waybill
    if not number:
        return ""
    for row in rows.where(LabelData, waybill=number):
        if row.order_id != order.id and row.in_force:
            return f"order:{row.order_id}"
    used = rows.get(Waybill, number)
    bearer = rows.get(Parcel, used.parcel) if used is not None else None
    if bearer is not None and bearer.order_id != order.id:
        return f"order:{bearer.order_id}"
    if used is not None:
        return ""
    known = label_data(rows, order.id)
    if known is not None and known.waybill not in ("", number) and not is_spoiled(rows, known.waybill):
        return known.waybill
    live = [p for p in rows.where(Parcel, order_id=order.id) if p.status != ParcelStatus.VOID]
    if any(parcel.waybill == "" for parcel in live):
        return ""
    return next((parcel.waybill for parcel in live if parcel.waybill), "")


def set_aside_for(rows: Rows, order: str, number: str) -> str:
    """The number in force in the place of one that was given for the order too, '' if that one was not set aside."""
    row, used = rows.get(LabelData, order, number), label_data(rows, order)
    return used.waybill if row is not None and not row.in_force and used is not None else ""


def is_spoiled(rows: Rows, number: str) -> bool:
    found = rows.get(Waybill, number)
    return found is not None and found.void


def fault(rows: Rows, label: GivenLabel) -> str:
    """Why such data can't be taken, as in `wms.domain.reasons`; '' if they can."""
    for name in GivenLabel.__struct_fields__:
        text = getattr(label, name)
        most = LONGEST.get(name, LONGEST_OTHER)
        if len(text) > most:
            return f"label_too_long:{name}:{most}"
        if not text.isprintable():
            return f"label_control:{name}"
    if label.waybill and not plausible_number(label.waybill):
        return f"bad_waybill:waybill:{label.waybill}"
    if label.carrier and rows.get(Carrier, label.carrier) is None:
        return f"unknown:carrier:{label.carrier}"
    bare = next((name for name in MASKED if not _is_masked(name, getattr(label, name))), "")
    return f"not_masked:{bare}" if bare else ""


def _is_masked(name: str, text: str) -> bool:
    """By stars; a telephone number also by an extension: platforms lend such numbers for one delivery."""
    if not text or any(star in text for star in _STARS):
        return True
    return name == "masked_phone" and _LENT.search(text) is not None


def plausible_number(text: str) -> bool:
    """Whether it can be a carrier's number: 7 to 35 letters and digits, at least 6 of them digits, single dashes
    between them (JD adds -1-1- for the parcels of an order).

    >>> plausible_number("JDVA01234567890-1-2"), plausible_number("RICE-5KG"), plausible_number("1Z999AA10123456784")
    (True, False, True)
    """
    return _NUMBER.fullmatch(text) is not None


def carrier_of(rows: Rows, order: Order, number: str) -> CarrierCode:
    """Whose number it is: by the form of the carriers' numbers where that tells, else the order's carrier."""
    own = rows.get(Carrier, order.carrier)
    like = [carrier for carrier in rows.all(Carrier) if carrier.prefix and _is_of(carrier, number)]
    if not like or (own is not None and own in like):
        return order.carrier
    return max(like, key=lambda carrier: len(carrier.prefix)).code


def known_carrier(rows: Rows, parcel: Parcel) -> CarrierCode:
    """Whose number the parcel bears, '' where that is only assumed: a number of the platform's that came without a
    carrier and has the form of none. What the site gave out itself is known."""
    number, order = parcel.waybill, parcel.order_id
    told = rows.get(LabelData, order, number)
    if told is None and not parcel.bound:
        return parcel.carrier
    told = told or rows.get(LabelData, order, "")
    if told is not None and told.carrier:
        return CarrierCode(told.carrier)
    own = rows.get(Carrier, parcel.carrier)
    return parcel.carrier if own is not None and own.prefix and _is_of(own, number) else CarrierCode("")


def _is_of(carrier: Carrier, number: str) -> bool:
    digits = number.removeprefix(carrier.prefix)
    return number.startswith(carrier.prefix) and digits.isdigit() and len(digits) == carrier.digits


def is_our_own(rows: Rows, number: str) -> bool:
    """Whether the number lies in a range that carriers gave this site to print itself."""
    return any(
        carrier.first <= int(number.removeprefix(carrier.prefix)) <= carrier.last
        for carrier in rows.all(Carrier)
        if _is_of(carrier, number)
    )


def label_waits(rows: Rows) -> list[LabelWait]:
    """Orders set aside for want of a label, the longest wait first; the stopped ones too, for they must come back."""
    found = [wait for wait in rows.all(LabelWait) if _is_alive(rows, wait)]
    return sorted(found, key=lambda wait: (wait.since, wait.order_id))


def _is_alive(rows: Rows, wait: LabelWait) -> bool:
    order = rows.get(Order, wait.order_id)
    return order is not None and order.status in (OrderStatus.PICKED, OrderStatus.SHORT)
