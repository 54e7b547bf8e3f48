"""The packing bench.

Scan a tote; every unit is verified by scan before anything else; then for each parcel: carton, weight, label, the
printed label scanned back, and the parcel put to its carrier's place. A cancellation that arrives meanwhile stops
everything: the band becomes the screen and the goods go to the returns shelf.
"""

from __future__ import annotations

from enum import StrEnum

from wms.domain import commands as c
from wms.domain.catalogue import Carton
from wms.domain.ids import OrderId, ParcelId, PlaceId, Sku
from wms.domain.labelling import given_number, known_carrier, label_waits, lacks_label
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus
from wms.domain.places import PlaceKind, inside
from wms.domain.records import Record, replace
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Slot
from wms.workflows import packing_labels, packing_prompts
from wms.workflows import resolve as r
from wms.workflows.handlers.packing import expected_weight, weight_is_off
from wms.workflows.inputs import Chose, Entered, Pressed, ScaleAnswered, Weighed
from wms.workflows.on_scale import answered
from wms.workflows.packing_notes import notes, pages
from wms.workflows.prompt import NOTHING, Msg, Prompt, info, look, msg, msg_n, no, ok
from wms.workflows.say import carrier_name, item_name, refused
from wms.workflows.workflow import Happening, Step, Who, is_scan


class Ask(StrEnum):
    NONE = ""
    CANT = "cant"  # what is wrong with the contents
    OFF = "off"  # the weight is not what it should be
    TYPED = "typed"  # why the weight was typed
    REPRINT = "reprint"


CANT = ("missing", "damaged", "aside")
OFF_REASONS = ("again", "packing material", "item weight is wrong")
TYPED_REASONS = ("scale broken", "too large for the scale")
REPRINT_REASONS = ("nothing came out", "unreadable", "torn")
SPOILED = len(REPRINT_REASONS)  # the last answer: the number itself may not be used
LOOK_REASONS = ("nothing came out", "damaged")
GONE = (ParcelStatus.HANDED_OVER, ParcelStatus.VOID)
DONE = (ParcelStatus.STAGED, ParcelStatus.LOADED, ParcelStatus.HANDED_OVER, ParcelStatus.VOID)


