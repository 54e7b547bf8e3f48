"""Typed names: an order's id cannot be handed where a tote's is asked."""

from __future__ import annotations

from typing import NewType

Sku = NewType("Sku", str)
PlaceId = NewType("PlaceId", str)  # bins, totes, carts, parcels and the virtual places of `places`
OrderId = NewType("OrderId", str)
WaveId = NewType("WaveId", str)
BatchId = NewType("BatchId", str)
TaskId = NewType("TaskId", str)
ParcelId = NewType("ParcelId", str)
LotId = NewType("LotId", str)  # the supplier's lot number; '' where goods are not lot-controlled
InspectionId = NewType("InspectionId", str)
ManifestId = NewType("ManifestId", str)
Badge = NewType("Badge", str)
CategoryCode = NewType("CategoryCode", str)
CarrierCode = NewType("CarrierCode", str)
CartonCode = NewType("CartonCode", str)
ChannelCode = NewType("ChannelCode", str)
DeviceId = NewType("DeviceId", str)

NO_LOT = LotId("")
