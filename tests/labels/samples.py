"""A label of every kind with everything on it, and what must be readable on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from labels.data import (
    BadgeLabel,
    CartSlotLabel,
    CommandLabel,
    LabelData,
    LogisticLabel,
    LotLabel,
    ManifestParcel,
    ManifestSlip,
    PackingLine,
    PackingSlip,
    PickingLine,
    PickingSlip,
    PlaceLabel,
    ProductLabel,
    QcLabel,
    ShippingLabel,
    ToteLabel,
)

MOST_BYTES = {"generic-80": 24_000, "generic-58": 24_000, "raster-80": 48_000, "gb18030-80": 1_800, "wide-104": 70_000}
"""What a usual Chinese label may take, by profile."""

NOON = datetime(2025, 6, 11, 12, 0)  # noqa: DTZ001  # printed as it stands

SHIPPING = ShippingLabel(
    order="TB-20250611-000123",
    waybill="SF1390123456789",
    carrier_name="顺丰速运",
    routing_code="591SDL-Y56-111",
    recipient_lines=("欧阳娜娜", "浙江省杭州市余杭区五常街道文一西路969号3幢2单元1501室"),
    recipient_phone="13800138234",
    sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
    weight_g=1280,
    created=NOON,
    parcel_n=1,
    parcel_of=2,
    wave="W-0611-03",
    qc_mark="inspected",
    contents="保温杯 500ml ×2；陶瓷餐具套装 ×1",
    sort_code="B12",
    sender_phone="057188886666",
    cod_minor=12900,
    note="请勿倒置",
)

LATIN_SHIPPING = ShippingLabel(
    order="WEB-88121",
    waybill="00340434292135100186",
    carrier_name="Nordpost Express",
    routing_code="48268-0112",
    recipient_lines=("Jürgen Müller-Lüdenscheidt", "Große Bleichen 12, 20354 Hamburg, Deutschland"),
    recipient_phone="+49 40 1234567",
    sender_lines=("Morning Light Warehouse Ltd", "Unit 7, Harbour Road, Bristol BS1 6XN"),
    weight_g=740,
    created=NOON,
    reprint=True,
    cod_minor=4950,
    currency="USD",
)

LOGISTIC = LogisticLabel(
    "006914123400000428",
    "保温杯 500ml 白色",
    (("401", "TB20250611000123"), ("420", "310000"), ("02", "06901234567892"), ("37", "24"), ("10", "L2025-07")),
    ("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
    ("欧阳娜娜", "上海市浦东新区世纪大道100号"),
    "顺丰速运",
    "TB-20250611-000123",
    1,
    2,
    18_250,
)

NARROW_LOGISTIC = replace(LOGISTIC, elements=(("401", "TB250611"), ("37", "24")))
"""What fits the 48 mm of narrow printers: longer numbers are refused there."""

KINDS: tuple[LabelData, ...] = (
    SHIPPING,
    LATIN_SHIPPING,
    LogisticLabel("006914123400000428", "杭州 → 上海 混装"),
    LOGISTIC,
    ToteLabel("T-0042", "拣货"),
    PlaceLabel("A-03-12-2", "常温区 三排", "47"),
    CartSlotLabel("C-07-3", "C-07", "3"),
    BadgeLabel("OP-0007", "王小明", ("拣货", "打包")),
    ProductLabel("6901234567892", "MUG-500-W", "保温杯 500ml 白色"),
    ProductLabel("16901234567899", "MUG-500-W24", "保温杯 500ml 白色 24只装"),
    ProductLabel("", "MUG-500-W", "Vacuum flask"),
    LotLabel("L2025-07", "TEA-100", "龙井茶 100g", "6901234567892", date(2026, 6, 30), date(2025, 6, 11), 40),
    LotLabel("L2025-08", "TEA-100", "龙井茶 100g"),
    ManifestSlip(
        "M-20250611-01",
        "顺丰速运",
        tuple(ManifestParcel(f"SF13901234567{n:02}", f"TB-{n:05}", 900 + n if n else None) for n in range(12)),
        "李雷",
        NOON,
    ),
    PackingSlip(
        "TB-20250611-000123",
        "晨光旗舰店",
        (PackingLine("MUG-500-W", "保温杯 500ml 白色", 2), PackingLine("CER-06", "陶瓷餐具套装", 1)),
        1,
        2,
        "生日快乐",
        NOON,
    ),
    PickingSlip(
        "P-0611-17",
        "W-0611-03",
        "C-07",
        (
            PickingLine("A-03-12-2", "47", "MUG-500-W", "保温杯 500ml 白色", 2, "", "C-07-3"),
            PickingLine("B-01-02-1", "08", "TEA-100", "龙井茶 100g", 1, "L2025-07", "C-07-4"),
        ),
        NOON,
    ),
    CommandLabel("CMD-SHORT", "缺货"),
    QcLabel("L-2025-07", "陶瓷餐具套装 / MUG-500-W", "拒收", "杯口破损 3/80", "李雷", NOON),
    QcLabel("L-2025-08", "陶瓷餐具套装 / MUG-500-W", "合格", "", "李雷", NOON, "pass"),
)
