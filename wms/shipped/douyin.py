"""Douyin: 批量发货 of the shop's back office, one waybill per order.

The template lies behind the seller's login and is not described in public; the columns bear the names that the order
export has for the same things. UTF-8 with a byte order mark, as that export is.
"""

from __future__ import annotations

from collections.abc import Sequence

from wms.shipped.form import Form, Shipment, one_waybill


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    return one_waybill(shipment, lambda p: (shipment.reference, p.carrier_zh, p.waybill))


FORM = Form("douyin", ("douyin",), ("订单编号", "快递公司", "快递单号"), _rows)
