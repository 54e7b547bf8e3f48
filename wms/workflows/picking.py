"""Cluster picking into totes.

The picker takes a cart and gets a trip: her unfinished one, else the one that must ship first. Line by line in walking
order: go to the bin and scan its label, scan the item as often as units are wanted (or type how many after the first),
scan the tote it goes into. What is not there is said with F2; other stock joins the same walk. At the end the totes
are dropped at staging. Who lost the walk to somebody else brings back what she holds, and her totes to the lane.
Between walks there are errands: put-backs and counts that a supervisor asked for.
"""

from __future__ import annotations

from enum import StrEnum

from wms.domain import commands as c
from wms.domain.catalogue import Item
from wms.domain.events.people import WRONG_DIGITS
from wms.domain.ids import BatchId, LotId, PlaceId, Sku, TaskId
from wms.domain.places import Place, PlaceKind, hand_of
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.planning.shelves import earliest_expiry
from wms.workflows import errands, picking_prompts
from wms.workflows import resolve as r
from wms.workflows.errands import Bring, Errand
from wms.workflows.inputs import Chose, Entered, Pressed
from wms.workflows.prompt import NOTHING, Msg, Prompt, info, look, msg, msg_n, no, ok
from wms.workflows.say import item_name, refused, tail, what_it_is
from wms.workflows.workflow import Happening, Step, Who, is_scan


class Ask(StrEnum):
    """The question in between, if any."""

    NONE = ""
    REASON = "reason"  # what is wrong here
    DAMAGED = "damaged"  # how many of them
    LEFT = "left"  # the zero check: how many lie in the bin
    LOT = "lot"  # which lot is on the label
    TYPED = "typed"  # the check digits of the bin, typed


REASONS = ("empty", "damaged", "not_found", "skip", "give_back")


class Looked(Record):
    """The bin, item and lot a zero check is about."""

    place: PlaceId
    sku: Sku
    lot: LotId


class Picking(Record):
    """Where one picker stands. `task` is the line in work, None at either end of the walk."""

    who: Who
    batch: Batch | None = None
    task: PickTask | None = None
    n: int = 0
    total: int = 0
    ask: Ask = Ask.NONE
    looked: Looked | None = None
    lots: tuple[LotId, ...] = ()
    count: int = 1  # units of the scan whose lot is asked for
    warned: str = ""  # the other lot that was scanned once; the same scan again takes it, and then unit by unit
    totes: int = 0
    errand: Errand | None = None
    errands: int = 0  # how many wait
    aside: tuple[Slot, ...] = ()  # totes of a walk she lost, to be brought to the lane

    @property
    def screen(self) -> str:
        if self.errand is not None:
            return errands.screen(self.errand)
        if self.aside:
            return "pick.aside"
        if self.batch is None:
            return "pick.cart"
        if self.ask:
            return f"pick.{self.ask}"
        if self.task is None:
            return "pick.drop" if self.totes else "pick.empty"
        if self.task.taken - self.task.put and self.task.taken >= self.task.quantity:
            return "pick.tote"
        return "pick.item" if self.batch.at == self.task.place else "pick.bin"


