"""Commands: what somebody wants to happen, in the imperative. A handler answers with events, or says why not.

`INTENTS` are those that need the one who decides (the hub, or this terminal when it is alone): who gets which work,
which numbers, what is released. All others tell of things that have happened on the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

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
)

# Orders and goods


@dataclass(frozen=True, slots=True)
class IncomingOrder:
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


@dataclass(frozen=True, slots=True)
class TakeOrders:
    """Orders come in. Those the free stock can't cover are held before anything is promised."""

    orders: tuple[IncomingOrder, ...]


@dataclass(frozen=True, slots=True)
class HoldOrder:
    order: OrderId
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    order: OrderId


@dataclass(frozen=True, slots=True)
class CancelOrder:
    order: OrderId
    refund: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AllowPartial:
    order: OrderId


@dataclass(frozen=True, slots=True)
class RevealRecipient:
    order: OrderId
    why: str


@dataclass(frozen=True, slots=True)
class ReceiveGoods:
    receipt: str
    sku: Sku
    lot: LotId
    quantity: int
    place: PlaceId
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class MoveStock:
    sku: Sku
    lot: LotId
    quantity: int
    source: PlaceId
    target: PlaceId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AdjustStock:
    sku: Sku
    lot: LotId
    place: PlaceId
    difference: int
    reason: str


# Waves and picking


@dataclass(frozen=True, slots=True)
class ReleaseWaves:
    """Plan and release the ready orders, of one category or of all; `slots` totes to a cart."""

    category: CategoryCode | None = None
    orders: int = 60
    slots: int = 12


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """Give me my unfinished cart trip, else the next by ship-by."""

    device: DeviceId
    cart: PlaceId


@dataclass(frozen=True, slots=True)
class ConfirmBin:
    task: TaskId


@dataclass(frozen=True, slots=True)
class TakeUnits:
    task: TaskId
    quantity: int
    lot: LotId


@dataclass(frozen=True, slots=True)
class ReturnUnits:
    task: TaskId
    quantity: int


@dataclass(frozen=True, slots=True)
class PutUnits:
    """Lay what is in the hand into a tote; a free tote becomes the slot's."""

    task: TaskId
    tote: PlaceId


@dataclass(frozen=True, slots=True)
class UnputUnits:
    task: TaskId


@dataclass(frozen=True, slots=True)
class SkipTask:
    task: TaskId


@dataclass(frozen=True, slots=True)
class ShortPick:
    """`missing` units can't be taken here; `damaged` of them lie there but are not fit to send."""

    task: TaskId
    missing: int
    reason: str
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class CheckZero:
    """What a look into the bin found: `left` units of the item."""

    place: PlaceId
    sku: Sku
    lot: LotId
    left: int


@dataclass(frozen=True, slots=True)
class DropTotes:
    batch: BatchId
    staging: PlaceId


# Inspection


@dataclass(frozen=True, slots=True)
class SeeSample:
    inspection: InspectionId
    n: int


@dataclass(frozen=True, slots=True)
class JudgeSample:
    inspection: InspectionId
    n: int
    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UndoJudgement:
    inspection: InspectionId
    n: int


@dataclass(frozen=True, slots=True)
class DisposeLot:
    """`decision` is accept, sort or reject."""

    inspection: InspectionId
    decision: str
    reason: str


# Packing


@dataclass(frozen=True, slots=True)
class StartPacking:
    order: OrderId


@dataclass(frozen=True, slots=True)
class PackUnits:
    """Units of an item were verified by scan; `lot` only where the scan told it."""

    order: OrderId
    sku: Sku
    quantity: int
    lot: LotId = LotId("")


@dataclass(frozen=True, slots=True)
class UnpackUnits:
    """Undo: the last verified units of that item go back."""

    parcel: ParcelId
    sku: Sku
    quantity: int


@dataclass(frozen=True, slots=True)
class ReportMissing:
    order: OrderId
    sku: Sku
    quantity: int
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class OpenParcel:
    order: OrderId


@dataclass(frozen=True, slots=True)
class ChooseCarton:
    parcel: ParcelId
    carton: CartonCode


@dataclass(frozen=True, slots=True)
class WeighParcel:
    """`by` is scale or keypad; with `reason` an unexpected weight is accepted. The waybill and its label follow."""

    parcel: ParcelId
    weight_g: int
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LeaseWaybills:
    carrier: CarrierCode
    device: DeviceId
    epoch: int
    count: int = 200


@dataclass(frozen=True, slots=True)
class ReprintLabel:
    parcel: ParcelId
    reason: str


@dataclass(frozen=True, slots=True)
class ReportPrinted:
    parcel: ParcelId
    proof: bool


@dataclass(frozen=True, slots=True)
class VerifyLabel:
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class StageParcel:
    parcel: ParcelId
    place: PlaceId


@dataclass(frozen=True, slots=True)
class DivertOrder:
    order: OrderId
    place: PlaceId


# Handover


@dataclass(frozen=True, slots=True)
class OpenManifest:
    carrier: CarrierCode


@dataclass(frozen=True, slots=True)
class LoadParcel:
    manifest: ManifestId
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class UnloadParcel:
    manifest: ManifestId
    parcel: ParcelId


@dataclass(frozen=True, slots=True)
class CloseManifest:
    manifest: ManifestId
    signed_by: str


# People and reviews


@dataclass(frozen=True, slots=True)
class SignIn:
    badge: Badge
    role: str


@dataclass(frozen=True, slots=True)
class SignOut:
    badge: Badge


@dataclass(frozen=True, slots=True)
class RefuseScan:
    raw: str
    screen: str
    why: str


@dataclass(frozen=True, slots=True)
class RaiseReview:
    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CloseReview:
    review: str
    decision: str


Command: TypeAlias = (
    TakeOrders
    | HoldOrder
    | ReleaseOrder
    | CancelOrder
    | AllowPartial
    | RevealRecipient
    | ReceiveGoods
    | MoveStock
    | AdjustStock
    | ReleaseWaves
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
    | OpenParcel
    | ChooseCarton
    | WeighParcel
    | LeaseWaybills
    | ReprintLabel
    | ReportPrinted
    | VerifyLabel
    | StageParcel
    | DivertOrder
    | OpenManifest
    | LoadParcel
    | UnloadParcel
    | CloseManifest
    | SignIn
    | SignOut
    | RefuseScan
    | RaiseReview
    | CloseReview
)

INTENTS: tuple[type, ...] = (
    HoldOrder,
    ReleaseOrder,
    CancelOrder,
    AllowPartial,
    TakeOrders,
    ReleaseWaves,
    ClaimBatch,
    DisposeLot,
    LeaseWaybills,
)