class Packing(Record):
    """Where one bench stands. `order` is None between totes; `parcel` is the one in work."""

    who: Who
    order: Order | None = None
    lines: tuple[OrderLine, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    parcel: Parcel | None = None
    sorted_out: bool = False
    ask: Ask = Ask.NONE
    grams: int = 0  # a weight waiting for its reason
    last: Sku | None = None  # the item verified last, for undo and typed quantities
    stopped: OrderId | None = None  # a tote of this stopped order was scanned
    fault: str = ""  # why nobody knows whether the label came out, or why it can't be made; '' if all is well
    notes: tuple[Msg, ...] = ()  # what the packer must heed
    heeded: bool = False
    page: int = 0  # of the notes
    given: str = ""  # the waybill that was given for the order and that no parcel bears yet
    again: str = ""  # a number that could be goods, scanned once
    waits: bool = False  # the orders that wait for a label are shown

    @property
    def screen(self) -> str:
        if self.stopped or (self.order is not None and self.order.stop):
            return "pack.stop"
        if self.order is None or self.parcel is None:
            return "pack.waits" if self.waits else "pack.tote"
        if self.order.status == OrderStatus.SHORT and not self.sorted_out:
            return "pack.aside"
        if self.notes and not self.heeded:
            return "pack.heed"
        if self.ask:
            return f"pack.{self.ask}"
        if not self.sorted_out:
            return "pack.item"
        match self.parcel.status:
            case ParcelStatus.OPEN:
                return "pack.weigh" if self.parcel.carton else "pack.carton"
            case ParcelStatus.WEIGHED:
                return "pack.print" if self.given else "pack.bind"
            case ParcelStatus.LABELLED:
                return "pack.look" if self.fault else "pack.label"
        return "pack.stage"


class PackWorkflow:
    """`resume`, `step` and `prompt` of packing."""

    def resume(self, rows: Rows, who: Who, last: Packing | None = None) -> Packing:
        jobs = rows.where(PackJob, device=who.device)
        if not jobs:
            stopped = last.stopped if last is not None else None
            still = rows.get(Order, stopped) if stopped else None
            waits = last is not None and last.waits and bool(label_waits(rows))
            back = stopped if still is not None and _to_bring_back(still, rows) else None
            return Packing(who, stopped=back, waits=waits)
        job = max(jobs, key=lambda j: (j.started, j.order_id))
        order = rows.get(Order, job.order_id)
        parcels = tuple(sorted(rows.where(Parcel, order_id=job.order_id), key=lambda p: p.n))
        waiting = [p for p in parcels if p.status not in DONE]
        parcel = (waiting[0] if job.sorted_out else waiting[-1]) if waiting else None
        state = Packing(
            who, order, tuple(rows.where(OrderLine, order_id=job.order_id)), parcels, parcel, job.sorted_out
        )
        if parcel is not None:
            state = replace(state, fault=label_fault(rows, parcel.id))
        state = _with_notes(state, job, last, rows)
        same = last is not None and last.parcel is not None and parcel is not None and last.parcel.id == parcel.id
        if last is not None and same and last.parcel is not None and parcel is not None:
            ask = last.ask if last.parcel.status == parcel.status and last.fault == state.fault else Ask.NONE
            page = last.page if not state.heeded else 0
            return replace(state, ask=ask, grams=last.grams, last=last.last, page=page, again=last.again)
        return state

    def prompt(self, state: Packing, rows: Rows) -> Prompt:
        return packing_prompts.prompt(state, rows)

    def step(self, state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
        if isinstance(happening, Pressed) and happening.key == "escape" and state.ask:
            return Step(replace(state, ask=Ask.NONE, grams=0))
        match state.screen:
            case "pack.waits":
                return _waits(state, happening, rows)
            case "pack.heed":
                return _heed(state, happening, rows)
            case "pack.bind":
                return packing_labels.bind(state, happening, rows)
            case "pack.print":
                return packing_labels.made(state, happening, rows)
            case "pack.stop":
                return _stop(state, happening, rows)
            case "pack.tote":
                return _tote(state, happening, rows)
            case "pack.aside":
                return _aside(state, happening, rows)
            case "pack.item":
                return _item(state, happening, rows)
            case "pack.carton":
                return _carton(state, happening, rows)
            case "pack.weigh":
                return _weigh(state, happening, rows)
            case "pack.label":
                return _label(state, happening, rows)
            case "pack.look":
                return _look(state, happening, rows)
            case "pack.stage":
                return _stage(state, happening, rows)
        return _answer(state, happening, rows)


def _with_notes(state: Packing, job: PackJob, last: Packing | None, rows: Rows) -> Packing:
    """What is sealed is opened once an order."""
    order = state.order
    if order is None:
        return state
    known = last is not None and last.order is not None and last.order.id == order.id
    found = last.notes if known and last is not None else notes(order, state.who)
    return replace(state, notes=found, heeded=job.heeded, given=given_number(rows, order.id))


def label_fault(rows: Rows, parcel: ParcelId) -> str:
    """What stands in the open review of a parcel's label: `broken` off, from a `restored` copy, or `layout,field,why`;
    '' if nobody is asked to look."""
    found = rows.get(Review, f"label/{parcel}")
    return found.detail if found is not None and found.open else ""


def _to_bring_back(order: Order, rows: Rows) -> bool:
    """A stopped order of which something lies in a tote or in a parcel that the courier has not got."""
    in_totes = any(slot.tote for slot in rows.where(Slot, order_id=order.id))
    in_parcels = any(parcel.status not in GONE for parcel in rows.where(Parcel, order_id=order.id))
    return bool(order.stop) and (in_totes or in_parcels)


def _stop(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    order = state.stopped or (state.order.id if state.order is not None else None)
    match happening:
        case r.PlaceScan(place=place, kind=PlaceKind.RETURNS, wrong_digits=False) if order is not None:
            said = ok(msg("Brought to the returns shelf"), msg("It will be put back from there"))
            return Step(replace(state, stopped=None), (c.DivertOrder(order, place),), said)
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan the label of the returns shelf"))


def _tote(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    match happening:
        case r.ToteScan(place=tote):
            return _open(state, tote, rows)
        case r.OrderScan(order_id=order):
            return _start(state, order, rows)
        case r.WaybillScan(parcel=parcel) if (order_id := _stopped_order(parcel, rows)) is not None:
            return _start(state, order_id, rows)
        case Pressed(key="f5") if label_waits(rows):
            return Step(replace(state, waits=True))
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan a tote from the packing lane"))


def _waits(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """Orders set aside for want of a label: one is taken up again, or a tote scanned as ever."""
    if isinstance(happening, Pressed) and happening.key in ("escape", "f5"):
        return Step(replace(state, waits=False))
    if (order := packing_labels.choose(state, happening, rows)) is not None:
        return _start(replace(state, waits=False), order, rows)
    return _tote(replace(state, waits=False), happening, rows) if is_scan(happening) else Step(state)


def _heed(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """Read once an order: Enter, or its tote scanned again, turns the page and at the end says that it was read."""
    assert state.order is not None  # noqa: S101
    match happening:
        case Pressed(key="enter") | r.ToteScan() | r.OrderScan() if _means_read(state.order, happening, rows):
            if state.page + 1 < len(pages(state.notes)):
                return Step(replace(state, page=state.page + 1))
            seen = ok(msg("Read"), msg("Scan each item") if not state.sorted_out else msg("Go on"))
            return Step(replace(state, page=0), (c.SeeInstructions(state.order.id),), seen)
        case Pressed(key="escape" | "f3"):
            return Step(replace(state, page=max(state.page - 1, 0)))
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Read this first, then Enter"))


def _means_read(order: Order, happening: Happening, rows: Rows) -> bool:
    match happening:
        case r.ToteScan(place=tote):
            return any(slot.order_id == order.id for slot in rows.where(Slot, tote=tote))
        case r.OrderScan(order_id=scanned):
            return scanned == order.id
    return True


def _stopped_order(parcel: ParcelId, rows: Rows) -> OrderId | None:
    """The order of a labelled parcel, if it was cancelled since and has to come back."""
    found = rows.get(Parcel, parcel)
    order = rows.get(Order, found.order_id) if found is not None else None
    return order.id if order is not None and _to_bring_back(order, rows) else None


def _open(state: Packing, tote: PlaceId, rows: Rows) -> Step[Packing]:
    slots = rows.where(Slot, tote=tote)
    if not slots:
        return refused(state, state.screen, r.ToteScan(tote), rows, msg("It is empty"), msg("Scan another tote"))
    return _start(state, slots[0].order_id, rows)


def _start(state: Packing, order: OrderId, rows: Rows) -> Step[Packing]:
    row = rows.get(Order, order)
    if row is not None and _to_bring_back(row, rows):
        stop = c.RefuseScan(order, state.screen, f"stopped:{row.stop}")
        said = no(msg("STOP: this order was cancelled"), msg("Do not label it"))
        return Step(replace(state, stopped=order), (stop,), said)
    reference = row.reference if row is not None else order
    return Step(state, (c.StartPacking(order),), ok(msg("Order {order}", order=reference), msg("Scan each item")))


def _aside(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """A unit of this order failed or is missing while it lay on the bench: a supervisor decides first."""
    if isinstance(happening, Pressed) and happening.key == "enter":
        return _set_aside(state)
    return _wrong(state, happening, rows, msg("Put everything back into the tote, then press Enter"))


def _set_aside(state: Packing) -> Step[Packing]:
    assert state.order is not None  # noqa: S101
    said = info(msg("Set aside"), msg("Scan the tote again when it can go on"))
    return Step(replace(state, ask=Ask.NONE, last=None), (c.SetAside(state.order.id),), said)


def _item(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.order is not None and state.parcel is not None  # noqa: S101, PT018
    match happening:
        case r.ItemScan(sku=sku, quantity=quantity, lot=lot):
            return _pack(state, sku, quantity, rows, c.PackUnits(state.order.id, sku, quantity, lot))
        case Entered(text=text):
            return _typed_quantity(state, text, rows)
        case Pressed(key="f2"):
            return Step(replace(state, ask=Ask.CANT))
        case Pressed(key="f3"):
            return _undo(state, rows)
        case Pressed(key="f5") | r.CommandScan(command="NEWPARCEL"):
            said = info(msg("Parcel {n} begun", n=len(state.parcels) + 1), msg("Scan its first item"))
            return Step(state, (c.OpenParcel(state.order.id),), said)
        case Pressed() | Chose() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan the items of this tote"))


def _pack(state: Packing, sku: Sku, quantity: int, rows: Rows, command: c.PackUnits) -> Step[Packing]:
    lines = [line for line in state.lines if line.sku == sku]
    packed, picked = sum(line.packed for line in lines) + quantity, sum(line.picked for line in lines)
    left = sum(line.picked - line.packed for line in state.lines) - quantity
    name = item_name(rows, sku)
    then = msg("All verified. Choose the carton") if left <= 0 else msg_n("{n} to go", "{n} to go", left)
    said = ok(msg("{item}, {n} of {total}", item=name, n=packed, total=picked), then)
    return Step(replace(state, last=sku), (command,), said)


def _typed_quantity(state: Packing, text: str, rows: Rows) -> Step[Packing]:
    assert state.order is not None  # noqa: S101
    if state.last is None:
        return Step(state, said=no(msg("Scan the item once first"), msg("Then type how many")))
    packed = sum(line.packed for line in state.lines if line.sku == state.last)
    more = int(text[:9]) - packed if text.isascii() and text.isdigit() else 0
    if more <= 0:
        return Step(state, said=no(msg("Type a number above {n}", n=packed)))
    return _pack(state, state.last, more, rows, c.PackUnits(state.order.id, state.last, more))


def _undo(state: Packing, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    inside_it = rows.where(Stock, place=inside(state.parcel.id))
    sku = state.last if any(s.sku == state.last for s in inside_it) else (inside_it[-1].sku if inside_it else None)
    if sku is None:
        return Step(state, said=info(msg("Nothing to undo")))
    said = info(msg("Taken out again: {item}", item=item_name(rows, sku)), msg("Put it back into the tote"))
    return Step(replace(state, last=None), (c.UnpackUnits(state.parcel.id, sku, 1),), said)


def _carton(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    cartons = packing_prompts.cartons(state.parcel, rows)
    match happening:
        case Chose(index=index) if index < len(cartons):
            carton = cartons[index].code
        case r.CartonScan(code=code):
            carton = code
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
        case _:
            return _wrong(state, happening, rows, msg("Scan the carton, or press its number"))
    row = rows.get(Carton, carton)
    name = msg("Carton {carton}", carton=row.code if row is not None else carton)
    return Step(state, (c.ChooseCarton(state.parcel.id, carton),), ok(name, msg("Put the parcel on the scale")))


def _weigh(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    match happening:
        case Weighed(grams=grams):
            return _weighed(state, grams, rows)
        case Entered(text=text):
            if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0:
                return Step(state, said=no(msg("Type the weight in grams")))
            return Step(replace(state, ask=Ask.TYPED, grams=int(text[:9])))
        case ScaleAnswered(command=command, result=result):
            return Step(state, said=answered(command, result))
        case Pressed(key="f5") if "zero" in state.who.scale.can:
            return _zero(state)
        case Pressed(key="f6") if state.who.scale.net and "clear_tare" in state.who.scale.can:
            return Step(state, said=info(msg("Clearing the tare")), scale="clear_tare")
        case Pressed() | Chose():
            return Step(state)
    return _wrong(state, happening, rows, msg("Put the parcel on the scale"))


def _zero(state: Packing) -> Step[Packing]:
    """A light parcel would be zeroed away, and the next weigh too little."""
    if state.who.scale.loaded:
        return Step(state, said=no(msg("Something lies on the scale"), msg("Empty the pan, then F5 again")))
    return Step(state, said=info(msg("Zeroing the scale")), scale="zero")


def _weighed(state: Packing, grams: int, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    expected = expected_weight(state.parcel, rows)
    if weight_is_off(grams, expected):
        said = look(
            msg("{n} g, but {expected} g expected", n=grams, expected=expected),
            msg("Is something missing, or too much?"),
        )
        return Step(replace(state, ask=Ask.OFF, grams=grams), said=said)
    return _labelled(state, grams, "scale", "")


def _labelled(state: Packing, grams: int, by: str, reason: str) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    held_up = state.who.unprinted.trouble
    if held_up.text:
        said = info(msg("{n} g", n=grams), msg("The label waits for the printer"), held_up)
    else:
        said = ok(msg("{n} g", n=grams), msg("The label is printing"))
    if state.order is not None and state.order.nolabel and not state.given:
        said = ok(msg("{n} g", n=grams), msg("Stick the platform's label on"))
    weigh = c.WeighParcel(state.parcel.id, grams, by, reason)
    return Step(replace(state, ask=Ask.NONE, grams=0), (weigh,), said)


def _label(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    match happening:
        case r.WaybillScan(number=number) if number == state.parcel.waybill and (why := _not_out(state)).text:
            refusal = c.RefuseScan(number, state.screen, "unprinted:label")
            then = msg("Stick nothing on before the label comes out")
            return Step(state, (refusal,), no(msg("Not printed yet: {reason}", reason=why), then))
        case r.WaybillScan(number=number, parcel=parcel) if number == state.parcel.waybill:
            place = packing_prompts.staging(state.parcel, rows)
            said = ok(msg("Label verified"), msg("Bring the parcel to {place}", place=place))
            return Step(state, (c.VerifyLabel(parcel),), said)
        case r.WaybillScan(number=number, parcel=parcel):
            wrong = c.RefuseScan(number, state.screen, "wrong:label")
            mine = parcel == state.parcel.id
            what = msg("This label's number is spoiled") if mine else msg("This label belongs to another parcel")
            then = msg("Destroy it") if mine else msg("Take the wrong label off")
            return Step(state, (wrong,), no(what, msg("Wanted: {number}", number=state.parcel.waybill), then))
        case Pressed(key="f2"):
            return Step(replace(state, ask=Ask.REPRINT))
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan the printed label: {number}", number=state.parcel.waybill))


def _not_out(state: Packing) -> Msg:
    """Why this terminal has not printed the parcel's label; nothing if it may be on paper."""
    return state.who.unprinted.why(state.parcel.id) if state.parcel is not None else NOTHING


def _look(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """Nobody knows what is on paper: only what the packer finds at the printer goes on, nothing is sent by itself."""
    assert state.parcel is not None  # noqa: S101
    match happening:
        case Chose(index=0) if state.fault.startswith("layout"):
            return Step(
                state, (c.ReprintLabel(state.parcel.id, "mended"),), said=info(msg("The label is printing again"))
            )
        case Chose(index=index) if index < len(LOOK_REASONS) and not state.fault.startswith("layout"):
            return _print_again(state, LOOK_REASONS[index])
    return _label(state, happening, rows)


def _print_again(state: Packing, reason: str) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    said = info(msg("The label is printing again"), msg("It says REPRINT. Destroy any other of this parcel"))
    return Step(replace(state, ask=Ask.NONE), (c.ReprintLabel(state.parcel.id, reason),), said)


def _stage(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.parcel is not None  # noqa: S101
    match happening:
        case r.PlaceScan(place=place, wrong_digits=False):
            more = [p for p in state.parcels if p.status not in DONE and p.id != state.parcel.id]
            code = known_carrier(rows, state.parcel)
            stands = msg("Parcel stands with {carrier}", carrier=carrier_name(rows, code))
            then = msg("Next parcel of this order") if more else msg("Order finished. Next tote")
            return Step(
                state,
                (c.StageParcel(state.parcel.id, place),),
                ok(stands if code else msg("Parcel stands at {place}", place=place), then),
            )
        case Pressed(key="f3") if state.parcel.bound:
            said = info(msg("This label is not this parcel's"), msg("Scan the right one"))
            return Step(state, (c.UnbindWaybill(state.parcel.id),), said)
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    wanted = packing_prompts.staging(state.parcel, rows)
    return _wrong(state, happening, rows, msg("Bring it to {place}", place=wanted), msg("Scan the label there"))


def _answer(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    assert state.order is not None and state.parcel is not None  # noqa: S101, PT018
    match state.ask, happening:
        case Ask.CANT, Chose(index=2):
            return _set_aside(state)
        case Ask.CANT, Chose(index=index) if index < len(CANT):
            return _missing(state, damaged=CANT[index] == "damaged")
        case Ask.CANT, Chose(index=index) if index == len(CANT) and lacks_label(rows, state.order):
            said = info(msg("It waits for its label"), msg("Put everything back into the tote"))
            return Step(replace(state, ask=Ask.NONE, last=None), (c.AwaitLabel(state.order.id),), said)
        case Ask.OFF, Chose(index=0):
            return Step(replace(state, ask=Ask.NONE, grams=0), said=info(msg("Weigh it again")))
        case Ask.OFF, Chose(index=index) if index < len(OFF_REASONS):
            return _labelled(state, state.grams, "scale", OFF_REASONS[index])
        case Ask.TYPED, Chose(index=index) if index < len(TYPED_REASONS):
            return _labelled(state, state.grams, "keypad", TYPED_REASONS[index])
        case Ask.REPRINT, Chose(index=index) if index < len(REPRINT_REASONS):
            return _print_again(state, REPRINT_REASONS[index])
        case Ask.REPRINT, Chose(index=index) if index == SPOILED:
            void = c.VoidLabel(state.parcel.id, "spoiled at the bench")
            alone = state.order.nolabel and not state.given
            then = msg("Scan the platform's next label") if alone else msg("A label with a new number is printing")
            said = info(then, msg("Destroy the old one"))
            return Step(replace(state, ask=Ask.NONE), (void,), said)
        case Ask.OFF, Weighed(grams=grams):
            return _weighed(replace(state, ask=Ask.NONE), grams, rows)
        case Ask.REPRINT, r.WaybillScan():
            return _label(replace(state, ask=Ask.NONE), happening, rows)
        case _, Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Answer the question first"))


def _missing(state: Packing, *, damaged: bool) -> Step[Packing]:
    assert state.order is not None  # noqa: S101
    line = next((line for line in state.lines if line.packed < line.picked), None)
    if line is None:
        return Step(replace(state, ask=Ask.NONE), said=info(msg("Nothing is missing here")))
    report = c.ReportMissing(state.order.id, line.sku, 1, damaged)
    said = look(msg("Noted. The supervisor decides"), msg("Put everything back into the tote and set it aside"))
    return Step(replace(state, ask=Ask.NONE), (report,), said)


def _wrong(state: Packing, happening: Happening, rows: Rows, *lines: Msg) -> Step[Packing]:
    if not is_scan(happening):
        return Step(state)
    return refused(state, state.screen, happening, rows, *lines)
