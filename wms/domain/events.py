"""Events: what happened, in the past tense, never changed afterwards.

An event's key (device, epoch, n) makes sending it again harmless. Bodies carry everything a projection needs; no
projection looks at a clock or at chance. A new field gets a default, so that old journals stay readable.
"""

from __future__ import annotations

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
from wms.domain.records import Record

# The site: what setup says. Saying the same again changes nothing.


class SiteNamed(Record):
    name: str
    zone: str
    sender: str = ""  # the lines of the sender's address on labels


class CategoryDefined(Record):
    category: Category


class ItemDefined(Record):
    """`codes` are (code, units): the item's GTINs and aliases, cases with their own quantity. They replace the old."""

    item: Item
    codes: tuple[tuple[str, int], ...]


class PlaceDefined(Record):
    place: Place


class PersonDefined(Record):
    person: Person


class CartonDefined(Record):
    carton: Carton


class ChannelDefined(Record):
    channel: Channel


class CarrierDefined(Record):
    code: CarrierCode
    zh: str
    en: str
    staging: PlaceId
    prefix: str
    digits: int
    first: int
    last: int


# Goods in and about.


class GoodsReceived(Record):
    receipt: str
    sku: Sku
    lot: LotId
    quantity: int
    place: PlaceId
    expiry: str = ""
    held: bool = False  # until its inspection lot is accepted


class StockMoved(Record):
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    reason: str = ""


class StockAdjusted(Record):
    """A correction with a reason: `difference` units more (or less) than the books said."""

    sku: Sku
    lot: LotId
    place: PlaceId
    difference: int
    reason: str


# Orders.


class OrderReceived(Record):
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


class OrderHeld(Record):
    order: OrderId
    reason: str


class OrderReleased(Record):
    order: OrderId


class OrderCancelled(Record):
    """The customer or the channel took the order back; `refund` tells a refund request from a cancellation."""

    order: OrderId
    refund: bool = False
    reason: str = ""


class PartialAllowed(Record):
    """A supervisor lets a short order go with what was picked."""

    order: OrderId


class RecipientRevealed(Record):
    order: OrderId
    why: str


# Waves.


class PlannedTask(Record):
    id: TaskId
    order: OrderId
    line: int
    sku: Sku
    place: PlaceId
    lot: LotId
    quantity: int
    sequence: int
    slot: int


class PlannedBatch(Record):
    id: BatchId
    ship_by: int
    orders: tuple[OrderId, ...]  # slot n carries orders[n - 1]
    tasks: tuple[PlannedTask, ...]


class WaveReleased(Record):
    wave: WaveId
    category: CategoryCode
    ship_by: int
    batches: tuple[PlannedBatch, ...]


class BatchClaimed(Record):
    batch: BatchId
    person: Badge
    device: DeviceId
    cart: PlaceId = PlaceId("")


# Picking.


class BinConfirmed(Record):
    task: TaskId


class ToteAssigned(Record):
    batch: BatchId
    slot: int
    tote: PlaceId


class UnitsTaken(Record):
    """Units left the bin. `lot` may differ from the planned one when the label in the bin says otherwise."""

    task: TaskId
    quantity: int
    lot: LotId


class UnitsReturned(Record):
    """Undo: units went back from the hand into the bin."""

    task: TaskId
    quantity: int
    lot: LotId


class UnitsPut(Record):
    task: TaskId
    quantity: int
    tote: PlaceId


class UnitsUnput(Record):
    """Undo: units came back from the tote into the hand."""

    task: TaskId
    quantity: int
    tote: PlaceId


class TaskSkipped(Record):
    task: TaskId


class PickShorted(Record):
    """`missing` units can't be taken here. `damaged` ones lay there but were not fit to send: they went to scrap.

    `replaced_by` are other tasks of the same walk that take from other stock; what they don't cover is short.
    """

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0
    replaced_by: tuple[PlannedTask, ...] = ()


class ZeroChecked(Record):
    """The picker looked whether the bin is really empty: `left` units of the item lie there, `expected` were booked."""

    place: PlaceId
    sku: Sku
    lot: LotId
    left: int
    expected: int


class TotesDropped(Record):
    batch: BatchId
    staging: PlaceId


# Sampling inspection.


class DrawnUnit(Record):
    source: str
    unit: int
    sku: Sku
    lot: LotId
    order: OrderId = OrderId("")
    place: PlaceId = PlaceId("")


