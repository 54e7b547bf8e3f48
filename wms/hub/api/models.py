"""What programs and the hub say to each other over the API. Times are RFC 3339 in UTC; weights are grams."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from wms.channels import Result
from wms.channels.parsed import Kind
from wms.hub.api.operation import In, Out
from wms.intake import CHUNK

LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"  # one line of text, no control characters


NOTE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"  # may have several lines
Code = Annotated[str, Meta(max_length=100, pattern=LINE)]
FilledCode = Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)]
Words = Annotated[str, Meta(max_length=200, pattern=LINE)]
FilledWords = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
Why = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=LINE,
        description="Shown to the people on the floor and kept for good: no names, no addresses.",
    ),
]
Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most.")]
After = Annotated[
    str, Meta(max_length=400, description="`next` of the page before; pages follow it until `next` is null.")
]
Moment = Annotated[datetime, Meta(tz=True)]
Reference = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x20\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f])?$",
        description="The channel's own number of the order. With `channel` it names the order: sent again, nothing"
        " happens twice.",
    ),
]
ChannelName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[^\x00-\x20\x7f-\x9f/]+$",
        description="The sales channel. One that is set up brings its ship-by time and its carrier.",
    ),
]


class LineIn(In, frozen=True):
    """Goods to send: `sku` is the item's SKU, or any code that stands on it, such as a GTIN."""

    sku: FilledCode
    quantity: Annotated[int, Meta(ge=1, le=999_999)]
    name: Words = ""
    gift: Annotated[bool, Meta(description="Given along with the order; whoever packs is told.")] = False


class RecipientIn(In, frozen=True):
    """Who gets it. Sealed before anything is stored, and never given out again by this interface."""

    name: FilledWords
    phone: Code = ""
    address: Annotated[tuple[FilledWords, ...], Meta(max_length=8, description="Line by line.")] = ()
    city: Code = ""
    postcode: Code = ""
    country: Code = ""


class LabelIn(In, frozen=True):
    """What the platform or its carrier gave for the label, printed as it is."""

    waybill: Code = ""
    carrier: Code = ""
    sort_code: Code = ""
    routing_code: Code = ""
    qr: Annotated[str, Meta(max_length=2000, pattern=LINE)] = ""
    masked_name: Code = ""
    masked_phone: Code = ""
    masked_address: Words = ""


class OrderIn(In, frozen=True):
    """An order as its channel has it. Without a recipient it goes on, but its label must come from the platform."""

    channel: ChannelName
    reference: Reference
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=500, description="Equal goods are added up.")] = ()
    recipient: RecipientIn | None = None
    placed_at: Annotated[Moment | None, Meta(description="When it was paid; now, if left out.")] = None
    ship_by: Annotated[
        Moment | None, Meta(description="When the courier must have it. Left out, the channel's rule counts.")
    ] = None
    carrier: Annotated[
        str,
        Meta(
            max_length=40,
            pattern=LINE,
            description="A carrier's code; the channel's own, if left out. An unknown one holds the order.",
        ),
    ] = ""
    cancelled: Annotated[bool, Meta(description="The channel took it back: stop it if it is here.")] = False
    buyer: Annotated[Code, Meta(description="The account that bought. Sealed like the recipient.")] = ""
    amount: Annotated[
        Annotated[int, Meta(ge=0, le=10**12)] | None,
        Meta(description="What was paid, in the smallest unit of `currency`."),
    ] = None
    currency: Annotated[str, Meta(max_length=3, pattern="^([A-Z]{3})?$", description="ISO 4217.")] = ""
    kind: Annotated[
        Kind,
        Meta(description="`presale` waits until `not_before`, `group` until it is sent again with `waiting` false."),
    ] = Kind.ORDINARY
    not_before: Annotated[Moment | None, Meta(description="A pre-sale may be shipped from then on.")] = None
    waiting: Annotated[
        bool | None, Meta(description="The group it belongs to is not complete yet. Left out, a `group` waits.")
    ] = None
    instructions: Annotated[
        tuple[FilledCode, ...],
        Meta(max_length=10, description="For whoever packs, nothing personal: `invoice`, `gift`, `insert:…`."),
    ] = ()
    remarks: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=2000, pattern=NOTE)], ...],
        Meta(max_length=5, description="The buyer's and the seller's own words. Sealed like the recipient."),
    ] = ()
    label: LabelIn | None = None


Orders = Annotated[
    tuple[OrderIn, ...],
    Meta(min_length=1, max_length=CHUNK, description="Recorded together or not at all."),
]


class OrderOutcome(Out, frozen=True):
    """What became of an order that was sent. `skip` with `known`: it was here before, nothing was changed. `cancelled`
    tells that it was here, or is now, and has been stopped."""

    id: Annotated[str, Meta(description="The warehouse's name for it, to be used in addresses.")]
    channel: str
    reference: str
    result: Result
    reasons: tuple[str, ...]
    cancelled: bool


class OrdersTaken(Out, frozen=True):
    """In the order they were sent."""

    orders: tuple[OrderOutcome, ...]


class OrderLineOut(Out, frozen=True):
    n: int
    sku: str
    quantity: int
    picked: int
    short: int
    packed: int


