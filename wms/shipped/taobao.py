"""Taobao and Tmall: 批量发货, one waybill per order, in GB18030 as the shop's own exports are.

The import lies behind the seller's login and is not described in public. The columns bear the names that the order
export has for the same things (订单编号, 物流公司, 物流单号); the seller's template may name them otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from wms.shipped.form import Form, Shipment, one_waybill


def _rows(shipment: Shipment, zone: str) -> Sequence[tuple[str, ...]] | str:
    return one_waybill(shipment, lambda p: (shipment.reference, p.carrier_zh, p.waybill))


FORM = Form("taobao", ("taobao", "tmall"), ("订单编号", "物流公司", "物流单号"), _rows, encoding="gb18030")
