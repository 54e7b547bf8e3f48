"""eBay: the order fulfillment feed, a row per parcel.

Fields after "Order fulfillment feed definitions" of eBay's Merchant Integration Platform: Order ID, Line Item ID (only
to update one line of several), Logistics Status (SHIPPED), Shipment Carrier, Shipment Tracking; an order in several
packages has a line for each. An order sent in part would need its line items, so it is left to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from wms.shipped.form import IN_PART, Form, Shipment

HEADER = ("Order ID", "Line Item ID", "Logistics Status", "Shipment Carrier", "Shipment Tracking")


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    if not shipment.whole:
        return IN_PART
    return [(shipment.reference, "", "SHIPPED", parcel.carrier_en, parcel.waybill) for parcel in shipment.parcels]


FORM = Form("ebay", ("ebay",), HEADER, _rows, encoding="utf-8")
