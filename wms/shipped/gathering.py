"""Which orders a channel has not been told of yet, and how they left."""

from __future__ import annotations

from collections.abc import Iterator

from wms.domain.catalogue import Carrier
from wms.domain.labelling import known_carrier
from wms.domain.orders import Order, OrderLine, OrderStatus, Reported
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.rows import Rows
from wms.shipped.form import Shipment, ShippedParcel


def to_tell(rows: Rows, channel: str = "", since: int = 0, *, again: bool = False) -> dict[str, list[Shipment]]:
    """By channel, the orders handed over at `since` (UTC seconds) or later, the first shipped first; those it was told
    of before only `again`."""
    found: dict[str, list[Shipment]] = {}
    orders = rows.where(Order, status=OrderStatus.HANDED_OVER)
    for order in sorted(orders, key=lambda one: (one.channel, one.shipped, one.id)):
        wanted = order.shipped >= since and (not channel or order.channel == channel)
        if wanted and (again or rows.get(Reported, order.id) is None):
            found.setdefault(order.channel, []).append(shipment_of(rows, order))
    return found


def shipment_of(rows: Rows, order: Order) -> Shipment:
    whole = all(line.packed >= line.quantity for line in rows.where(OrderLine, order_id=order.id))
    return Shipment(order.id, order.reference, order.shipped, tuple(_gone(rows, order)), whole)


def _gone(rows: Rows, order: Order) -> Iterator[ShippedParcel]:
    for parcel in rows.where(Parcel, order_id=order.id):
        if parcel.status == ParcelStatus.HANDED_OVER:
            code = known_carrier(rows, parcel)
            carrier = rows.get(Carrier, code)
            zh, en = (carrier.zh, carrier.en) if carrier is not None else (code, code)
            yield ShippedParcel(parcel.waybill, code, zh, en)
