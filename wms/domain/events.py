"""Events: what happened, in the past tense, never changed afterwards.

An event's key (device, epoch, n) makes sending it again harmless. Bodies carry everything a projection needs; no
projection looks at a clock or at chance. A new field gets a default, so that old journals stay readable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.ids import (
    Badge,
    BatchId,
    CarrierCode,
    CartonCode,
    CategoryCode,
    ChannelCode,
    DeviceId,
    InspectionId,
    LotId,
    ManifestId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
    TaskId,
    WaveId,
)
from wms.domain.places import Place

# The site: what setup says. Saying the same again changes nothing.


@dataclass(frozen=True, slots=True)
class SiteNamed:
    name: str
    zone: str
    sender: str = ""  # the lines of the sender's address on labels


@dataclass(frozen=True, slots=True)
class CategoryDefined:
    category: Category


@dataclass(frozen=True, slots=True)
class ItemDefined:
    """`codes` are (code, units): the item's GTINs and aliases, cases with their own quantity. They replace the old."""

    item: Item
    codes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlaceDefined:
    place: Place


@dataclass(frozen=True, slots=True)
class PersonDefined:
    person: Person


@dataclass(frozen=True, slots=True)
class CartonDefined:
    carton: Carton


@dataclass(frozen=True, slots=True)
class ChannelDefined:
    channel: Channel


@dataclass(frozen=True, slots=True)
class CarrierDefined:
    code: CarrierCode
    zh: str
    en: str
    staging: PlaceId
    prefix: str
    digits: int
    first: int
    last: int


# Goods in and about.


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    receipt: str
    sku: Sku
    lot: LotId
    quantity: int
    place: PlaceId
    expiry: str = ""
    held: bool = False  # until its inspection lot is accepted


@dataclass(frozen=True, slots=True)
class StockMoved:
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """A correction with a reason: `difference` units more (or less) than the books said."""

    sku: Sku
    lot: LotId
    place: PlaceId
    difference: int
    reason: str


# Orders.


@dataclass(frozen=True, slots=True)
class OrderReceived:
    """`lines` are (sku, quantity). `hold` names the reasons it may not be released yet, '' if none. `sealed` is the
    recipient under the order's own key; `masked` is what a screen may show."""

    order: OrderId
    channel: ChannelCode
    reference: str
    ship_by: int
    category: CategoryCode
    carrier: CarrierCode
    lines: tuple[tuple[Sku, int], ...]
    hold: str = ""
    masked: str = ""
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class OrderHeld:
    order: OrderId
    reason: str


@dataclass(frozen=True, slots=True)
class OrderReleased:
    order: OrderId


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The customer or the channel took the order back; `refund` tells a refund request from a cancellation."""

    order: OrderId
    refund: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PartialAllowed:
    """A supervisor lets a short order go with what was picked."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class RecipientRevealed:
    order: OrderId
    why: str


# Waves.


@dataclass(frozen=True, slots=True)
class PlannedTask:
    id: TaskId
    order: OrderId
    line: int
    sku: Sku
    place: PlaceId
    lot: LotId
    quantity: int
    sequence: int
    slot: int


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    id: BatchId
    ship_by: int
    orders: tuple[OrderId, ...]  # slot n carries orders[n - 1]
    tasks: tuple[PlannedTask, ...]


@dataclass(frozen=True, slots=True)
class WaveReleased:
    wave: WaveId
    category: CategoryCode
    ship_by: int
    batches: tuple[PlannedBatch, ...]


@dataclass(frozen=True, slots=True)
class BatchClaimed:
    batch: BatchId
    person: Badge
    device: DeviceId
    cart: PlaceId = PlaceId("")


# Picking.


@dataclass(frozen=True, slots=True)
class BinConfirmed:
    task: TaskId


@dataclass(frozen=True, slots=True)
class ToteAssigned:
    batch: BatchId
    slot: int
    tote: PlaceId


@dataclass(frozen=True, slots=True)
class UnitsTaken:
    """Units left the bin. `lot` may differ from the planned one when the label in the bin says otherwise."""

    task: TaskId
    quantity: int
    lot: LotId


@dataclass(frozen=True, slots=True)
class UnitsReturned:
    """Undo: units went back from the hand into the bin."""

    task: TaskId
    quantity: int
    lot: LotId


@dataclass(frozen=True, slots=True)
class UnitsPut:
    task: TaskId
    quantity: int
    tote: PlaceId


@dataclass(frozen=True, slots=True)
class UnitsUnput:
    """Undo: units came back from the tote into the hand."""

    task: TaskId
    quantity: int
    tote: PlaceId


@dataclass(frozen=True, slots=True)
class TaskSkipped:
    task: TaskId


@dataclass(frozen=True, slots=True)
class PickShorted:
    """`missing` units can't be taken here. `damaged` ones lay there but were not fit to send: they went to scrap.

    `replaced_by` are other tasks of the same walk that take from other stock; what they don't cover is short.
    """

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0
    replaced_by: tuple[PlannedTask, ...] = ()


@dataclass(frozen=True, slots=True)
class ZeroChecked:
    """The picker looked whether the bin is really empty: `left` units of the item lie there, `expected` were booked."""

    place: PlaceId
    sku: Sku
    lot: LotId
    left: int
    expected: int


@dataclass(frozen=True, slots=True)
class TotesDropped:
    batch: BatchId
    staging: PlaceId


# Sampling inspection.


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    source: str
    unit: int
    sku: Sku
    lot: LotId
    order: OrderId = OrderId("")
    place: PlaceId = PlaceId("")


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    inspection: InspectionId
    kind: str
    reference: str
    category: CategoryCode
    population: int
    percent: int
    seed: str
    units: tuple[DrawnUnit, ...]


