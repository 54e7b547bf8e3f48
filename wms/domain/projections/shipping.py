"""Handover: only a closed manifest makes a parcel shipped."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import ManifestId
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.places import CUSTOMER, inside
from wms.domain.projections.registry import applies, count_up, review, tally
from wms.domain.projections.waves import end_wave
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.shipping import Manifest
from wms.domain.stock import Stock, move


@applies(e.ManifestOpened)
def manifest_opened(t: Tables, event: e.ManifestOpened, fact: Fact) -> None:
    count_up(t, f"manifest/{event.carrier}/{fact.key.device}")
    t.put(Manifest(event.manifest, event.carrier, fact.key.device, fact.person, fact.seconds))


@applies(e.ParcelLoaded)
def parcel_loaded(t: Tables, event: e.ParcelLoaded, fact: Fact) -> None:
    tally(t, fact, "scans")
    parcel, manifest = t.get(Parcel, event.parcel), t.get(Manifest, event.manifest)
    if parcel is None or manifest is None:
        return
    if parcel.manifest and parcel.manifest != event.manifest:
        review(t, fact, "loaded_twice", parcel.id, f"{parcel.manifest},{event.manifest}")
        return
    t.put(replace(parcel, status=ParcelStatus.LOADED, manifest=event.manifest))
    t.put(replace(manifest, parcels=manifest.parcels + 1))


@applies(e.ParcelUnloaded)
def parcel_unloaded(t: Tables, event: e.ParcelUnloaded, fact: Fact) -> None:
    parcel, manifest = t.get(Parcel, event.parcel), t.get(Manifest, event.manifest)
    if parcel is None or manifest is None or parcel.manifest != event.manifest:
        return
    t.put(replace(parcel, status=ParcelStatus.STAGED, manifest=ManifestId("")))
    t.put(replace(manifest, parcels=manifest.parcels - 1))


@applies(e.ManifestClosed)
def manifest_closed(t: Tables, event: e.ManifestClosed, fact: Fact) -> None:
    manifest = t.get(Manifest, event.manifest)
    if manifest is None:
        return
    t.put(replace(manifest, open=False, closed=fact.seconds, signed_by=event.signed_by))
    orders = dict.fromkeys(parcel.order_id for parcel in t.where(Parcel, manifest=event.manifest))
    for parcel in t.where(Parcel, manifest=event.manifest):
        t.put(replace(parcel, status=ParcelStatus.HANDED_OVER))
        for row in t.where(Stock, place=inside(parcel.id)):
            move(t, row.sku, row.lot, row.quantity, row.place, CUSTOMER)
    for order in orders:
        _ship(t, order, fact)
    if event.missing:
        review(t, fact, "left_behind", event.manifest, str(event.missing))


def _ship(t: Tables, order: str, fact: Fact) -> None:
    row = t.get(Order, order)
    if row is None:
        return
    if row.stop:
        review(t, fact, "cancelled_after_handover", order)
    parcels = [p for p in t.where(Parcel, order_id=order) if p.status != ParcelStatus.VOID]
    if any(p.status != ParcelStatus.HANDED_OVER for p in parcels):
        return
    t.put(replace(row, status=OrderStatus.HANDED_OVER, shipped=fact.seconds))
    end_wave(t, row.wave)
