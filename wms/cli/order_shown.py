"""One order in full; the recipient only on demand, and never unseen."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli import order_change
from wms.cli.acting import because, carry_out, zone_of
from wms.cli.orders import described
from wms.cli.output import Refusal, emit, table, wall
from wms.domain.commands import RevealRecipient
from wms.domain.orders import ChangeOffer, Order, OrderLine, Recipient
from wms.domain.packing import Parcel
from wms.store.sealing import unseal

if TYPE_CHECKING:
    from wms.domain.recipients import PersonalData
    from wms.store import Store


def show(options: Namespace, store: Store, order: Order) -> int:
    revealed = _revealed(options, store, order) if options.reveal else None
    document = described(order, store.rows) | _details(options, store, order)
    if revealed is not None:
        document["revealed"] = {
            "name": revealed.name,
            "phone": revealed.phone,
            "address": list(revealed.address_lines),
            "city": revealed.city,
            "postcode": revealed.postcode,
            "country": revealed.country,
        }
    zone = zone_of(store.rows)
    emit(options, document, lambda: _text(document, order, zone))
    return 0


def _revealed(options: Namespace, store: Store, order: Order) -> PersonalData:
    """The look is recorded before anything is seen."""
    kept = store.rows.get(Recipient, order.id)
    if kept is None:
        raise Refusal(f"order {order.reference} came without a recipient")
    carry_out(options, store, RevealRecipient(order.id, options.reveal))
    person = unseal(store.rows, order.id, kept.sealed)
    if person is None:
        raise Refusal(f"the recipient of order {order.reference} was erased, or its key has not come here yet")
    return person


def _details(options: Namespace, store: Store, order: Order) -> dict[str, Any]:
    lines = store.rows.where(OrderLine, order_id=order.id)
    parcels = store.rows.where(Parcel, order_id=order.id)
    offered = store.rows.get(ChangeOffer, order.id)
    offer = offered if offered is not None and offered.open else None
    return {
        "says": because(options, order.hold),
        "changes": order_change.described(options, offer, store.rows)["says"] if offer else [],
        "lines": [
            {
                "n": line.n,
                "sku": line.sku,
                "quantity": line.quantity,
                "picked": line.picked,
                "short": line.short,
                "packed": line.packed,
            }
            for line in lines
        ],
        "parcels": [
            {
                "parcel": parcel.id,
                "status": parcel.status,
                "waybill": parcel.waybill,
                "weight_g": parcel.weight_g,
                "carton": parcel.carton,
                "place": parcel.place,
                "manifest": parcel.manifest,
            }
            for parcel in parcels
        ],
    }


def _text(document: dict[str, Any], order: Order, zone: str) -> str:
    about = [
        (name, value)
        for name, value in (
            ("status", order.status),
            ("stopped", order.stop),
            ("held for", document["says"]),
            ("changed", "; ".join(document["changes"])),
            ("ship by", wall(order.ship_by, zone)),
            ("category", order.category),
            ("carrier", order.carrier),
            ("wave", order.wave),
            ("recipient", order.masked),
            *((part, _joined(value)) for part, value in document.get("revealed", {}).items()),
        )
        if value
    ]
    parts = [table((order.id, ""), about), table(("SKU", "WANTED", "PICKED", "SHORT", "PACKED"), _lines(document))]
    if document["parcels"]:
        parts.append(
            table(
                ("PARCEL", "STATUS", "WAYBILL", "GRAMS", "PLACE", "MANIFEST"),
                [
                    (p["parcel"], p["status"], p["waybill"], p["weight_g"], p["place"], p["manifest"])
                    for p in document["parcels"]
                ],
            )
        )
    return "\n\n".join(parts)


def _lines(document: dict[str, Any]) -> list[tuple[object, ...]]:
    return [(one["sku"], one["quantity"], one["picked"], one["short"], one["packed"]) for one in document["lines"]]


def _joined(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
