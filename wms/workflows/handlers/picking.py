"""Waves released and claimed; the facts of the walk."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier, Category, Counter, Item, Site
from wms.domain.ids import InspectionId, PlaceId
from wms.domain.inspection import draw, sample_size
from wms.domain.places import Place, PlaceKind, hand_of
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.planning.replacement import next_task_number, reallocate
from wms.planning.waves import EarliestFirst, Planner, WavePolicy
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg

PLANNER: Planner = EarliestFirst()


@handles(c.ReleaseWaves)
def release_waves(command: c.ReleaseWaves, rows: Rows, context: Context) -> Answer:
    """Plan, reserve, and draw the sample of every wave in the same breath: nobody knows it before the wave is out."""
    site, counter = rows.get(Site, "site"), rows.get(Counter, "wave")
    zone = site.zone if site is not None else "UTC"
    policy = WavePolicy(max_orders_per_wave=command.orders, slots_per_cart=command.slots)
    first = (counter.value if counter is not None else 0) + 1
    plan = PLANNER.plan(rows, context.now, policy, first, zone, command.category)
    if not plan.waves:
        if plan.left:
            return refuse(msg("No order can be filled from stock"), msg("See the held orders for what is missing"))
        return refuse(msg("No orders are ready"))
    events: list[e.Event] = []
    for wave in plan.waves:
        events.append(wave)
        events += _outbound_sample(wave, rows, context)
    events += [e.OrderHeld(order, reason) for order, reason in plan.left]
    return tuple(events)


def _outbound_sample(wave: e.WaveReleased, rows: Rows, context: Context) -> list[e.Event]:
    tasks = [task for batch in wave.batches for task in batch.tasks]
    percent = _sample_percent(tasks, rows)
    if not percent:
        return []
    population = [(task, unit) for task in tasks for unit in range(task.quantity)]
    seed = context.fresh()
    drawn = draw(seed, len(population), sample_size(len(population), percent))
    units = tuple(
        e.DrawnUnit(task.id, unit, task.sku, task.lot, task.order, task.place)
        for task, unit in (population[i] for i in drawn)
    )
    name = InspectionId(f"QC-{wave.wave}")
    return [e.SampleDrawn(name, "outbound", wave.wave, wave.category, len(population), percent, seed, units)]


def _sample_percent(tasks: list[e.PlannedTask], rows: Rows) -> int:
    """The strictest of the categories in the wave; 0 where none of them is inspected outbound."""
    items = [rows.get(Item, sku) for sku in dict.fromkeys(task.sku for task in tasks)]
    categories = [rows.get(Category, item.category) for item in items if item is not None]
    return max(
        (found.sample_percent for found in categories if found is not None and found.inspect_outbound), default=0
    )


@handles(c.ClaimBatch)
def claim_batch(command: c.ClaimBatch, rows: Rows, context: Context) -> Answer:
    """My unfinished trip first; else the open one that must ship first. One cart carries one trip."""
    mine = rows.where(Batch, person=context.person, status=BatchStatus.CLAIMED)
    if mine:
        batch = mine[0]
        return (e.BatchClaimed(batch.id, context.person, command.device, batch.cart or command.cart),)
    cart = rows.get(Place, command.cart)
    if cart is None or cart.kind != PlaceKind.CART:
        return refuse(msg("This is not a cart"), msg("Scan the label of your cart"))
    busy = rows.where(Batch, cart=command.cart, status=BatchStatus.CLAIMED)
    if busy:
        return refuse(msg("{cart} is on another walk", cart=command.cart), msg("Take another cart and scan it"))
    open_batches = rows.where(Batch, status=BatchStatus.OPEN)
    if not open_batches:
        return refuse(msg("No work is waiting"), msg("Scan the cart again later"))
    batch = min(open_batches, key=lambda b: (b.ship_by, b.id))
    return (e.BatchClaimed(batch.id, context.person, command.device, command.cart),)


def _open_task(rows: Rows, task: str) -> PickTask | None:
    found = rows.get(PickTask, task)
    return found if found is not None and found.status == TaskStatus.OPEN else None


@handles(c.ConfirmBin)
def confirm_bin(command: c.ConfirmBin, rows: Rows, context: Context) -> Answer:
    if _open_task(rows, command.task) is None:
        return refuse(msg("This line is no longer yours to pick"), msg("Go on with the next line"))
    return (e.BinConfirmed(command.task),)


@handles(c.TakeUnits)
def take_units(command: c.TakeUnits, rows: Rows, context: Context) -> Answer:
    task = _open_task(rows, command.task)
    if task is None:
        return refuse(msg("This line is no longer yours to pick"), msg("Put the goods back"))
    room = task.quantity - task.taken
    if command.quantity > room:
        if room <= 0:
            return refuse(msg("Enough: all {n} are taken", n=task.quantity), msg("Put this one back"))
        return refuse(msg("That is {n} too many", n=command.quantity - room), msg("Put them back"))
    return (e.UnitsTaken(command.task, command.quantity, command.lot),)


@handles(c.ReturnUnits)
def return_units(command: c.ReturnUnits, rows: Rows, context: Context) -> Answer:
    task = rows.get(PickTask, command.task)
    if task is None or task.taken - task.put < command.quantity:
        return refuse(msg("Nothing to undo"))
    held = [stock for stock in rows.where(Stock, place=hand_of(task.id)) if stock.quantity >= command.quantity]
    lot = held[-1].lot if held else task.lot
    return (e.UnitsReturned(command.task, command.quantity, lot),)


@handles(c.PutUnits)
def put_units(command: c.PutUnits, rows: Rows, context: Context) -> Answer:
    task = rows.get(PickTask, command.task)
    slot = rows.get(Slot, task.batch, task.slot) if task is not None else None
    tote = rows.get(Place, command.tote)
    if task is None or slot is None:
        return refuse(msg("This line is no longer yours to pick"))
    if tote is None or tote.kind != PlaceKind.TOTE:
        return refuse(msg("This is not a tote"), msg("Scan the tote of slot {slot}", slot=task.slot))
    in_hand = task.taken - task.put
    if in_hand <= 0:
        return refuse(msg("Nothing is in your hand"), msg("Scan the item first"))
    put = e.UnitsPut(command.task, in_hand, command.tote)
    if slot.tote == command.tote:
        return (put,)
    if slot.tote:
        return refuse(
            msg("Wrong tote: {tote}", tote=command.tote),
            msg("Slot {slot} has {tote}", slot=task.slot, tote=slot.tote),
            msg("Scan that tote"),
        )
    in_use = bool(rows.where(Slot, tote=command.tote)) or bool(rows.where(Stock, place=command.tote))
    if in_use:
        return refuse(msg("{tote} belongs to another order", tote=command.tote), msg("Take an empty tote and scan it"))
    return (e.ToteAssigned(task.batch, task.slot, command.tote), put)


@handles(c.UnputUnits)
def unput_units(command: c.UnputUnits, rows: Rows, context: Context) -> Answer:
    task = rows.get(PickTask, command.task)
    slot = rows.get(Slot, task.batch, task.slot) if task is not None else None
    batch = rows.get(Batch, task.batch) if task is not None else None
    if task is None or slot is None or batch is None or task.put <= 0:
        return refuse(msg("Nothing to undo"))
    if batch.status == BatchStatus.DROPPED or not slot.tote:
        return refuse(msg("The tote is already handed on"), msg("Call the supervisor"))
    return (e.UnitsUnput(command.task, task.put, slot.tote),)


@handles(c.SkipTask)
def skip_task(command: c.SkipTask, rows: Rows, context: Context) -> Answer:
    task = _open_task(rows, command.task)
    if task is None:
        return refuse(msg("This line is no longer yours to pick"))
    if task.taken > task.put:
        begun = msg("This line is begun: {n} in your hand", n=task.taken - task.put)
        return refuse(begun, msg("Take the rest, or say that fewer are here"))
    return (e.TaskSkipped(command.task),)


@handles(c.ShortPick)
def short_pick(command: c.ShortPick, rows: Rows, context: Context) -> Answer:
    """What is missing is looked for elsewhere first: other stock joins this walk. Damaged units go to scrap; where
    good ones of the same lot are free in the same bin, the line goes on with them."""
    task = _open_task(rows, command.task)
    if task is None:
        return refuse(msg("This line is no longer yours to pick"))
    missing = min(command.missing, task.quantity - task.taken)
    if missing <= 0:
        return refuse(msg("Nothing is missing here"))
    damaged = min(command.damaged, missing)
    stock = rows.get(Stock, task.place, task.sku, task.lot)
    missing -= min(damaged, max(stock.free, 0)) if stock is not None else 0
    site = rows.get(Site, "site")
    zone = site.zone if site is not None else "UTC"
    replaced = reallocate(rows, task, missing, context.now, zone, next_task_number(rows, task.batch)) if missing else ()
    return (e.PickShorted(command.task, missing, command.reason, damaged, replaced),)


@handles(c.CheckZero)
def check_zero(command: c.CheckZero, rows: Rows, context: Context) -> Answer:
    stock = rows.get(Stock, command.place, command.sku, command.lot)
    expected = stock.quantity if stock is not None else 0
    return (e.ZeroChecked(command.place, command.sku, command.lot, command.left, expected),)


def packing_lanes(rows: Rows) -> list[PlaceId]:
    """Where totes wait for packing: the staging places no carrier fetches parcels from, or all where each does."""
    staging = [place.id for place in rows.where(Place, kind=PlaceKind.STAGING)]
    of_carriers = {carrier.staging for carrier in rows.all(Carrier)}
    return [place for place in staging if place not in of_carriers] or staging


@handles(c.DropTotes)
def drop_totes(command: c.DropTotes, rows: Rows, context: Context) -> Answer:
    batch = rows.get(Batch, command.batch)
    if batch is None or batch.status == BatchStatus.DROPPED:
        return refuse(msg("This walk is already finished"))
    if any(task.status == TaskStatus.OPEN for task in rows.where(PickTask, batch=batch.id)):
        return refuse(msg("Lines are still open on this walk"))
    place = rows.get(Place, command.staging)
    has_totes = any(slot.tote for slot in rows.where(Slot, batch=batch.id))
    if has_totes and (place is None or place.kind != PlaceKind.STAGING):
        return refuse(msg("This is not a staging place"), msg("Scan the label of the packing lane"))
    if has_totes and command.staging not in packing_lanes(rows):
        return refuse(msg("This is place {place}", place=command.staging), msg("Scan the label of the packing lane"))
    return (e.TotesDropped(batch.id, command.staging),)
