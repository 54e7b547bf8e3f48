"""Handover: manifests and the parcels the courier signs for."""

from __future__ import annotations

from typing import ClassVar

from wms.domain.ids import Badge, CarrierCode, DeviceId, ManifestId
from wms.domain.rows import Row


class Manifest(Row):
    """What one courier takes on one visit. Parcels are reported shipped only when it is closed."""

    TABLE: ClassVar[str] = "manifest"
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("carrier", "open"), ("open",))
    id: ManifestId
    carrier: CarrierCode
    device: DeviceId
    person: Badge
    opened: int
    open: bool = True
    closed: int = 0
    parcels: int = 0
    signed_by: str = ""
