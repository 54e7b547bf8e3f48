"""What a supervisor is told of orders that wait for a label or have two waybills, and what can be decided."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.ids import OrderId
from wms.domain.labelling import LabelData, label_data
from wms.domain.packing import Parcel
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.workflows.conflicts import Decision, close, order_name
from wms.workflows.prompt import Msg, msg


def sentence(review: Review, rows: Rows) -> Msg | None:
    """None for what is about something else."""
    order = order_name(rows, review.subject)
    match review.kind:
        case "label_waits":
            return msg("Order {order} waits for its label: get it from the platform", order=order)
        case "label_conflict":
            number, against = _sides(review)
            kind, _, other = against.partition(":")
            if kind == "order" and other:
                both = f"{order_name(rows, other)}, {order}"
                return msg("Waybill {number} was given to two orders: {orders}", number=number, orders=both)
            return msg("Order {order} has two waybills: {one} and {other}", order=order, one=number, other=against)
    return None


def _sides(review: Review) -> tuple[str, str]:
    number, _, against = review.detail.partition(",")
    return number, against


def ways(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """Another number can be taken as long as no parcel bears the first."""
    if review.kind != "label_conflict":
        return ()
    number, against = _sides(review)
    order = OrderId(review.subject)
    rival, used = rows.get(LabelData, order, number), label_data(rows, order)
    if rival is None or rival.in_force or used is None or used.waybill != against:
        return (close(review, msg("Done"), "done"),)
    keep = close(review, msg("Keep {number}", number=against), f"kept {against}")
    if any(parcel.waybill == against for parcel in rows.where(Parcel, order_id=order)):
        return (keep,)
    take = c.GiveLabelData((c.LabelFor(order, rival.given, against),))
    return (keep, Decision(msg("Take {number}", number=number), lambda _: (take,)))
