"""Commands: what somebody wants to happen, in the imperative. A handler answers with events, or says why not.

`INTENTS` are those that need the one who decides (the hub, or this terminal when it is alone): who gets which work,
which numbers, what is released. All others tell of things that have happened on the floor.
"""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.commands_channels import (
    ChannelCommand,
    CompleteGroup,
    KeepOrder,
    OfferChange,
    ReportShipments,
    TakeChange,
)
from wms.domain.commands_labelling import (
    AwaitLabel,
    BindWaybill,
    GiveLabelData,
    LabelFor,
    LabellingCommand,
    LabelParcel,
    SeeInstructions,
    UnbindWaybill,
)
from wms.domain.commands_mending import (
    AskCount,
    AskPutBack,
    BeginPutBack,
    BringTotesTogether,
    CountStock,
    GiveBackBatch,
    GiveToBench,
    MendingCommand,
    PutBackUnits,
    ReassignBatch,
    RenewWalk,
    ResumeOrder,
    RevokeNumber,
    SettleSurplus,
    UseSurplus,
)
from wms.domain.events.waves import WaveReleased
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
from wms.domain.labelling import GivenLabel
from wms.domain.records import Record

# Orders and goods


class IncomingOrder(Record):
    """An order as an import understood it. `problems` keep it held; `lines` name known items only."""

    order: OrderId
    channel: ChannelCode
    reference: str
    ship_by: int
    carrier: CarrierCode
    lines: tuple[tuple[Sku, int], ...]
    problems: tuple[str, ...] = ()
    cancelled: bool = False
    masked: str = ""
    sealed: str = ""
    placed: int = 0
    amount: int = -1
    currency: str = ""
    kind: str = ""
    not_before: int = 0
    instructions: tuple[str, ...] = ()
    waiting: bool = False  # the group that buys together is not complete yet
    ship_by_given: bool = False  # by the channel, not by the policy for it
    unknown: tuple[tuple[str, int], ...] = ()  # as in `OrderReceived`
    offered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    nolabel: bool = False
    remarked: bool = False
    gifts: tuple[int, ...] = ()
    label: GivenLabel = GivenLabel()


class TakeOrders(Record):
    """Orders come in. Those the free stock can't cover are held before a wave can take them."""

    orders: tuple[IncomingOrder, ...]


class HoldOrder(Record):
    """One that is held already gets the reasons it does not have yet."""

    order: OrderId
    reason: str


class NoteReviewed(Record):
    """The site's rules were applied to these orders."""

    orders: tuple[OrderId, ...]


class AskAboutOrder(Record):
    """The customer or the channel was asked about a held order."""

    order: OrderId
    note: str


class MatchLine(Record):
    """An unknown code of a held order means this item."""

    order: OrderId
    code: str
    sku: Sku


class ReleaseOrder(Record):
    """One that only waits for its day or its group needs a reason why it goes `early`."""

    order: OrderId
    early: str = ""


class CancelOrder(Record):
    order: OrderId
    refund: bool = False
    reason: str = ""


class AllowPartial(Record):
    order: OrderId


class RevealRecipient(Record):
    order: OrderId
    why: str


class ReceiveGoods(Record):
    receipt: str
    sku: Sku
    lot: LotId
    quantity: int
    place: PlaceId
    expiry: str = ""


class MoveStock(Record):
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    reason: str = ""


class AdjustStock(Record):
    sku: Sku
    lot: LotId
    place: PlaceId
    difference: int
    reason: str


# Waves and picking


class ReleaseWaves(Record):
    """Plan and release the ready orders, of one category or of all; at most `orders` in a wave and `slots` totes to a
    cart, 0 for as many as the site's rules say."""

    category: CategoryCode | None = None
    orders: int = 0
    slots: int = 0


class ReleasePlan(Record):
    """Release these waves, which were planned before. What does not fit any more is left with its reason; the waves get
    the numbers that are next. `left` are orders that the plan left out, each with its reason; `orders` and `slots` what
    it was made with, as in `ReleaseWaves`."""

    waves: tuple[WaveReleased, ...]
    left: tuple[tuple[OrderId, str], ...] = ()
    orders: int = 0
    slots: int = 0


