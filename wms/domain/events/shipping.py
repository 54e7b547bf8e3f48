"""Handover to the courier."""

from __future__ import annotations

from wms.domain.ids import CarrierCode, ManifestId, ParcelId
from wms.domain.records import Record


class ManifestOpened(Record):
    manifest: ManifestId
    carrier: CarrierCode


class ParcelLoaded(Record):
    manifest: ManifestId
    parcel: ParcelId


class ParcelUnloaded(Record):
    manifest: ManifestId
    parcel: ParcelId


class ManifestClosed(Record):
    """The courier signed. `missing` counts staged parcels that stayed behind. Nobody signs for an empty manifest."""

    manifest: ManifestId
    signed_by: str
    missing: int = 0
