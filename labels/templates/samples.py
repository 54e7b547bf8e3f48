"""A sample of each kind of label: what previews and the handbook's gallery show, with every field filled."""

from __future__ import annotations

from datetime import date, datetime

from labels import data as d
from labels.gs1 import sscc
from labels.templates.captions import Language

_AT = datetime(2026, 11, 11, 16, 27)  # noqa: DTZ001  # printed as it stands
_GTIN, _CASE_GTIN = "6901234567892", "16901234567899"


def sample(kind: str, language: Language) -> d.LabelData:
    """Sample data for a kind of label by its name in templates, with people and goods of the language's country."""
    return (_chinese if language == "zh_CN" else _english)()[kind]


def _chinese() -> dict[str, d.LabelData]:
    return {
        "shipping": d.ShippingLabel(
            order="TB-20261111-000123",
            waybill="SF1390123456789",
            carrier_name="顺丰速运",
            routing_code="591SDL-Y56-111",
            sort_code="杭州 12-305",
            recipient_lines=("欧阳娜娜", "浙江省杭州市余杭区五常街道", "文一西路969号3幢2单元1501室"),
            recipient_phone="13800138234",
            sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
            sender_phone="0571-88886666",
            weight_g=1280,
            created=_AT,
            parcel_n=1,
            parcel_of=2,
            wave="W-1111-03",
            qc_mark="inspected",
            reprint=True,
            contents="保温杯 500ml ×2；陶瓷餐具套装 ×1",
            cod_minor=12900,
            note="送货前请打电话",
        ),
        "logistic": d.LogisticLabel(
            sscc=sscc("36901234", 42),
            title="杭州 → 上海 混装",
            elements=(("02", _CASE_GTIN), ("37", "24"), ("15", "271231"), ("10", "L20261101"), ("400", "PO-88213")),
            sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
            recipient_lines=("东方超市配送中心", "上海市嘉定区马陆镇丰登路1028弄5号"),
            carrier_name="德邦物流",
            order="PO-88213",
            parcel_n=1,
            parcel_of=4,
            weight_g=186_500,
            sender_phone="0571-88886666",
            recipient_phone="021-59156600",
        ),
        "tote": d.ToteLabel("T-0042", "拣货"),
        "cart-slot": d.CartSlotLabel("CART-1-07", "CART-1", "07"),
        "place": d.PlaceLabel("A-03-12-2*47", "常温区 三排", "47"),
        "product": d.ProductLabel(_GTIN, "MUG-500-W", "保温杯 500ml 白色"),
        "lot": d.LotLabel("L20261101", "TEA-100", "龙井茶 100g", _GTIN, date(2027, 10, 31), date(2026, 11, 3), 240),
        "quality": d.QcLabel("L20261101", "陶瓷餐具套装 / SET-12", "冻结", "杯口破损 3/80", "李雷", _AT, "hold"),
        "badge": d.BadgeLabel("BDG-0007", "王小明", ("拣货员", "打包员")),
        "manifest": d.ManifestSlip("M-20261111-01", "顺丰速运", _parcels(), "李师傅", _AT),
        "packing-slip": d.PackingSlip(
            "TB-20261111-000123",
            "晨光家居旗舰店",
            (d.PackingLine("MUG-500-W", "保温杯 500ml 白色", 2), d.PackingLine("SET-12", "陶瓷餐具套装 12 件", 1)),
            1,
            2,
            "七天无理由退换，请保留此单",
            _AT,
        ),
        "picking-slip": d.PickingSlip(
            "PT-0311",
            "W-1111-03",
            "CART-1",
            (
                d.PickingLine("A-03-12-2", "47", "MUG-500-W", "保温杯 500ml 白色", 2, "L20261101", "07"),
                d.PickingLine("B-01-04-1", "93", "SET-12", "陶瓷餐具套装 12 件", 1, "L2", "08"),
            ),
            _AT,
        ),
        "command": d.CommandLabel("CMD-SKIP", "暂时跳过"),
    }


def _english() -> dict[str, d.LabelData]:
    return {
        "shipping": d.ShippingLabel(
            order="SHOP-1001",
            waybill="PX1000000000182",
            carrier_name="Parcel Express",
            routing_code="LHR-E14-07",
            sort_code="EAST 12",
            recipient_lines=("Jane Doe", "88 King Street, Apt 4B", "London E14 5AB"),
            recipient_phone="+44 20 7946 0018",
            sender_lines=("East Warehouse Ltd", "1 Sample Road, Reading RG1 8AA"),
            sender_phone="+44 118 496 0199",
            weight_g=420,
            created=_AT,
            parcel_n=1,
            parcel_of=2,
            wave="W0001",
            qc_mark="sampled",
            reprint=True,
            contents="2 x green tea 100 g, 1 x vacuum flask",
            cod_minor=1999,
            currency="GBP",
            note="Call before delivery",
        ),
        "logistic": d.LogisticLabel(
            sscc=sscc("00614141", 123_456_789),
            title="Mixed goods",
            elements=(("02", _CASE_GTIN), ("37", "24"), ("15", "271231"), ("10", "L20261101"), ("420", "RG18AA")),
            sender_lines=("East Warehouse Ltd", "1 Sample Road, Reading RG1 8AA"),
            recipient_lines=("Harbour Stores Ltd", "Dock 4, 20 Quay Street, Leith EH6 6DE"),
            carrier_name="Freight Lines",
            order="PO-88213",
            parcel_n=1,
            parcel_of=4,
            weight_g=186_500,
            sender_phone="+44 118 496 0199",
            recipient_phone="+44 131 496 0777",
        ),
        "tote": d.ToteLabel("T-0042", "Picking"),
        "cart-slot": d.CartSlotLabel("CART-1-07", "CART-1", "07"),
        "place": d.PlaceLabel("A-03-12-2*47", "Ambient, row 3", "47"),
        "product": d.ProductLabel(_CASE_GTIN, "MUG-500-W/24", "Vacuum flask 500 ml white, case of 24"),
        "lot": d.LotLabel("L20261101", "TEA-100", "Green tea 100 g", _GTIN, date(2027, 10, 31), date(2026, 11, 3), 240),
        "quality": d.QcLabel("L20261101", "Stoneware set / SET-12", "PASSED", "0 of 80", "Li Lei", _AT, "pass"),
        "badge": d.BadgeLabel("BDG-0007", "Sam Porter", ("Picker", "Packer")),
        "manifest": d.ManifestSlip("M-20261111-01", "Parcel Express", _parcels(), "A. Driver", _AT),
        "packing-slip": d.PackingSlip(
            "SHOP-1001",
            "Morning Light Home",
            (
                d.PackingLine("MUG-500-W", "Vacuum flask 500 ml", 2),
                d.PackingLine("SET-12", "Stoneware set, 12 pcs", 1),
            ),
            1,
            2,
            "Returns within 14 days: keep this slip",
            _AT,
        ),
        "picking-slip": d.PickingSlip(
            "PT-0311",
            "W-1111-03",
            "CART-1",
            (
                d.PickingLine("A-03-12-2", "47", "MUG-500-W", "Vacuum flask 500 ml", 2, "L20261101", "07"),
                d.PickingLine("B-01-04-1", "93", "SET-12", "Stoneware set", 1, "L2", "08"),
            ),
            _AT,
        ),
        "command": d.CommandLabel("CMD-SKIP", "Skip for now"),
    }


def _parcels() -> tuple[d.ManifestParcel, ...]:
    return tuple(
        d.ManifestParcel(f"SF13901234567{n:02}", f"TB-{n:05}", 900 + 35 * n if n % 4 else None) for n in range(1, 7)
    )