class ParcelOut(Out, frozen=True):
    """`waybill` is '' until there is a number; `handed_over_at` null until the courier has signed."""

    id: str
    n: int
    status: str
    carrier: str
    waybill: str
    weight_g: int
    units: int
    manifest: str
    handed_over_at: datetime | None


class OrderOut(Out, frozen=True):
    """`recipient` is masked. `stop` says that it was cancelled or refunded after the work had begun."""

    id: str
    channel: str
    reference: str
    status: str
    stop: str
    holds: tuple[str, ...]
    ship_by: datetime
    received_at: datetime
    shipped_at: datetime | None
    carrier: str
    category: str
    wave: str
    recipient: str
    lines: tuple[OrderLineOut, ...]
    parcels: tuple[ParcelOut, ...]


class OrderPage(Out, frozen=True):
    orders: tuple[OrderOut, ...]
    next: str | None


class Reason(In, frozen=True):
    reason: Why


class Cancellation(In, frozen=True):
    reason: Why
    refund: Annotated[bool, Meta(description="The customer asked for a refund.")] = False


class ShipmentOut(Out, frozen=True):
    """The parcels of an order that are packed or gone."""

    order: str
    channel: str
    reference: str
    status: str
    shipped_at: datetime | None
    parcels: tuple[ParcelOut, ...]


class ShipmentPage(Out, frozen=True):
    shipments: tuple[ShipmentOut, ...]
    next: str | None


class StockOut(Out, frozen=True):
    """Units of an item. `available` is what could still be sold: in bins, not held, not promised to anybody."""

    sku: str
    available: int
    in_bins: Annotated[int, Meta(description="What the books say lies in bins.")]
    allocated: Annotated[int, Meta(description="Of these, promised to walks that are under way.")]
    ordered: Annotated[int, Meta(description="Wanted by orders that wait for their wave.")]
    in_work: Annotated[int, Meta(description="In hands, totes, parcels, on staging and returns places.")]


class StockPage(Out, frozen=True):
    items: tuple[StockOut, ...]
    next: str | None


class PlaceStockOut(Out, frozen=True):
    """Units of one lot at one place. `role` is what the place is for: bin, staging, returns, tote, cart."""

    place: str
    role: str
    sku: str
    lot: str
    quantity: int
    allocated: int
    expiry: str
    held: bool


class PlaceStockPage(Out, frozen=True):
    places: tuple[PlaceStockOut, ...]
    next: str | None


class ItemOut(Out, frozen=True):
    """Weight in grams and size in millimetres of one unit, 0 where not known."""

    sku: str
    name_zh: str
    name_en: str
    category: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    lot_controlled: bool
    codes: tuple[str, ...]


class ItemPage(Out, frozen=True):
    items: tuple[ItemOut, ...]
    next: str | None


class WayOut(Out, frozen=True):
    """One thing that can be decided; `needs_reason` says that a reason must come with it."""

    way: str
    needs_reason: bool


class ExceptionOut(Out, frozen=True):
    """Something that waits for a person. `says` is the sentence on the supervisor's screen, in English."""

    id: str
    kind: str
    subject: str
    detail: str
    since: datetime
    says: str
    ways: tuple[WayOut, ...]


class ExceptionPage(Out, frozen=True):
    exceptions: tuple[ExceptionOut, ...]
    next: str | None


class DecisionIn(In, frozen=True):
    """`way` as offered in the exception's `ways`."""

    way: FilledCode
    reason: Words = ""


class EventOut(Out, frozen=True):
    """Something that happened. `id` stays the same whenever and however often it is told."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


class FeedPage(Out, frozen=True):
    """Go on with `next` whether or not there were events; while `more` is true there may be some at once."""

    events: tuple[EventOut, ...]
    next: str
    more: bool


class WebhookIn(In, frozen=True):
    url: Annotated[str, Meta(min_length=9, max_length=500, pattern=r"^https?://[!-~]+$", description="HTTPS.")]
    types: Annotated[
        tuple[Annotated[str, Meta(max_length=60)], ...],
        Meta(max_length=30, description="Only events of these types; all of them if empty."),
    ] = ()
    after: Annotated[
        Annotated[str, Meta(max_length=400)] | None,
        Meta(description="A cursor of the feed to begin after; left out, with what happens from now on."),
    ] = None


class WebhookOut(Out, frozen=True):
    """`behind` counts what was recorded and not looked at yet. `failing_since` is null while deliveries succeed."""

    id: str
    url: str
    types: tuple[str, ...]
    created_at: datetime
    enabled: bool
    behind: int
    attempts: int
    failing_since: datetime | None
    trouble: str


class WebhookMade(Out, frozen=True):
    """The `secret` is shown this once; null in the answer to the same request sent again."""

    webhook: WebhookOut
    secret: str | None


class WebhookList(Out, frozen=True):
    webhooks: tuple[WebhookOut, ...]


_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def moment(seconds: int) -> datetime:
    """UTC seconds as a time; one that no calendar has becomes the nearest that it has."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST), UTC)


def moment_or_none(seconds: int) -> datetime | None:
    return moment(seconds) if seconds else None
