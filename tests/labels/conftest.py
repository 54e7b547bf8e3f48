"""A day's labels, and zxing as the scanner: it was not written with our renderer in mind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import zxingcpp
from PIL import Image

from labels import ShippingLabel

Scan = Callable[[Image.Image], list[tuple[str, str]]]


@pytest.fixture(scope="session")
def scan() -> Scan:
    """Symbology and content of every symbol in a picture, sorted."""

    def read(picture: Image.Image) -> list[tuple[str, str]]:
        found = zxingcpp.read_barcodes(picture.convert("L"))
        return sorted((str(symbol.format).replace(" ", ""), symbol.bytes.decode("utf-8")) for symbol in found)

    return read


@pytest.fixture
def shipping() -> ShippingLabel:
    """A parcel with everything on its label."""
    return ShippingLabel(
        order="TB-20250611-000123",
        waybill="SF1390123456789",
        carrier_name="顺丰速运",
        routing_code="591SDL-Y56-111",
        recipient_lines=("欧阳娜娜", "浙江省杭州市余杭区五常街道文一西路969号3幢2单元1501室"),
        recipient_phone="13800138234",
        sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
        weight_g=1280,
        created=datetime(2025, 6, 11, 14, 35),  # noqa: DTZ001  # printed as it stands
        parcel_n=1,
        parcel_of=2,
        wave="W-0611-03",
        qc_mark="inspected",
        reprint=True,
        contents="保温杯 500ml ×2；陶瓷餐具套装 ×1",
    )
