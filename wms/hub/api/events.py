"""What the journal says, told to other programs: a subset they can build upon, without a word about any person.

Pure: the same fact over the same picture is the same events, with the same ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from wms.domain import events as e
from wms.domain.events import Fact, Key
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import Record
from wms.domain.rows import Rows
from wms.domain.shipping import Manifest
from wms.domain.waves import PickTask
from wms.hub.api.models import moment

TYPES: dict[str, str] = {
    "order.received": "order, channel, reference, carrier, ship_by, holds",
    "order.held": "order, holds",
    "order.released": "order",
    "order.started": "order, wave: picking may have begun",
    "order.short": "order, sku, missing: units that were not found",
    "order.cancelled": "order, refund",
    "order.changed": "order, changed (lines, ship_by, not_before, recipient, remarks): these are others now",
    "order.resumed": "order: it was stopped, and is sent after all",
    "order.shipped": "order, manifest, carrier, parcels (parcel, waybill, weight_g): the courier has signed",
    "parcel.labelled": "parcel, order, carrier, waybill",
    "parcel.waybill_voided": "parcel, order, waybill: not this parcel's any more, another one follows",
    "parcel.voided": "parcel, order: it was unpacked and does not go",
    "parcel.packed": "parcel, order, carrier, waybill, weight_g, place",
    "stock.changed": "sku, lot, place, change (units more or less), cause: received, adjusted, counted, damaged",
    "stock.moved": "sku, lot, quantity, source, target",
}
"""Every type of event, and what its `data` holds."""


class Told(Record):
    """`timestamp` in UTC seconds, by the clock of the device that recorded it. `id` never changes."""

    id: str
    type: str
    timestamp: int
    data: dict[str, Any]


def events_of(fact: Fact, rows: Rows) -> tuple[Told, ...]:
    """What is told of a fact, given a picture that holds it."""
    key = fact.key
    return tuple(
        Told(_id(key, kind, str(data.get("order", ""))), kind, fact.seconds, data)
        for kind, data in _told(fact.body, rows)
    )


def _id(key: Key, kind: str, order: str) -> str:
    """Does not change when the hub is restored and its positions are given anew."""
    name = "/".join((key.device, str(key.epoch), str(key.n), kind, order))
    return f"evt_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _told(event: e.Event, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    match event:
        case e.OrderReceived():
            yield (
                "order.received",
                {
                    "order": event.order,
                    "channel": event.channel,
                    "reference": event.reference,
                    "carrier": event.carrier,
                    "ship_by": moment(event.ship_by),
                    "holds": _codes(event.hold),
                },
            )
        case e.OrderHeld():
            yield "order.held", {"order": event.order, "holds": _codes(event.reason)}
        case e.OrderReleased():
            yield "order.released", {"order": event.order}
        case e.OrderCancelled():
            yield "order.cancelled", {"order": event.order, "refund": event.refund}
        case e.OrderChanged():
            yield "order.changed", {"order": event.received.order, "changed": event.what.split(",")}
        case e.OrderResumed():
            yield "order.resumed", {"order": event.order}
        case e.WaveReleased():
            for order in dict.fromkeys(order for batch in event.batches for order in batch.orders):
                yield "order.started", {"order": order, "wave": event.wave}
        case e.WaybillAssigned() | e.WaybillBound() | e.LabelVoided() | e.NumberRevoked() | e.WaybillUnbound():
            yield from _of_number(event, rows)
        case e.ParcelStaged() | e.ParcelVoided():
            yield from _of_parcel(event, rows)
        case e.ManifestClosed():
            yield from _shipped(event, rows)
        case _:
            yield from _of_goods(event, rows)


def _codes(reasons: str) -> list[str]:
    """Without what somebody typed."""
    return ["by_hand" if code.startswith("by_hand") else code for code in reasons.split(",") if code]


def _of_number(
    event: e.WaybillAssigned | e.WaybillBound | e.LabelVoided | e.NumberRevoked | e.WaybillUnbound, rows: Rows
) -> Iterator[tuple[str, dict[str, Any]]]:
    parcel = rows.get(Parcel, event.parcel)
    of = {"parcel": event.parcel, "order": parcel.order_id if parcel is not None else "", "waybill": event.number}
    match event:
        case e.WaybillAssigned() | e.WaybillBound():
            yield "parcel.labelled", of | {"carrier": event.carrier}
        case _:
            yield "parcel.waybill_voided", of


def _of_parcel(event: e.ParcelStaged | e.ParcelVoided, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    parcel = rows.get(Parcel, event.parcel)
    of = {"parcel": event.parcel, "order": parcel.order_id if parcel is not None else ""}
    match event:
        case e.ParcelVoided():
            yield "parcel.voided", of
        case e.ParcelStaged() if parcel is not None:
            yield (
                "parcel.packed",
                of
                | {
                    "carrier": parcel.carrier,
                    "waybill": parcel.waybill,
                    "weight_g": parcel.weight_g,
                    "place": event.place,
                },
            )


def _shipped(event: e.ManifestClosed, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    manifest = rows.get(Manifest, event.manifest)
    gone: dict[str, list[dict[str, Any]]] = {}
    for parcel in rows.where(Parcel, manifest=event.manifest):
        if parcel.status == ParcelStatus.HANDED_OVER:
            told = {"parcel": parcel.id, "waybill": parcel.waybill, "weight_g": parcel.weight_g}
            gone.setdefault(parcel.order_id, []).append(told)
    carrier = manifest.carrier if manifest is not None else ""
    for order, parcels in sorted(gone.items()):
        yield (
            "order.shipped",
            {"order": order, "manifest": event.manifest, "carrier": carrier, "parcels": parcels},
        )


def _of_goods(event: e.Event, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    match event:
        case e.GoodsReceived():
            yield _change(event.sku, event.lot, event.place, event.quantity, "received")
        case e.StockAdjusted():
            yield _change(event.sku, event.lot, event.place, event.difference, "adjusted")
        case e.StockMoved():
            yield (
                "stock.moved",
                {
                    "sku": event.sku,
                    "lot": event.lot,
                    "quantity": event.quantity,
                    "source": event.source,
                    "target": event.target,
                },
            )
        case e.ZeroChecked() if event.left != event.expected:
            yield _change(event.sku, event.lot, event.place, event.left - event.expected, "counted")
        case e.UnitsMissing():
            cause = "damaged" if event.damaged else "counted"
            yield _change(event.sku, event.lot, event.tote, -event.quantity, cause)
        case e.PickShorted():
            yield from _short(event, rows)


def _short(event: e.PickShorted, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    task = rows.get(PickTask, event.task)
    if task is None:
        return
    if event.damaged:
        yield _change(task.sku, task.lot, task.place, -event.damaged, "damaged")
    missing = event.missing - sum(planned.quantity for planned in event.replaced_by)
    if missing > 0:
        yield "order.short", {"order": task.order_id, "sku": task.sku, "missing": missing}


def _change(sku: str, lot: str, place: str, change: int, cause: str) -> tuple[str, dict[str, Any]]:
    return "stock.changed", {"sku": sku, "lot": lot, "place": place, "change": change, "cause": cause}
