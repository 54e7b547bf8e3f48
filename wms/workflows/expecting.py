"""Which types of code each screen can use: they rank readings of a code that could mean two things."""

from __future__ import annotations

from wms.workflows.resolve import (
    BadgeScan,
    CarrierScan,
    CartonScan,
    CartScan,
    CommandScan,
    ItemScan,
    OrderScan,
    PlaceScan,
    ToteScan,
    WaybillScan,
)

_BY_SCREEN: dict[str, frozenset[type]] = {
    "sign.badge": frozenset({BadgeScan}),
    "pick.cart": frozenset({CartScan}),
    "pick.bin": frozenset({PlaceScan}),
    "pick.typed": frozenset({PlaceScan}),
    "pick.item": frozenset({ItemScan}),
    "pick.lot": frozenset({ItemScan}),
    "pick.tote": frozenset({ToteScan}),
    "pick.drop": frozenset({PlaceScan}),
    "pick.aside": frozenset({PlaceScan}),
    "errand.source": frozenset({PlaceScan, ToteScan}),
    "errand.bin": frozenset({PlaceScan}),
    "errand.item": frozenset({ItemScan}),
    "errand.count": frozenset({ItemScan}),
    "pack.tote": frozenset({ToteScan, OrderScan, WaybillScan}),
    "pack.item": frozenset({ItemScan, CommandScan}),
    "pack.carton": frozenset({CartonScan}),
    "pack.waits": frozenset({ToteScan, OrderScan, WaybillScan}),
    "pack.heed": frozenset({ToteScan, OrderScan}),
    "pack.bind": frozenset({WaybillScan}),
    "pack.label": frozenset({WaybillScan}),
    "pack.look": frozenset({WaybillScan}),
    "pack.stage": frozenset({PlaceScan}),
    "pack.stop": frozenset({PlaceScan}),
    "qc.item": frozenset({ItemScan}),
    "qc.judge": frozenset({CommandScan}),
    "ship.carrier": frozenset({CarrierScan}),
    "ship.parcel": frozenset({WaybillScan, CommandScan}),
}


def expected_types(screen: str) -> frozenset[type]:
    return _BY_SCREEN.get(screen, frozenset())
