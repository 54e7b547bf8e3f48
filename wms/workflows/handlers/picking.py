"""The facts of the walk."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier, Site
from wms.domain.ids import PlaceId
from wms.domain.places import Place, PlaceKind, hand_of
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.planning.replacement import reallocate
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import Msg, msg

ORIGIN_LETTERS = 12  # of 16 each: so many that two never agree by chance
NEXT_LINE = msg("Go on with the next line")


def walk_of(rows: Rows, task: PickTask) -> Batch | None:
    return rows.get(Batch, task.batch)


def claim_of(rows: Rows, task: PickTask) -> int:
    """The claim under which this device believes the walk to be, which every fact of it carries."""
    batch = walk_of(rows, task)
    return batch.fence if batch is not None else 0


def in_hand(rows: Rows, task: PickTask, person: str) -> int:
    """What this person holds of the task, counted or not."""
    return sum(stock.quantity for stock in rows.where(Stock, place=hand_of(task.id, person)))


def _task(rows: Rows, task: str, person: str) -> PickTask | Refused:
    """A line of a walk that this person has. The walk may have gone to somebody else meanwhile."""
    found = rows.get(PickTask, task)
    batch = walk_of(rows, found) if found is not None else None
    if found is None or batch is None:
        return refuse(msg("This line is no longer yours to pick"), NEXT_LINE)
    if batch.person != person:
        return refuse(msg("This walk is with somebody else now"), msg("Put the goods back"))
    return found


def _open_task(rows: Rows, task: str, person: str, then: Msg = NEXT_LINE) -> PickTask | Refused:
    found = _task(rows, task, person)
    if isinstance(found, Refused) or found.status == TaskStatus.OPEN:
        return found
    return refuse(msg("This line is no longer yours to pick"), then)


@handles(c.ConfirmBin)
def confirm_bin(command: c.ConfirmBin, rows: Rows, context: Context) -> Answer:
    task = _open_task(rows, command.task, context.person)
    return task if isinstance(task, Refused) else (e.BinConfirmed(task.id, claim_of(rows, task)),)


@handles(c.TakeUnits)
def take_units(command: c.TakeUnits, rows: Rows, context: Context) -> Answer:
    task = _open_task(rows, command.task, context.person, msg("Put the goods back"))
    if isinstance(task, Refused):
        return task
    room = task.quantity - task.taken
    if command.quantity > room:
        if room <= 0:
            return refuse(msg("Enough: all {n} are taken", n=task.quantity), msg("Put this one back"))
        return refuse(msg("That is {n} too many", n=command.quantity - room), msg("Put them back"))
    return (e.UnitsTaken(command.task, command.quantity, command.lot, claim_of(rows, task)),)


@handles(c.ReturnUnits)
def return_units(command: c.ReturnUnits, rows: Rows, context: Context) -> Answer:
    """Also of a walk that was lost: what lies in the hand can always go back into its bin."""
    task = rows.get(PickTask, command.task)
    held = rows.where(Stock, place=hand_of(command.task, context.person))
    if task is None or sum(stock.quantity for stock in held) < command.quantity:
        return refuse(msg("Nothing to undo"))
    events: list[e.Event] = []
    left = command.quantity
    for stock in reversed(held):
        step = min(left, stock.quantity)
        if step:
            events.append(e.UnitsReturned(task.id, step, stock.lot, claim_of(rows, task)))
            left -= step
    return tuple(events)


@handles(c.PutUnits)
def put_units(command: c.PutUnits, rows: Rows, context: Context) -> Answer:
    """Into the slot's tote; a free one becomes the slot's, also in place of one that an earlier claim left there."""
    task = _task(rows, command.task, context.person)
    if isinstance(task, Refused):
        return task
    slot, tote = rows.get(Slot, task.batch, task.slot), rows.get(Place, command.tote)
    if slot is None:
        return refuse(msg("This line is no longer yours to pick"))
    if tote is None or tote.kind != PlaceKind.TOTE:
        return refuse(msg("This is not a tote"), msg("Scan the tote of slot {slot}", slot=task.slot))
    units, claim = in_hand(rows, task, context.person), claim_of(rows, task)
    if units <= 0:
        return refuse(msg("Nothing is in your hand"), msg("Scan the item first"))
    put = e.UnitsPut(command.task, units, command.tote, claim)
    if slot.tote == command.tote:
        return (put,)
    in_use = bool(rows.where(Slot, tote=command.tote)) or bool(rows.where(Stock, place=command.tote))
    if slot.tote and (in_use or slot.person == context.person or not slot.claim):
        return refuse(
            msg("Wrong tote: {tote}", tote=command.tote),
            msg("Slot {slot} has {tote}", slot=task.slot, tote=slot.tote),
            msg("Scan that tote"),
        )
    if in_use:
        return refuse(msg("{tote} belongs to another order", tote=command.tote), msg("Take an empty tote and scan it"))
    return (e.ToteAssigned(task.batch, task.slot, command.tote, claim), put)


@handles(c.UnputUnits)
def unput_units(command: c.UnputUnits, rows: Rows, context: Context) -> Answer:
    task = _task(rows, command.task, context.person)
    if isinstance(task, Refused):
        return task
    slot, batch = rows.get(Slot, task.batch, task.slot), walk_of(rows, task)
    if slot is None or batch is None or task.put <= 0:
        return refuse(msg("Nothing to undo"))
    if batch.status == BatchStatus.DROPPED or not slot.tote:
        return refuse(msg("The tote is already handed on"), msg("Call the supervisor"))
    there = sum(stock.quantity for stock in rows.where(Stock, place=slot.tote) if stock.sku == task.sku)
    if not there:
        return refuse(msg("Nothing to undo"))
    return (e.UnitsUnput(command.task, min(task.put, there), slot.tote, claim_of(rows, task)),)


@handles(c.SkipTask)
def skip_task(command: c.SkipTask, rows: Rows, context: Context) -> Answer:
    task = _open_task(rows, command.task, context.person)
    if isinstance(task, Refused):
        return task
    units = in_hand(rows, task, context.person)
    if units:
        begun = msg("This line is begun: {n} in your hand", n=units)
        return refuse(begun, msg("Take the rest, or say that fewer are here"))
    return (e.TaskSkipped(command.task, claim_of(rows, task)),)


@handles(c.ShortPick)
def short_pick(command: c.ShortPick, rows: Rows, context: Context) -> Answer:
    """What is missing is looked for elsewhere first: other stock joins this walk. Damaged units go to scrap; where
    good ones of the same lot are free in the same bin, the line goes on with them."""
    task = _open_task(rows, command.task, context.person)
    if isinstance(task, Refused):
        return task
    missing = min(command.missing, task.quantity - task.taken)
    if missing <= 0:
        return refuse(msg("Nothing is missing here"))
    damaged = min(command.damaged, missing)
    stock = rows.get(Stock, task.place, task.sku, task.lot)
    missing -= min(damaged, max(stock.free, 0)) if stock is not None else 0
    site, claim = rows.get(Site, "site"), claim_of(rows, task)
    zone = site.zone if site is not None else "UTC"
    origin = context.fresh()[:ORIGIN_LETTERS]
    replaced = reallocate(rows, task, missing, context.now, zone, origin) if missing else ()
    return (e.PickShorted(command.task, missing, command.reason, damaged, replaced, claim),)


def packing_lanes(rows: Rows) -> list[PlaceId]:
    """Where totes wait for packing: the staging places no carrier fetches parcels from, or all where each does."""
    staging = [place.id for place in rows.where(Place, kind=PlaceKind.STAGING)]
    of_carriers = {carrier.staging for carrier in rows.all(Carrier)}
    return [place for place in staging if place not in of_carriers] or staging


@handles(c.DropTotes)
def drop_totes(command: c.DropTotes, rows: Rows, context: Context) -> Answer:
    """By whoever has the walk; and by whoever lost it, for the totes that still stand with her."""
    batch = rows.get(Batch, command.batch)
    if batch is None:
        return refuse(msg("This walk is already finished"))
    slots = rows.where(Slot, batch=batch.id)
    aside = [slot for slot in slots if slot.aside and slot.person == context.person and not slot.dropped]
    if not aside and (batch.status == BatchStatus.DROPPED or batch.person != context.person):
        return refuse(msg("This walk is already finished"))
    if not aside and any(task.status == TaskStatus.OPEN for task in rows.where(PickTask, batch=batch.id)):
        return refuse(msg("Lines are still open on this walk"))
    place = rows.get(Place, command.staging)
    has_totes = any(slot.tote for slot in slots)
    if has_totes and (place is None or place.kind != PlaceKind.STAGING):
        return refuse(msg("This is not a staging place"), msg("Scan the label of the packing lane"))
    if has_totes and command.staging not in packing_lanes(rows):
        return refuse(msg("This is place {place}", place=command.staging), msg("Scan the label of the packing lane"))
    own = batch.person == context.person
    return (e.TotesDropped(batch.id, command.staging, batch.fence if own else max(slot.claim for slot in aside)),)