class RegroupWaves(Record):
    """Put the walks of these waves that nobody has begun together anew; without names, of all waves."""

    waves: tuple[WaveId, ...] = ()


class SetWaveRules(Record):
    """The site's own planning rules (`wms.planning.rules`), in the place of those before."""

    text: str


class ClaimBatch(Record):
    """Give me my unfinished cart trip, else the next by ship-by."""

    device: DeviceId
    cart: PlaceId


class ConfirmBin(Record):
    task: TaskId


class TakeUnits(Record):
    task: TaskId
    quantity: int
    lot: LotId


class ReturnUnits(Record):
    task: TaskId
    quantity: int


class PutUnits(Record):
    """Lay what is in the hand into a tote; a free tote becomes the slot's."""

    task: TaskId
    tote: PlaceId


class UnputUnits(Record):
    task: TaskId


class SkipTask(Record):
    task: TaskId


class ShortPick(Record):
    """`missing` units can't be taken here; `damaged` of them lie there but are not fit to send."""

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0


class CheckZero(Record):
    """What a look into the bin found: `left` units of the item."""

    place: PlaceId
    sku: Sku
    lot: LotId
    left: int


class DropTotes(Record):
    batch: BatchId
    staging: PlaceId


# Inspection


class SeeSample(Record):
    inspection: InspectionId
    n: int


class JudgeSample(Record):
    inspection: InspectionId
    n: int
    passed: bool
    reason: str = ""


class UndoJudgement(Record):
    inspection: InspectionId
    n: int


class DisposeLot(Record):
    """`decision` is accept, sort or reject."""

    inspection: InspectionId
    decision: str
    reason: str


# Packing


class StartPacking(Record):
    order: OrderId


class PackUnits(Record):
    """Units of an item were verified by scan; `lot` only where the scan told it."""

    order: OrderId
    sku: Sku
    quantity: int
    lot: LotId = LotId("")


class UnpackUnits(Record):
    """Undo: the last verified units of that item go back."""

    parcel: ParcelId
    sku: Sku
    quantity: int


class ReportMissing(Record):
    order: OrderId
    sku: Sku
    quantity: int
    damaged: bool = False


class SetAside(Record):
    """Packing can't go on now: everything goes back into the tote."""

    order: OrderId


class OpenParcel(Record):
    order: OrderId


class ChooseCarton(Record):
    parcel: ParcelId
    carton: CartonCode


class WeighParcel(Record):
    """`by` is scale or keypad; with `reason` an unexpected weight is accepted. The waybill and its label follow."""

    parcel: ParcelId
    weight_g: int
    by: str
    reason: str = ""


class LeaseWaybills(Record):
    carrier: CarrierCode
    device: DeviceId
    epoch: int
    count: int = 200


class ReprintLabel(Record):
    parcel: ParcelId
    reason: str


class VoidLabel(Record):
    """Spoil a label's waybill number, so that the parcel gets the next one and a label with it."""

    parcel: ParcelId
    reason: str


class ReportPrinted(Record):
    parcel: ParcelId
    proof: bool


class VerifyLabel(Record):
    parcel: ParcelId


class StageParcel(Record):
    parcel: ParcelId
    place: PlaceId


class DivertOrder(Record):
    order: OrderId
    place: PlaceId


# Handover


class OpenManifest(Record):
    carrier: CarrierCode


class LoadParcel(Record):
    manifest: ManifestId
    parcel: ParcelId


class UnloadParcel(Record):
    manifest: ManifestId
    parcel: ParcelId


class CloseManifest(Record):
    manifest: ManifestId
    signed_by: str


class DropManifest(Record):
    """The wrong courier was chosen: nothing was loaded, so nobody signs."""

    manifest: ManifestId


# People and reviews


class SignIn(Record):
    badge: Badge
    role: str


class SignOut(Record):
    badge: Badge


class RehashPin(Record):
    """The PIN was right, and its hash is of an older kind: see `PinRehashed`."""

    badge: Badge
    replaces: str
    pin: str


class UnlockPin(Record):
    badge: Badge


class RefuseScan(Record):
    raw: str
    screen: str
    why: str
    task: TaskId = TaskId("")


class RaiseReview(Record):
    kind: str
    subject: str
    detail: str = ""


class CloseReview(Record):
    review: str
    decision: str


