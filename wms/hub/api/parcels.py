"""Parcels as they are told with their order, and shipments: who took what, when."""

from __future__ import annotations

from typing import Literal

from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.rows import Rows
from wms.domain.shipping import Manifest
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.operation import Call, In, Operation, Reply
from wms.hub.api.paging import page


class ShipmentQuery(In, frozen=True):
    limit: m.Limit = 50
    after: m.After = ""
    status: Literal["handed_over", "packed"] = "handed_over"


def parcel_out(rows: Rows, parcel: Parcel) -> m.ParcelOut:
    manifest = rows.get(Manifest, parcel.manifest) if parcel.status == ParcelStatus.HANDED_OVER else None
    return m.ParcelOut(
        parcel.id,
        parcel.n,
        parcel.status,
        parcel.carrier,
        parcel.waybill,
        parcel.weight_g,
        parcel.units,
        parcel.manifest,
        m.moment_or_none(manifest.closed) if manifest is not None else None,
    )


def listing(call: Call) -> Reply:
    query: ShipmentQuery = call.query
    rows = call.hub.rows
    found, following = page(rows, Order, query.after, query.limit, status=query.status)
    return Reply(200, m.ShipmentPage(tuple(_shipment(rows, order) for order in found), following))


def one(call: Call) -> Reply:
    rows = call.hub.rows
    order = rows.get(Order, call.path["id"])
    shipment = _shipment(rows, order) if order is not None else None
    if shipment is None or not shipment.parcels:
        raise Refusal(404, "no_shipment", "nothing of such an order is packed")
    return Reply(200, shipment)


def _shipment(rows: Rows, order: Order) -> m.ShipmentOut:
    live = [parcel for parcel in rows.where(Parcel, order_id=order.id) if parcel.status != ParcelStatus.VOID]
    parcels = tuple(parcel_out(rows, parcel) for parcel in live)
    shipped = m.moment_or_none(order.shipped)
    return m.ShipmentOut(order.id, order.channel, order.reference, order.status, shipped, parcels)


OPERATIONS = (
    Operation(
        "list_shipments", "GET", "/v1/shipments", "Shipments", "List what was handed over", listing,
        {200: ("A page.", m.ShipmentPage)}, query=ShipmentQuery,
        about="Orders whose parcels a courier has signed for, or with `status=packed` those that wait for him. To hear"
        " of each as it happens, read the feed.",
    ),
    Operation(
        "get_shipment", "GET", "/v1/shipments/{id:path}", "Shipments", "The parcels of one order", one,
        {200: ("The shipment.", m.ShipmentOut)}, refusals={404: "Nothing of such an order is packed."},
    ),
)  # fmt: skip