@dataclass(frozen=True, slots=True)
class SampleSeen:
    inspection: InspectionId
    n: int


@dataclass(frozen=True, slots=True)
class SampleJudged:
    inspection: InspectionId
    n: int
    passed: bool
    reason: str = ""
    undone: bool = False  # the verdict is taken back: the unit is to be judged again


@dataclass(frozen=True, slots=True)
class LotDisposed:
    """A supervisor's decision on a held batch: `accept`, `sort` (every unit, drawn as `units`) or `reject`."""

    inspection: InspectionId
    decision: str
    reason: str
    units: tuple[DrawnUnit, ...] = ()


# Packing.


@dataclass(frozen=True, slots=True)
class PackingStarted:
    order: OrderId
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class UnitsPacked:
    """Verified by scan and laid into a parcel; `lot` and `tote` say which units."""

    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


@dataclass(frozen=True, slots=True)
class UnitsUnpacked:
    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


@dataclass(frozen=True, slots=True)
class UnitsMissing:
    """Units that should lie in the tote don't, or are not fit to send (`damaged`): the line is that much shorter."""

    order: OrderId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class ParcelOpened:
    """Another parcel of the same order was begun."""

    order: OrderId
    parcel: ParcelId
    n: int


@dataclass(frozen=True, slots=True)
class PackingVerified:
    """The last unit was verified; only now may labels be made."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class CartonChosen:
    parcel: ParcelId
    carton: CartonCode


@dataclass(frozen=True, slots=True)
class ParcelWeighed:
    """`by` is `scale` or `keypad`; `reason` says why it was typed, or why a weight off the expected was accepted."""

    parcel: ParcelId
    weight_g: int
    expected_g: int
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WaybillsLeased:
    lease: str
    carrier: CarrierCode
    device: DeviceId
    first: int
    last: int
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class WaybillAssigned:
    parcel: ParcelId
    carrier: CarrierCode
    number: str
    lease: str
    counter: int


@dataclass(frozen=True, slots=True)
class LabelRequested:
    """A label shall be printed; `reprint` labels carry a mark."""

    parcel: ParcelId
    reprint: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LabelPrinted:
    """The printer took it: `proof` is true where the printer said so itself."""

    parcel: ParcelId
    proof: bool


@dataclass(frozen=True, slots=True)
class LabelVerified:
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class ParcelStaged:
    parcel: ParcelId
    place: PlaceId


@dataclass(frozen=True, slots=True)
class ParcelVoided:
    """The parcel will not go; its goods lie at `place`, to be put back."""

    parcel: ParcelId
    place: PlaceId
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDiverted:
    """Goods of a stopped order were brought to the returns shelf, from totes and parcels alike."""

    order: OrderId
    place: PlaceId


# Handover.


@dataclass(frozen=True, slots=True)
class ManifestOpened:
    manifest: ManifestId
    carrier: CarrierCode


@dataclass(frozen=True, slots=True)
class ParcelLoaded:
    manifest: ManifestId
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class ParcelUnloaded:
    manifest: ManifestId
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class ManifestClosed:
    """The courier signed. `missing` counts staged parcels that stayed behind."""

    manifest: ManifestId
    signed_by: str
    missing: int = 0


# People, devices, decisions.


@dataclass(frozen=True, slots=True)
class SignedIn:
    badge: Badge
    role: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    badge: Badge


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """A scan that did not count, kept with what was read: mis-scans are figures, not noise."""

    raw: str
    screen: str
    why: str


@dataclass(frozen=True, slots=True)
class ReviewRaised:
    """A device noticed something a person must mend: a printer's fault, a clock that jumped, a restored copy."""

    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReviewClosed:
    review: str
    decision: str


Event: TypeAlias = (
    SiteNamed
    | CategoryDefined
    | ItemDefined
    | PlaceDefined
    | PersonDefined
    | CartonDefined
    | ChannelDefined
    | CarrierDefined
    | GoodsReceived
    | StockMoved
    | StockAdjusted
    | OrderReceived
    | OrderHeld
    | OrderReleased
    | OrderCancelled
    | PartialAllowed
    | RecipientRevealed
    | WaveReleased
    | BatchClaimed
    | BinConfirmed
    | ToteAssigned
    | UnitsTaken
    | UnitsReturned
    | UnitsPut
    | UnitsUnput
    | TaskSkipped
    | PickShorted
    | ZeroChecked
    | TotesDropped
    | SampleDrawn
    | SampleSeen
    | SampleJudged
    | LotDisposed
    | PackingStarted
    | UnitsPacked
    | UnitsUnpacked
    | UnitsMissing
    | ParcelOpened
    | PackingVerified
    | CartonChosen
    | ParcelWeighed
    | WaybillsLeased
    | WaybillAssigned
    | LabelRequested
    | LabelPrinted
    | LabelVerified
    | ParcelStaged
    | ParcelVoided
    | OrderDiverted
    | ManifestOpened
    | ParcelLoaded
    | ParcelUnloaded
    | ManifestClosed
    | SignedIn
    | SignedOut
    | ScanRefused
    | ReviewRaised
    | ReviewClosed
)


@dataclass(frozen=True, slots=True)
class Key:
    """Who said it, in which life of its database, as its how-manieth word."""

    device: DeviceId
    epoch: int
    n: int


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its circumstances: `at` is UTC milliseconds by the device's clock (never used to order), `person`
    the badge signed in, `position` the hub's number once it has one."""

    key: Key
    at: int
    person: Badge
    body: Event
    position: int | None = None

    @property
    def seconds(self) -> int:
        return self.at // 1000
