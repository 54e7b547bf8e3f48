"""Our own plain form, one row per parcel, for channels that have no import of their own (Shopify and WooCommerce take
tracking numbers through apps and interfaces, Etsy and JD by hand or interface) and for ERPs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from wms.domain.bounds import moment
from wms.shipped.form import Form, Shipment


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]]:
    at = datetime.fromtimestamp(moment(shipment.shipped), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    number = enumerate(shipment.parcels, 1)
    of = str(len(shipment.parcels))
    return [(shipment.reference, str(n), of, p.carrier, p.carrier_en, p.waybill, at) for n, p in number]


FORM = Form("plain", (), ("order", "parcel", "parcels", "carrier", "carrier_name", "waybill", "shipped"), _rows)