Command: TypeAlias = (
    TakeOrders
    | HoldOrder
    | AskAboutOrder
    | NoteReviewed
    | MatchLine
    | ReleaseOrder
    | CancelOrder
    | AllowPartial
    | RevealRecipient
    | ReceiveGoods
    | MoveStock
    | AdjustStock
    | ReleaseWaves
    | ReleasePlan
    | RegroupWaves
    | SetWaveRules
    | ClaimBatch
    | ConfirmBin
    | TakeUnits
    | ReturnUnits
    | PutUnits
    | UnputUnits
    | SkipTask
    | ShortPick
    | CheckZero
    | DropTotes
    | SeeSample
    | JudgeSample
    | UndoJudgement
    | DisposeLot
    | StartPacking
    | PackUnits
    | UnpackUnits
    | ReportMissing
    | SetAside
    | OpenParcel
    | ChooseCarton
    | WeighParcel
    | LeaseWaybills
    | ReprintLabel
    | VoidLabel
    | ReportPrinted
    | VerifyLabel
    | StageParcel
    | DivertOrder
    | OpenManifest
    | LoadParcel
    | UnloadParcel
    | CloseManifest
    | DropManifest
    | SignIn
    | SignOut
    | RehashPin
    | UnlockPin
    | RefuseScan
    | RaiseReview
    | CloseReview
    | LabellingCommand
    | MendingCommand
    | ChannelCommand
)

INTENTS: tuple[type, ...] = (
    GiveLabelData,
    HoldOrder,
    AskAboutOrder,
    NoteReviewed,
    MatchLine,
    ReleaseOrder,
    CompleteGroup,
    OfferChange,
    TakeChange,
    KeepOrder,
    ReportShipments,
    CancelOrder,
    AllowPartial,
    TakeOrders,
    ReleaseWaves,
    ReleasePlan,
    RegroupWaves,
    SetWaveRules,
    ClaimBatch,
    RenewWalk,
    ReassignBatch,
    DisposeLot,
    LeaseWaybills,
    RevokeNumber,
    GiveToBench,
)

__all__ = [
    "INTENTS",
    "AdjustStock",
    "AllowPartial",
    "AskAboutOrder",
    "AskCount",
    "AskPutBack",
    "AwaitLabel",
    "BeginPutBack",
    "BindWaybill",
    "BringTotesTogether",
    "CancelOrder",
    "CheckZero",
    "ChooseCarton",
    "ClaimBatch",
    "CloseManifest",
    "CloseReview",
    "Command",
    "CompleteGroup",
    "ConfirmBin",
    "CountStock",
    "DisposeLot",
    "DivertOrder",
    "DropManifest",
    "DropTotes",
    "GiveBackBatch",
    "GiveLabelData",
    "GiveToBench",
    "HoldOrder",
    "IncomingOrder",
    "JudgeSample",
    "KeepOrder",
    "LabelFor",
    "LabelParcel",
    "LeaseWaybills",
    "LoadParcel",
    "MatchLine",
    "MoveStock",
    "NoteReviewed",
    "OfferChange",
    "OpenManifest",
    "OpenParcel",
    "PackUnits",
    "PutBackUnits",
    "PutUnits",
    "RaiseReview",
    "ReassignBatch",
    "ReceiveGoods",
    "RefuseScan",
    "RegroupWaves",
    "ReleaseOrder",
    "ReleasePlan",
    "ReleaseWaves",
    "RenewWalk",
    "ReportMissing",
    "ReportPrinted",
    "ReportShipments",
    "ReprintLabel",
    "ResumeOrder",
    "ReturnUnits",
    "RevealRecipient",
    "RevokeNumber",
    "SeeInstructions",
    "SeeSample",
    "SetAside",
    "SetWaveRules",
    "SettleSurplus",
    "ShortPick",
    "SignIn",
    "SignOut",
    "SkipTask",
    "StageParcel",
    "StartPacking",
    "TakeChange",
    "TakeOrders",
    "TakeUnits",
    "UnbindWaybill",
    "UndoJudgement",
    "UnloadParcel",
    "UnpackUnits",
    "UnputUnits",
    "UseSurplus",
    "VerifyLabel",
    "VoidLabel",
    "WeighParcel",
]
