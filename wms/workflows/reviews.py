"""What a supervisor can decide about each kind of review, in words and in commands."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.catalogue import Person
from wms.domain.ids import Badge, InspectionId, OrderId
from wms.domain.inspection import InspectionLot
from wms.domain.packing import PackJob, Parcel, ParcelStatus
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.waves import PickTask
from wms.workflows import changed, conflicts, held_orders
from wms.workflows.conflicts import Decision, order_name
from wms.workflows.held_orders import hold_reason
from wms.workflows.labelling_reviews import sentence as label_sentence
from wms.workflows.labelling_reviews import ways as label_ways
from wms.workflows.printer_words import label_reason, printer_reason
from wms.workflows.prompt import Bilingual, Msg, Value, msg, msg_n, plain
from wms.workflows.say import category_name, item_name

__all__ = ["Decision", "decisions", "facts", "hold_reason", "sentence"]


def facts(review: Review, rows: Rows) -> tuple[Msg, ...]:
    """What a person must know to decide."""
    if review.kind == "order_changed":
        return tuple(changed.facts(review, rows))
    if review.kind in held_orders.KINDS:
        return tuple(held_orders.facts(review, rows))
    return conflicts.facts(review, rows)


def sentence(review: Review, rows: Rows) -> Msg:
    """What happened, in one line."""
    if (conflict := conflicts.sentence(review, rows)) is not None:
        return conflict
    if (held := held_orders.sentence(review, rows)) is not None:
        return held
    if (label := label_sentence(review, rows)) is not None:
        return label
    subject: Value = review.subject
    detail = review.detail.split(",")
    match review.kind:
        case "order_changed":
            return changed.sentence(review, rows)
        case "order_short":
            return msg("Order {order} is short: send in part?", order=order_name(rows, review.subject))
        case "short":
            task = rows.get(PickTask, review.subject)
            place = task.place if task is not None else ""
            n = detail[2] if len(detail) > 2 else ""
            return msg("{n} x {item} missing at {place}", n=n, item=item_name(rows, detail[1]), place=place)
        case "batch_held":
            lot = rows.get(InspectionLot, review.subject)
            name = category_name(rows, lot.category) if lot is not None else ""
            reference: Value = lot.reference if lot is not None else subject
            why = _sample_reason(",".join(detail[2:]))
            return msg(
                "Batch {batch} {category} held: {failed} of {n} samples failed ({why})",
                batch=reference,
                category=name,
                failed=detail[0],
                n=detail[1] if len(detail) > 1 else "",
                why=why,
            )
        case "batch_rejected":
            return msg("Batch {batch} rejected: cancel its orders or decide one by one", batch=review.detail)
        case "cancelled_in_work":
            return msg(
                "Order {order} cancelled after picking: its goods come back", order=order_name(rows, review.subject)
            )
        case "cancelled_after_handover":
            return msg(
                "Order {order} cancelled, but the courier has it: recall it", order=order_name(rows, review.subject)
            )
        case "put_back":
            return msg(
                "Put the goods of order {order} back from {place}",
                order=order_name(rows, review.subject),
                place=review.detail,
            )
        case "count_difference":
            where = review.subject.split(",")
            return msg(
                "{place}: {n} {item} counted, {booked} booked. Count again",
                place=where[0],
                n=detail[-1],
                item=item_name(rows, where[1]),
                booked=detail[0],
            )
        case "printer":
            return _printer_trouble(review, rows)
        case "label":
            return msg("Label of {parcel}: {why}", parcel=subject, why=label_reason(detail))
        case "pin":
            person = rows.get(Person, review.subject)
            return msg("{name} typed a wrong PIN {n} times", name=person.name if person else subject, n=review.detail)
        case "pepper":
            return msg("{device} can't check PINs: enrol it again, or give everybody a new PIN", device=subject)
        case "wrong_digits":
            place_id, _, badge = review.subject.partition(",")
            person = rows.get(Person, badge)
            name_or_badge = person.name if person is not None else badge
            return msg(
                "{name} gave wrong check digits for {place}, {n} times: look at its label",
                name=name_or_badge,
                place=place_id,
                n=review.detail,
            )
        case "key_unreadable":
            return _odd_key(review.subject, rows)
        case "left_behind":
            return msg("{n} parcels stayed behind at manifest {manifest}", n=review.detail, manifest=subject)
        case "weight_accepted":
            return msg(
                "Parcel {parcel}: {n} g accepted, {expected} g expected",
                parcel=subject,
                n=detail[0],
                expected=detail[1],
            )
        case "webhook":
            return msg(
                "Webhook {webhook} was given up: {why}. Mend the receiver, then enable it",
                webhook=subject,
                why=review.detail,
            )
        case "restored_copy":
            return msg("Terminal {device} runs on a restored copy: check its last parcels", device=subject)
        case "clock":
            return msg("The clock of {device} jumped by {n} s: set it", device=subject, n=review.detail)
        case "packed_twice":
            return msg("Order {order} is packed at two benches", order=order_name(rows, review.subject))
        case "waybill_twice":
            return msg("Waybill {number} was used twice: {parcels}", number=subject, parcels=review.detail)
        case "stock_below_zero":
            return msg("More taken than booked: {what}. Count the place", what=subject)
        case "tote_shared":
            return msg("Tote {tote} holds two orders: {orders}", tote=subject, orders=review.detail)
        case "loaded_twice":
            return msg("Parcel {parcel} is on two manifests", parcel=subject)
    return plain(f"{review.kind} {review.subject} {review.detail}")


def _odd_key(subject: str, rows: Rows) -> Msg:
    device, _, order = subject.partition("/")
    if not order:
        return msg("{device} sent keys without a name: have its disk checked", device=device)
    return msg(
        "The recipient of order {order} can't be opened: {device} sent a damaged key. Look it up in the shop",
        order=order_name(rows, order),
        device=device,
    )


def _printer_trouble(review: Review, rows: Rows) -> Msg:
    """With how many labels wait at that terminal. The review is as old as the wait of the first."""
    device, _, printer = review.subject.partition(",")
    name = f"{device} {printer}".rstrip()
    jobs = rows.where(PackJob, device=device)
    parcels = [parcel for job in jobs for parcel in rows.where(Parcel, order_id=job.order_id)]
    waiting = sum(parcel.asked > 0 and parcel.status == ParcelStatus.LABELLED for parcel in parcels)
    why = printer_reason(review.detail)
    if not waiting or printer:
        return msg("Printer of {device}: {why}", device=name, why=why)
    return msg_n(
        "Printer of {device}: {why} ({n} label waits)",
        "Printer of {device}: {why} ({n} labels wait)",
        waiting,
        device=name,
        why=why,
    )


def _sample_reason(reason: str) -> Value:
    """A point of the checklist was recorded in both languages; only damage has none there."""
    zh, bar, en = reason.partition("|")
    if bar:
        return Bilingual(zh, en)
    return msg("damaged") if reason == "damaged" else reason


def decisions(review: Review, rows: Rows) -> tuple[Decision, ...]:
    """What can be done about it, the usual answer first."""
    if ways := conflicts.ways_out(review, rows):
        return ways
    if ways := held_orders.ways_out(review, rows):
        return ways
    if ways := label_ways(review, rows):
        return ways
    done = conflicts.close(review, msg("Done"), "done")
    match review.kind:
        case "batch_held":
            lot = InspectionId(review.subject)
            return (
                Decision(msg("Sort 100 %"), lambda why: (c.DisposeLot(lot, "sort", why),), reason=True),
                Decision(msg("Accept"), lambda why: (c.DisposeLot(lot, "accept", why),), reason=True),
                Decision(msg("Reject"), lambda why: (c.DisposeLot(lot, "reject", why),), reason=True),
            )
        case "order_changed":
            return changed.ways_out(review, rows)
        case "order_short":
            order = OrderId(review.subject)
            return (
                Decision(msg("Send in part"), lambda _: (c.AllowPartial(order),)),
                Decision(msg("Cancel the order"), lambda why: (c.CancelOrder(order, reason=why),), reason=True),
            )
        case "pin" if rows.get(Person, review.subject) is not None:
            badge = Badge(review.subject)
            return (Decision(msg("Unlock the badge"), lambda _: (c.UnlockPin(badge),)), done)
    return (done,)
