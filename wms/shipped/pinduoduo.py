"""Pinduoduo: 批量发货, the columns 订单号, 快递公司, 快递单号, one waybill per order.

The template lies behind the seller's login and no public description of it was found: the columns are the usual ones,
to be checked against the shop's own. UTF-8 with a byte order mark, so that Excel opens it rightly.
"""

from __future__ import annotations

from collections.abc import Sequence

from wms.shipped.form import Form, Shipment, one_waybill


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    return one_waybill(shipment, lambda p: (shipment.reference, p.carrier_zh, p.waybill))


FORM = Form("pinduoduo", ("pinduoduo", "pdd"), ("订单号", "快递公司", "快递单号"), _rows)