class PickWorkflow:
    """`resume`, `step` and `prompt` of picking."""

    def resume(self, rows: Rows, who: Who, last: Picking | None = None) -> Picking:
        mine = rows.where(Batch, person=who.badge, status=BatchStatus.CLAIMED)
        held = errands.in_own_hand(rows, who)
        if held is not None:
            batch = mine[0] if mine else None
            same = last is not None and isinstance(last.errand, Bring)
            return Picking(who, batch, errand=errands.again(rows, who, last.errand) if same and last else held)
        if not mine:
            return _between_walks(rows, who, last)
        batch = mine[0]
        tasks = rows.where(PickTask, batch=batch.id)
        still_open = [task for task in tasks if task.status == TaskStatus.OPEN]
        task = min(still_open, key=_walk, default=None)
        totes = sum(1 for slot in rows.where(Slot, batch=batch.id) if slot.tote and not slot.aside)
        state = Picking(who, batch, task, len(tasks) - len(still_open) + 1, len(tasks), totes=totes)
        if last is not None and last.ask == Ask.LEFT:
            return replace(state, ask=Ask.LEFT, looked=last.looked)
        same = last is not None and last.task is not None and task is not None and last.task.id == task.id
        if last is not None and same:
            return replace(state, ask=last.ask, lots=last.lots, count=last.count, warned=last.warned)
        return state

    def prompt(self, state: Picking, rows: Rows) -> Prompt:
        return picking_prompts.prompt(state, rows)

    def step(self, state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
        if state.errand is not None:
            return _on_errand(state, state.errand, happening, rows)
        match happening:
            case Pressed(key="f3"):
                return _undo(state, rows)
            case Pressed(key="escape") if state.ask not in (Ask.NONE, Ask.LEFT):
                return Step(replace(state, ask=Ask.NONE, lots=(), warned=""))
        match state.screen:
            case "pick.cart":
                return _cart(state, happening, rows)
            case "pick.bin" | "pick.typed":
                return _bin(state, happening, rows)
            case "pick.item":
                return _item(state, happening, rows)
            case "pick.tote":
                return _tote(state, happening, rows)
            case "pick.drop" | "pick.empty" | "pick.aside":
                return _drop(state, happening, rows)
        return _answer(state, happening, rows)


def _between_walks(rows: Rows, who: Who, last: Picking | None) -> Picking:
    aside = tuple(slot for slot in rows.where(Slot, person=who.badge, aside=True) if not slot.dropped)
    if aside:
        return Picking(who, aside=aside)
    errand = errands.again(rows, who, last.errand if last is not None else None) or errands.begun(rows, who)
    return Picking(who, errand=errand, errands=len(errands.waiting(rows, who)))


def _walk(task: PickTask) -> tuple[int, int, int, str]:
    """Skipped lines come last; what is in the hand comes first."""
    return (0 if task.taken > task.put else 1, task.skipped, task.sequence, task.id)


def _on_errand(state: Picking, errand: Errand, happening: Happening, rows: Rows) -> Step[Picking]:
    did = errands.step(errand, happening, rows)
    return Step(replace(state, errand=None if did.leave else did.errand), did.commands, did.said)


def _cart(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    match happening:
        case Pressed(key="f2") if waiting := errands.waiting(rows, state.who):
            return Step(replace(state, errand=waiting[0]))
        case r.CartScan(place=cart):
            return Step(state, (c.ClaimBatch(state.who.device, cart),), ok(msg("Cart {cart}: off you go", cart=cart)))
        case Entered() | Chose() | Pressed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan the label of your cart"))


def _bin(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    assert state.task is not None  # noqa: S101 - this screen is shown only with a task
    task, arrived = state.task, replace(state, ask=Ask.NONE)
    match happening:
        case Pressed(key="f2"):
            return Step(replace(state, ask=Ask.REASON))
        case r.PlaceScan(place=place, proven=True) if place == task.place:
            return Step(arrived, (c.ConfirmBin(task.id),), ok(msg("{place}: right place", place=place)))
        case r.PlaceScan(place=place, wrong_digits=False) if place == task.place:
            return Step(replace(state, ask=Ask.TYPED), said=info(msg("Type the check digits of the label")))
        case Entered(text=text) if text:
            place_row = rows.get(Place, task.place)
            if place_row is not None and place_row.check_digits and text == place_row.check_digits:
                return Step(arrived, (c.ConfirmBin(task.id),), ok(msg("{place}: right place", place=task.place)))
            wrong = c.RefuseScan(text, state.screen, WRONG_DIGITS, task.id)
            return Step(state, (wrong,), no(msg("The check digits are wrong"), msg("Go to {place}", place=task.place)))
        case r.PlaceScan(place=place, check_digits=digits, wrong_digits=True):
            wrong = c.RefuseScan(f"{place}*{digits}", state.screen, WRONG_DIGITS, task.id)
            there = (msg("Go to {place}", place=task.place), msg("Scan the label there"))
            return Step(state, (wrong,), no(what_it_is(happening, rows), *there))
        case Pressed() | Chose() | Entered():
            return Step(state)
    return _wrong(state, happening, rows, msg("Go to {place}", place=task.place), msg("Scan the label there"))


def _item(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    assert state.task is not None  # noqa: S101
    task = state.task
    match happening:
        case Pressed(key="f2"):
            return Step(replace(state, ask=Ask.REASON))
        case Entered(text=text):
            return _typed_quantity(state, text, rows)
        case r.ItemScan(sku=sku) if sku == task.sku:
            return _right_item(state, happening, rows)
        case Pressed() | Chose():
            return Step(state)
    want = msg("Wanted: {item} ({tail})", item=item_name(rows, task.sku), tail=tail(rows, task.sku))
    again = msg("Put it back, scan the right one") if isinstance(happening, r.ItemScan) else msg("Scan the item")
    return _wrong(state, happening, rows, want, again)


def _right_item(state: Picking, scan: r.ItemScan, rows: Rows) -> Step[Picking]:
    """The item is right; now its lot. One lot in the bin needs no question, another lot needs a second scan."""
    assert state.task is not None  # noqa: S101
    task = state.task
    item = rows.get(Item, task.sku)
    if item is None or not item.lot_controlled:
        return _take(state, scan.quantity, task.lot, rows)
    here = tuple(s.lot for s in rows.where(Stock, place=task.place) if s.sku == task.sku and s.quantity > 0)
    if not scan.lot and len(here) > 1:
        asking = replace(state, ask=Ask.LOT, lots=here, count=scan.quantity)
        return Step(asking, said=info(msg("Several lots lie here")))
    lot = scan.lot or (here[0] if here else task.lot)
    if (wrong := _unfit_lot(state, item, lot, here, rows)) is not None:
        return wrong
    if lot not in (task.lot, state.warned):
        return _warned(state, lot, rows)
    return _take(state, scan.quantity, lot, rows)


def _unfit_lot(state: Picking, item: Item, lot: LotId, here: tuple[LotId, ...], rows: Rows) -> Step[Picking] | None:
    """A lot that may not be taken from here, however often it is scanned."""
    assert state.task is not None  # noqa: S101
    row = rows.get(Lot, item.sku, lot)
    if lot != state.task.lot and lot not in here:
        why, said = "wrong:lot", msg("Lot {lot} is not booked here", lot=lot)
    elif row is not None and row.held:
        why, said = "wrong:lot_held", msg("Lot {lot} is held by inspection", lot=lot)
    elif row is not None and row.expiry and row.expiry < earliest_expiry(item, state.who.now, state.who.zone):
        why, said = "wrong:lot_expired", msg("Lot {lot} is too old to send: {expiry}", lot=lot, expiry=row.expiry)
    else:
        return None
    instead = msg("Wanted: lot {lot}", lot=state.task.lot) if lot != state.task.lot else msg("F2 says what is wrong")
    return Step(state, (c.RefuseScan(lot, state.screen, why),), no(said, instead, msg("Put it back")))


def _warned(state: Picking, lot: LotId, rows: Rows) -> Step[Picking]:
    assert state.task is not None  # noqa: S101
    row, planned = rows.get(Lot, state.task.sku, lot), rows.get(Lot, state.task.sku, state.task.lot)
    later = row is not None and planned is not None and row.expiry > planned.expiry
    what = msg("Lot {lot} expires later", lot=lot) if later else msg("Another lot: {lot}", lot=lot)
    wanted = msg("Wanted: lot {lot}", lot=state.task.lot)
    return Step(replace(state, warned=lot), said=look(what, wanted, msg("To take it, scan it again")))


def _take(state: Picking, quantity: int, lot: LotId, rows: Rows) -> Step[Picking]:
    assert state.task is not None  # noqa: S101
    task = state.task
    left = task.quantity - task.taken - quantity
    all_taken = msg("All {n}. Now scan the tote", n=task.quantity)
    second = msg_n("{n} to go", "{n} to go", left) if left > 0 else all_taken
    said = ok(
        msg("{item}, {n} of {total}", item=item_name(rows, task.sku), n=task.quantity - left, total=task.quantity),
        second,
    )
    agreed = lot if lot != task.lot else ""
    return Step(replace(state, ask=Ask.NONE, lots=(), warned=agreed), (c.TakeUnits(task.id, quantity, lot),), said)


def _typed_quantity(state: Picking, text: str, rows: Rows) -> Step[Picking]:
    """A number typed after the first scan is how many units are in the hand altogether."""
    assert state.task is not None  # noqa: S101
    task = state.task
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0:
        return Step(state, said=no(msg("Type a number"), msg("How many units did you take?")))
    if not task.taken:
        return Step(state, said=no(msg("Scan the item once first"), msg("Then type how many")))
    more = int(text[:9]) - task.taken
    if more <= 0:
        return Step(state, said=no(msg("{n} are already counted", n=task.taken), msg("F3 takes one back")))
    said = ok(msg("{n} of {total}", n=task.taken + more, total=task.quantity))
    in_hand = [stock.lot for stock in rows.where(Stock, place=hand_of(task.id, state.who.badge)) if stock.quantity > 0]
    lot = in_hand[0] if len(in_hand) == 1 else task.lot
    return Step(state, (c.TakeUnits(task.id, more, lot),), said)


def _tote(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    assert state.task is not None  # noqa: S101
    task = state.task
    slot = rows.get(Slot, task.batch, task.slot)
    match happening:
        case r.ToteScan(place=tote):
            n = task.taken - task.put
            said = ok(
                msg_n("Slot {slot}: {n} unit in", "Slot {slot}: {n} units in", n, slot=task.slot),
                msg("Line {n} done", n=state.n),
            )
            return Step(state, (c.PutUnits(task.id, tote),), said)
        case r.ItemScan(sku=sku) if sku == task.sku:
            enough = c.RefuseScan(happening.text, state.screen, "wrong:enough")
            return Step(
                state,
                (enough,),
                no(
                    msg("Enough: all {n} are taken", n=task.quantity),
                    msg("Put this one back"),
                    msg("Scan the tote of slot {slot}", slot=task.slot),
                ),
            )
        case Pressed() | Chose() | Entered():
            return Step(state)
    where = msg("Slot {slot} has {tote}", slot=task.slot, tote=slot.tote) if slot is not None and slot.tote else NOTHING
    return _wrong(state, happening, rows, *_without_nothing(where, msg("Scan the tote of slot {slot}", slot=task.slot)))


def _drop(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    batch = state.aside[0].batch if state.aside else state.batch.id if state.batch is not None else BatchId("")
    match happening:
        case Pressed(key="enter") if not state.totes and not state.aside:
            return Step(state, (c.DropTotes(batch, PlaceId("")),), ok(msg("Walk finished")))
        case r.PlaceScan(place=place, kind=PlaceKind.STAGING, wrong_digits=False):
            n = len(state.aside) or state.totes
            said = ok(msg_n("{n} tote dropped", "{n} totes dropped", n), msg("Walk finished"))
            return Step(state, (c.DropTotes(batch, place),), said)
        case Pressed() | Chose() | Entered():
            return Step(state)
    return _wrong(state, happening, rows, msg("Bring the totes to the packing lane"), msg("Scan its label"))


def _answer(state: Picking, happening: Happening, rows: Rows) -> Step[Picking]:
    """Answers to the questions in between."""
    match state.ask, happening:
        case Ask.REASON, Chose(index=index) if index < len(REASONS) and state.task is not None:
            return _reason(state, REASONS[index], state.task.id)
        case Ask.DAMAGED, Entered(text=text) if state.task is not None:
            return _damaged(state, text, state.task)
        case Ask.LEFT, Entered(text=text) if state.looked is not None:
            return _left(state, text, state.looked)
        case Ask.LOT, Chose(index=index) if index < len(state.lots) and state.task is not None:
            return _chosen_lot(state, state.lots[index], state.task, rows)
        case _, Pressed() | Chose() | Entered():
            return Step(state)
        case Ask.LOT, r.ItemScan(sku=sku, lot=lot) if lot and state.task is not None and sku == state.task.sku:
            return _right_item(replace(state, ask=Ask.NONE), happening, rows)
    return _wrong(state, happening, rows, msg("Answer the question first"))


def _chosen_lot(state: Picking, lot: LotId, task: PickTask, rows: Rows) -> Step[Picking]:
    item = rows.get(Item, task.sku)
    unfit = _unfit_lot(state, item, lot, state.lots, rows) if item is not None else None
    return unfit or _take(state, state.count, lot, rows)


def _reason(state: Picking, reason: str, task: TaskId) -> Step[Picking]:
    assert state.task is not None  # noqa: S101
    if reason == "skip":
        return Step(replace(state, ask=Ask.NONE), (c.SkipTask(task),), info(msg("Skipped. It comes back at the end")))
    if reason == "give_back":
        said = info(msg("The walk is given back"), msg("Leave the cart where the next one finds it"))
        return Step(replace(state, ask=Ask.NONE), (c.GiveBackBatch(state.task.batch),), said)
    if reason == "damaged":
        return Step(replace(state, ask=Ask.DAMAGED))
    missing = state.task.quantity - state.task.taken
    looked = Looked(state.task.place, state.task.sku, state.task.lot)
    said = look(msg_n("{n} unit missing", "{n} units missing", missing), msg("Now look into the bin once more"))
    return Step(replace(state, ask=Ask.LEFT, looked=looked), (c.ShortPick(task, missing, reason),), said)


def _damaged(state: Picking, text: str, task: PickTask) -> Step[Picking]:
    missing = task.quantity - task.taken
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= missing:
        return Step(state, said=no(msg("Type a number from 1 to {n}", n=missing)))
    n = int(text)
    said = look(
        msg_n("{n} damaged unit put aside", "{n} damaged units put aside", n), msg("Lay them on the scrap shelf")
    )
    return Step(replace(state, ask=Ask.NONE), (c.ShortPick(task.id, n, "damaged", n),), said)


def _left(state: Picking, text: str, looked: Looked) -> Step[Picking]:
    if not text.isascii() or not text.isdigit():
        return Step(state, said=no(msg("Type how many lie in the bin"), msg("0 if it is empty")))
    check = c.CheckZero(looked.place, looked.sku, looked.lot, int(text[:9]))
    said = ok(msg("{place} counted: {n}", place=looked.place, n=int(text[:9])))
    return Step(replace(state, ask=Ask.NONE, looked=None), (check,), said)


def _undo(state: Picking, rows: Rows) -> Step[Picking]:
    """The last thing first: a unit in the hand goes back to the bin, else the last tote gives back what it got."""
    if state.batch is None:
        return Step(state, said=info(msg("Nothing to undo")))
    if state.ask:
        keep = state.ask == Ask.LEFT
        return Step(
            state if keep else replace(state, ask=Ask.NONE),
            said=info(msg("Answer the question first")) if keep else None,
        )
    task = state.task
    if task is not None and task.taken > task.put:
        said = info(msg("One unit taken back: {item}", item=item_name(rows, task.sku)), msg("Put it back into the bin"))
        return Step(state, (c.ReturnUnits(task.id, 1),), said)
    tasks = rows.where(PickTask, batch=state.batch.id)
    done = [t for t in tasks if t.put and t.status in (TaskStatus.DONE, TaskStatus.SHORT)]
    if not done:
        return Step(state, said=info(msg("Nothing to undo")))
    last = max(done, key=lambda t: (t.closed_at, t.sequence, t.id))
    said = info(msg("Take {item} out of slot {slot} again", item=item_name(rows, last.sku), slot=last.slot))
    return Step(state, (c.UnputUnits(last.id),), said)


def _wrong(state: Picking, happening: Happening, rows: Rows, *lines: Msg) -> Step[Picking]:
    if not is_scan(happening):
        return Step(state)
    return refused(state, state.screen, happening, rows, *lines)


def _without_nothing(*lines: Msg) -> tuple[Msg, ...]:
    return tuple(line for line in lines if line is not NOTHING)