class SampleDrawn(Record):
    inspection: InspectionId
    kind: str
    reference: str
    category: CategoryCode
    population: int
    percent: int
    seed: str
    units: tuple[DrawnUnit, ...]


class SampleSeen(Record):
    inspection: InspectionId
    n: int


class SampleJudged(Record):
    inspection: InspectionId
    n: int
    passed: bool
    reason: str = ""
    undone: bool = False  # the verdict is taken back: the unit is to be judged again


class LotDisposed(Record):
    """A supervisor's decision on a held batch: `accept`, `sort` (every unit, drawn as `units`) or `reject`."""

    inspection: InspectionId
    decision: str
    reason: str
    units: tuple[DrawnUnit, ...] = ()


# Packing.


class PackingStarted(Record):
    order: OrderId
    parcel: ParcelId


class UnitsPacked(Record):
    """Verified by scan and laid into a parcel; `lot` and `tote` say which units."""

    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


class UnitsUnpacked(Record):
    parcel: ParcelId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int


class UnitsMissing(Record):
    """Units that should lie in the tote don't, or are not fit to send (`damaged`): the line is that much shorter."""

    order: OrderId
    line: int
    sku: Sku
    lot: LotId
    tote: PlaceId
    quantity: int
    damaged: bool = False


class PackingSetAside(Record):
    """The packer put everything back into the tote and the tote aside; the order leaves the bench undone."""

    order: OrderId


class ParcelOpened(Record):
    """Another parcel of the same order was begun."""

    order: OrderId
    parcel: ParcelId
    n: int


class PackingVerified(Record):
    """The last unit was verified; only now may labels be made."""

    order: OrderId


class CartonChosen(Record):
    parcel: ParcelId
    carton: CartonCode


class ParcelWeighed(Record):
    """`by` is `scale` or `keypad`; `reason` says why it was typed, or why a weight off the expected was accepted."""

    parcel: ParcelId
    weight_g: int
    expected_g: int
    by: str
    reason: str = ""


class WaybillsLeased(Record):
    lease: str
    carrier: CarrierCode
    device: DeviceId
    first: int
    last: int
    epoch: int = 1


class WaybillAssigned(Record):
    parcel: ParcelId
    carrier: CarrierCode
    number: str
    lease: str
    counter: int


class LabelRequested(Record):
    """A label shall be printed; `reprint` labels carry a mark."""

    parcel: ParcelId
    reprint: bool = False
    reason: str = ""


class LabelPrinted(Record):
    """The printer took it: `proof` is true where the printer said so itself."""

    parcel: ParcelId
    proof: bool


class LabelVerified(Record):
    parcel: ParcelId


class ParcelStaged(Record):
    parcel: ParcelId
    place: PlaceId


class ParcelVoided(Record):
    """The parcel will not go; its goods lie at `place`, to be put back."""

    parcel: ParcelId
    place: PlaceId
    reason: str


class OrderDiverted(Record):
    """Goods of a stopped order were brought to the returns shelf, from totes and parcels alike."""

    order: OrderId
    place: PlaceId


# Handover.


class ManifestOpened(Record):
    manifest: ManifestId
    carrier: CarrierCode


class ParcelLoaded(Record):
    manifest: ManifestId
    parcel: ParcelId


class ParcelUnloaded(Record):
    manifest: ManifestId
    parcel: ParcelId


class ManifestClosed(Record):
    """The courier signed. `missing` counts staged parcels that stayed behind. Nobody signs for an empty manifest."""

    manifest: ManifestId
    signed_by: str
    missing: int = 0


# People, devices, decisions.


class SignedIn(Record):
    badge: Badge
    role: str


class SignedOut(Record):
    badge: Badge


class ScanRefused(Record):
    """A scan that did not count, kept with what was read: mis-scans are figures, not noise."""

    raw: str
    screen: str
    why: str


class ReviewRaised(Record):
    """A device noticed something a person must mend: a printer's fault, a clock that jumped, a restored copy."""

    kind: str
    subject: str
    detail: str = ""


class ReviewClosed(Record):
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
    | PackingSetAside
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


class Key(Record):
    """Who said it, in which life of its database, as its how-manieth word."""

    device: DeviceId
    epoch: int
    n: int


class Fact(Record):
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
