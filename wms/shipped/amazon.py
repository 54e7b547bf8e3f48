"""Amazon: the Shipping Confirmation flat file, tab-delimited.

Fields and carriers after Seller Central's "Shipping Confirmation template" (help page 641) and the data definitions of
Flat.File.ShippingConfirm: `order-item-id` and `quantity` may be left out when the entire order is confirmed, and are
needed for split shipments. Which item lies in which parcel is not known after handover, so an order in several parcels,
or one that was sent in part, is left to a person. No byte order mark: it would become part of the first field's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from wms.domain.bounds import moment
from wms.shipped.form import IN_PART, Form, Shipment, one_waybill

CARRIERS = (
    "4PX",
    "Aramex",
    "Canada Post",
    "China Post",
    "DHL",
    "DHL eCommerce",
    "FedEx",
    "GLS",
    "Hermes Logistik Gruppe",
    "NipponExpress",
    "Royal Mail",
    "SF Express",
    "SagawaExpress",
    "Singapore Post",
    "TNT",
    "UPS",
    "USPS",
    "YamatoTransport",
    "Yanwen",
)
HEADER = (
    "order-id",
    "order-item-id",
    "quantity",
    "ship-date",
    "carrier-code",
    "carrier-name",
    "tracking-number",
    "ship-method",
)


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    if not shipment.whole:
        return IN_PART
    day = datetime.fromtimestamp(moment(shipment.shipped), ZoneInfo(zone)).date().isoformat()
    return one_waybill(shipment, lambda p: (shipment.reference, "", "", day, *_carrier(p.carrier_en), p.waybill, ""))


def _carrier(name: str) -> tuple[str, str]:
    """Code and name: one that is not on the list is `Other` and named."""
    known = next((one for one in CARRIERS if one.casefold() == name.casefold()), "")
    return (known, "") if known else ("Other", name[:50])


FORM = Form("amazon", ("amazon",), HEADER, _rows, encoding="utf-8", delimiter="\t", suffix="txt")
