"""Events: what happened, in the past tense, never changed afterwards.

An event's key (device, epoch, n) makes sending it again harmless. Bodies carry everything a projection needs; no
projection looks at a clock or at chance. A new field gets a default, so that old journals stay readable.
"""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.events.channels import OrderChanged, OrderChangeKept, OrderChangeOffered, ShipmentsReported
from wms.domain.events.goods import GoodsReceived, StockAdjusted, StockCounted, StockMoved
from wms.domain.events.inspection import DrawnUnit, LotDisposed, SampleDrawn, SampleJudged, SampleSeen
from wms.domain.events.labelling import (
    InstructionsSeen,
    LabelAwaited,
    LabelDataGiven,
    WaybillBound,
    WaybillUnbound,
)
from wms.domain.events.mending import (
    CountAsked,
    JobGiven,
    NumberRevoked,
    OrderResumed,
    PutBackAsked,
    PutBackBegun,
    SurplusSettled,
    SurplusUsed,
    TotesBroughtTogether,
    UnitsPutBack,
)
from wms.domain.events.orders import (
    OrderAsked,
    OrderCancelled,
    OrderHeld,
    OrderLineMatched,
    OrderReceived,
    OrderReleased,
    OrdersReviewed,
    PartialAllowed,
    RecipientErased,
    RecipientRevealed,
)
from wms.domain.events.packing import (
    CartonChosen,
    LabelPrinted,
    LabelRequested,
    LabelVerified,
    LabelVoided,
    OrderDiverted,
    PackingSetAside,
    PackingStarted,
    PackingVerified,
    ParcelOpened,
    ParcelStaged,
    ParcelVoided,
    ParcelWeighed,
    UnitsMissing,
    UnitsPacked,
    UnitsUnpacked,
    WaybillAssigned,
    WaybillsLeased,
)
from wms.domain.events.people import (
    FactUnreadable,
    PinRehashed,
    PinUnlocked,
    ReviewClosed,
    ReviewRaised,
    ScanRefused,
    SignedIn,
    SignedOut,
)
from wms.domain.events.picking import (
    BinConfirmed,
    PickShorted,
    TaskSkipped,
    ToteAssigned,
    TotesDropped,
    UnitsPut,
    UnitsReturned,
    UnitsTaken,
    UnitsUnput,
    ZeroChecked,
)
from wms.domain.events.shipping import ManifestClosed, ManifestOpened, ParcelLoaded, ParcelUnloaded
from wms.domain.events.site import (
    CarrierDefined,
    CartonDefined,
    CategoryDefined,
    ChannelDefined,
    FloorDrawn,
    ItemDefined,
    PersonDefined,
    PlaceDefined,
    SiteNamed,
)
from wms.domain.events.waves import (
    BatchClaimed,
    BatchGivenBack,
    BatchReassigned,
    MovedTask,
    OrdersLeft,
    PlannedBatch,
    PlannedTask,
    RegroupedBatch,
    WaveRegrouped,
    WaveReleased,
    WaveRulesSet,
)
from wms.domain.ids import Badge, DeviceId
from wms.domain.records import Record

VERSION = 4
"""Counts the shapes of events and of what terminals and hub say. Raise it with each new kind of event and each new
field, in the change that brings it."""

Event: TypeAlias = (
    SiteNamed
    | CategoryDefined
    | ItemDefined
    | PlaceDefined
    | FloorDrawn
    | PersonDefined
    | CartonDefined
    | ChannelDefined
    | CarrierDefined
    | GoodsReceived
    | StockMoved
    | StockAdjusted
    | OrderReceived
    | OrderHeld
    | OrderAsked
    | OrdersReviewed
    | OrderLineMatched
    | OrderReleased
    | OrderCancelled
    | PartialAllowed
    | OrderChangeOffered
    | OrderChanged
    | OrderChangeKept
    | ShipmentsReported
    | RecipientErased
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
    | LabelVoided
    | ParcelStaged
    | ParcelVoided
    | OrderDiverted
    | LabelDataGiven
    | LabelAwaited
    | WaybillBound
    | WaybillUnbound
    | InstructionsSeen
    | ManifestOpened
    | ParcelLoaded
    | ParcelUnloaded
    | ManifestClosed
    | SignedIn
    | SignedOut
    | ScanRefused
    | PinRehashed
    | PinUnlocked
    | ReviewRaised
    | ReviewClosed
    | StockCounted
    | BatchGivenBack
    | BatchReassigned
    | CountAsked
    | JobGiven
    | NumberRevoked
    | OrderResumed
    | PutBackAsked
    | PutBackBegun
    | SurplusSettled
    | SurplusUsed
    | TotesBroughtTogether
    | UnitsPutBack
    | OrdersLeft
    | WaveRegrouped
    | WaveRulesSet
    | FactUnreadable
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


__all__ = [
    "VERSION",
    "BatchClaimed",
    "BatchGivenBack",
    "BatchReassigned",
    "BinConfirmed",
    "CarrierDefined",
    "CartonChosen",
    "CartonDefined",
    "CategoryDefined",
    "ChannelDefined",
    "CountAsked",
    "DrawnUnit",
    "Event",
    "Fact",
    "FactUnreadable",
    "FloorDrawn",
    "GoodsReceived",
    "InstructionsSeen",
    "ItemDefined",
    "JobGiven",
    "Key",
    "LabelAwaited",
    "LabelDataGiven",
    "LabelPrinted",
    "LabelRequested",
    "LabelVerified",
    "LabelVoided",
    "LotDisposed",
    "ManifestClosed",
    "ManifestOpened",
    "MovedTask",
    "NumberRevoked",
    "OrderAsked",
    "OrderCancelled",
    "OrderChangeKept",
    "OrderChangeOffered",
    "OrderChanged",
    "OrderDiverted",
    "OrderHeld",
    "OrderLineMatched",
    "OrderReceived",
    "OrderReleased",
    "OrderResumed",
    "OrdersLeft",
    "OrdersReviewed",
    "PackingSetAside",
    "PackingStarted",
    "PackingVerified",
    "ParcelLoaded",
    "ParcelOpened",
    "ParcelStaged",
    "ParcelUnloaded",
    "ParcelVoided",
    "ParcelWeighed",
    "PartialAllowed",
    "PersonDefined",
    "PickShorted",
    "PinRehashed",
    "PinUnlocked",
    "PlaceDefined",
    "PlannedBatch",
    "PlannedTask",
    "PutBackAsked",
    "PutBackBegun",
    "RecipientErased",
    "RecipientRevealed",
    "RegroupedBatch",
    "ReviewClosed",
    "ReviewRaised",
    "SampleDrawn",
    "SampleJudged",
    "SampleSeen",
    "ScanRefused",
    "ShipmentsReported",
    "SignedIn",
    "SignedOut",
    "SiteNamed",
    "StockAdjusted",
    "StockCounted",
    "StockMoved",
    "SurplusSettled",
    "SurplusUsed",
    "TaskSkipped",
    "ToteAssigned",
    "TotesBroughtTogether",
    "TotesDropped",
    "UnitsMissing",
    "UnitsPacked",
    "UnitsPut",
    "UnitsPutBack",
    "UnitsReturned",
    "UnitsTaken",
    "UnitsUnpacked",
    "UnitsUnput",
    "WaveRegrouped",
    "WaveReleased",
    "WaveRulesSet",
    "WaybillAssigned",
    "WaybillBound",
    "WaybillUnbound",
    "WaybillsLeased",
    "ZeroChecked",
]
