"""Exceptions: what waits for a person, and deciding it. What is about the people who work here is no ERP's business."""

from __future__ import annotations

from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.acting import decided
from wms.hub.api.operation import Call, Operation, Reply
from wms.hub.api.paging import page
from wms.hub.api.stock import PageQuery
from wms.hub.api.wording import says
from wms.hub.roles import ClientRole
from wms.workflows.reviews import decisions, sentence

OF_TRADE = {
    "order_held",
    "send_together",
    "order_changed",
    "order_short",
    "label_waits",
    "label_conflict",
    "short",
    "batch_held",
    "batch_rejected",
    "cancelled_in_work",
    "cancelled_after_handover",
    "put_back",
    "left_behind",
    "weight_accepted",
    "waybill_twice",
    "loaded_twice",
    "count_difference",
    "stock_below_zero",
    "webhook",
}
"""What an ERP is told of: orders, parcels, goods. The rest names people and their terminals."""
NO_EXCEPTION = "No open exception has this id."


def listing(call: Call) -> Reply:
    rows = call.hub.rows
    found, following = page(rows, Review, call.query.after, call.query.limit, open=1)
    told = tuple(_told(rows, review) for review in found if _may_see(call, review))
    return Reply(200, m.ExceptionPage(told, following))


def one(call: Call) -> Reply:
    return Reply(200, _told(call.hub.rows, _open(call)))


def decide(call: Call) -> Reply:
    """Carry out one of the ways offered: usually one command; the answer is kept with the last."""
    rows, review = call.hub.rows, _open(call)
    way = next((way for way in decisions(review, rows) if says(way.label) == call.body.way), None)
    if way is None:
        raise Refusal(422, "no_way", "`way` is none of those that this exception offers")
    if way.reason and not call.body.reason.strip():
        raise Refusal(422, "reason", "this decision needs a reason")
    *before, last = way.commands(call.body.reason)
    for command in before:
        decided(call, command, None)
    decided(call, last, Reply(204))
    return Reply(204)


def _open(call: Call) -> Review:
    review = call.hub.rows.get(Review, call.path["id"])
    if review is None or not review.open or not _may_see(call, review):
        raise Refusal(404, "no_exception", "there is no such open exception")
    return review


def _may_see(call: Call, review: Review) -> bool:
    return call.caller.role == ClientRole.ADMIN or review.kind in OF_TRADE


def _told(rows: Rows, review: Review) -> m.ExceptionOut:
    ways = tuple(m.WayOut(says(way.label), way.reason) for way in decisions(review, rows))
    since, words = m.moment(review.at), says(sentence(review, rows))
    return m.ExceptionOut(review.id, review.kind, review.subject, review.detail, since, words, ways)


OPERATIONS = (
    Operation(
        "list_exceptions", "GET", "/v1/exceptions", "Exceptions", "What waits for a person", listing,
        {200: ("A page; it may hold fewer than `limit`, or none, although more follow.", m.ExceptionPage)},
        query=PageQuery,
        about="Role erp is told of orders, parcels and goods; role admin also of what names people and terminals.",
    ),
    Operation(
        "decide_exception", "POST", "/v1/exceptions/{id:path}/decide", "Exceptions", "Decide one", decide,
        {204: ("Done.", None)}, body=m.DecisionIn, acting=True,
        refusals={404: NO_EXCEPTION, 409: "The rules refuse it; `detail` says why."},
    ),
    Operation(
        "get_exception", "GET", "/v1/exceptions/{id:path}", "Exceptions", "One exception", one,
        {200: ("The exception.", m.ExceptionOut)}, refusals={404: NO_EXCEPTION},
    ),
)  # fmt: skip
