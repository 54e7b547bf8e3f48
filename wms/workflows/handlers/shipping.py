"""Handover to the courier."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier, Counter
from wms.domain.ids import ManifestId
from wms.domain.inspection import Disposition, InspectionLot
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.rows import Rows
from wms.domain.shipping import Manifest
from wms.domain.waves import Wave, WaveStatus
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import Bilingual, msg


@handles(c.OpenManifest)
def open_manifest(command: c.OpenManifest, rows: Rows, context: Context) -> Answer:
    if rows.get(Carrier, command.carrier) is None:
        return refuse(msg("No carrier {carrier}", carrier=command.carrier))
    counter = rows.get(Counter, f"manifest/{command.carrier}/{context.device}")
    n = (counter.value if counter is not None else 0) + 1
    return (e.ManifestOpened(ManifestId(f"{command.carrier}-{context.device}-{n}"), command.carrier),)


@handles(c.LoadParcel)
def load_parcel(command: c.LoadParcel, rows: Rows, context: Context) -> Answer:
    parcel, manifest = rows.get(Parcel, command.parcel), rows.get(Manifest, command.manifest)
    if parcel is None or manifest is None or not manifest.open:
        return refuse(msg("Choose the carrier first"))
    if parcel.carrier != manifest.carrier:
        other = rows.get(Carrier, parcel.carrier)
        name = Bilingual(other.zh, other.en) if other is not None else parcel.carrier
        return refuse(msg("Foreign parcel: it goes with {carrier}", carrier=name), msg("Put it back to their place"))
    if (why := _held(parcel, rows)) is not None:
        return why
    if parcel.status in (ParcelStatus.LOADED, ParcelStatus.HANDED_OVER):
        return refuse(msg("Already on manifest {manifest}", manifest=parcel.manifest))
    if parcel.status != ParcelStatus.STAGED:
        return refuse(msg("This parcel is not finished"), msg("Bring it back to the packing bench"))
    return (e.ParcelLoaded(manifest.id, parcel.id),)


def _held(parcel: Parcel, rows: Rows) -> Refused | None:
    """A stopped order and a batch that inspection has not let go stay in the house."""
    order = rows.get(Order, parcel.order_id)
    if order is None:
        return refuse(msg("Unknown parcel"))
    if order.stop:
        return refuse(msg("STOP: this order was cancelled"), msg("Bring it back to the packing bench"))
    wave = rows.get(Wave, order.wave)
    lots = rows.where(InspectionLot, reference=order.wave)
    undecided = any(lot.disposition != Disposition.ACCEPTED for lot in lots)
    if undecided or (wave is not None and wave.status == WaveStatus.HELD):
        return refuse(
            msg("Wave {wave} waits for inspection", wave=order.wave), msg("Leave the parcel here. Tell the supervisor")
        )
    return None


@handles(c.UnloadParcel)
def unload_parcel(command: c.UnloadParcel, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    if parcel is None or parcel.status != ParcelStatus.LOADED or parcel.manifest != command.manifest:
        return refuse(msg("Nothing to undo"))
    return (e.ParcelUnloaded(command.manifest, parcel.id),)


@handles(c.CloseManifest)
def close_manifest(command: c.CloseManifest, rows: Rows, context: Context) -> Answer:
    manifest = rows.get(Manifest, command.manifest)
    if manifest is None or not manifest.open:
        return refuse(msg("This manifest is already closed"))
    if not manifest.parcels:
        return refuse(msg("No parcel is on this manifest"), msg("Scan the parcels first"))
    if not command.signed_by.strip():
        return refuse(msg("The courier's name is missing"))
    for parcel in rows.where(Parcel, manifest=manifest.id):
        order = rows.get(Order, parcel.order_id)
        if order is not None and order.stop:
            return refuse(
                msg("{number} was cancelled: take it out", number=parcel.waybill),
                msg("Bring it back to the packing bench"),
            )
    left = rows.count(Parcel, carrier=manifest.carrier, status=ParcelStatus.STAGED)
    return (e.ManifestClosed(manifest.id, command.signed_by.strip()[:60], left),)


@handles(c.DropManifest)
def drop_manifest(command: c.DropManifest, rows: Rows, context: Context) -> Answer:
    manifest = rows.get(Manifest, command.manifest)
    if manifest is None or not manifest.open:
        return refuse(msg("This manifest is already closed"))
    if manifest.parcels:
        return refuse(msg("Take the parcels off first, or close it"))
    return (e.ManifestClosed(manifest.id, ""),)
