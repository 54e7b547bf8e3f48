"""JD: batch dispatch, one row per order; several waybills of one carrier are parted by commas.

The template lies behind the seller's login. That several numbers are parted by commas is what integrators say of JD's
own interface (a public description of one such interface: 京东：多运单号时，逗号隔开). UTF-8 with a byte order mark.
"""

from __future__ import annotations

from collections.abc import Sequence

from wms.shipped.form import SEVERAL_PARCELS, Form, Shipment


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    names = {parcel.carrier_zh for parcel in shipment.parcels}
    if len(names) != 1:
        return SEVERAL_PARCELS
    return [(shipment.reference, names.pop(), ",".join(parcel.waybill for parcel in shipment.parcels))]


FORM = Form("jd", ("jd",), ("订单号", "快递公司", "运单号"), _rows)
