"""Label data of an order: what its platform or carrier gives, to be printed as it is."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from wms.domain.commands import GiveLabelData, LabelFor
from wms.domain.events import LabelDataGiven
from wms.domain.ids import OrderId
from wms.domain.labelling import LONGEST, LONGEST_OTHER, GivenLabel, fault, set_aside_for
from wms.domain.orders import Order
from wms.domain.reasons import explain
from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.idempotency import keep
from wms.hub.api.operation import Call, In, Operation, Out, Reply
from wms.hub.api.wording import all_say, says
from wms.hub.database import Session
from wms.workflows.handling import Outcome, Recorded, Refused
from wms.workflows.prompt import Msg

Given = Annotated[str, Meta(max_length=LONGEST_OTHER, pattern=m.LINE)]


class LabelDataIn(In, frozen=True):
    """Parts left out stay as they were. `carrier` is the code of one that is set up, the order's own if left out. The
    masked texts must hide the person: without stars they are refused."""

    waybill: Given = ""
    carrier: Given = ""
    sort_code: Given = ""
    routing_code: Given = ""
    qr: Annotated[
        str, Meta(max_length=LONGEST["qr"], pattern=m.LINE, description="The exact text of the carrier's QR code.")
    ] = ""
    masked_name: Given = ""
    masked_phone: Given = ""
    masked_address: Annotated[str, Meta(max_length=LONGEST["masked_address"], pattern=m.LINE)] = ""


class LabelDataTaken(Out, frozen=True):
    """`same`: all of it was known."""

    order: str
    result: Literal["given", "same"]


def give(call: Call) -> Reply:
    """A second number is recorded for the supervisor and refused here, as often as it is sent."""
    order, rows = OrderId(call.path["id"]), call.hub.rows
    label = GivenLabel(*(getattr(call.body, name) for name in GivenLabel.__struct_fields__))
    if label == GivenLabel():
        raise Refusal(422, "label", "there is nothing in it")
    if why := fault(rows, label):
        raise Refusal(422, "label", says(Msg(*explain(why))))

    def beside(session: Session, outcome: Outcome) -> None:
        if (
            isinstance(outcome, Recorded)
            and not _contradicted(outcome)
            and not set_aside_for(rows, order, label.waybill)
        ):
            keep(call, session, _reply(order, outcome))

    outcome = call.hub.execute(GiveLabelData((LabelFor(order, label),)), call.person, beside=beside)
    if isinstance(outcome, Refused):
        if rows.get(Order, order) is None:
            raise Refusal(404, "no_order", "there is no such order")
        raise Refusal(409, "refused", all_say(outcome.lines))
    if _contradicted(outcome) or set_aside_for(rows, order, label.waybill):
        raise Refusal(409, "conflict", "another waybill was given or used before; a supervisor decides")
    return _reply(order, outcome)


def _contradicted(outcome: Recorded) -> bool:
    return any(isinstance(fact.body, LabelDataGiven) and fact.body.contradicts for fact in outcome.facts)


def _reply(order: str, outcome: Recorded) -> Reply:
    return Reply(200, LabelDataTaken(order, "given" if outcome.facts else "same"))


OPERATIONS = (
    Operation(
        "give_label_data", "POST", "/v1/orders/{id:path}/label-data", "Orders", "Give what stands on its label", give,
        {200: ("It is there.", LabelDataTaken)}, body=LabelDataIn, acting=True,
        about="Waybill, routing and sort codes, QR text and masked texts, printed as they are. Sent again nothing"
        " happens twice. A second, different waybill changes nothing: it is put before a supervisor.",
        refusals={
            404: "No order has this id.",
            409: "Another waybill was given before or is on the parcel, or the order needs no label any more.",
        },
    ),
)  # fmt: skip
