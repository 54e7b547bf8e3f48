"""Waves planned and released, and the rules they are planned by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Category, Counter, Item, Site
from wms.domain.ids import InspectionId
from wms.domain.inspection import draw, sample_size
from wms.domain.rows import Rows
from wms.domain.waiting import due_orders
from wms.domain.waves import NUMBERS, Wave, WaveStatus
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg, plain

if TYPE_CHECKING:
    from wms.planning.waves import Planner

ORIGIN_LETTERS = 6  # of 16 each: a life of the hub regroups a few waves only

# What plans is imported when it is first needed: no picker's terminal waits for it.


def planner() -> Planner:
    """Who plans a release that was not planned before."""
    from wms.planning.engines import at_once
    from wms.planning.wave_plan import ShortWalks

    return ShortWalks(at_once)


@handles(c.SetWaveRules)
def set_wave_rules(command: c.SetWaveRules, rows: Rows, context: Context) -> Answer:
    from wms.planning.rules import BadPlanningRules, defaults, read

    try:
        read(command.text, "the rules", defaults())
    except BadPlanningRules as error:
        return refuse(*map(plain, error.troubles))
    return (e.WaveRulesSet(command.text),)


@handles(c.ReleaseWaves)
def release_waves(command: c.ReleaseWaves, rows: Rows, context: Context) -> Answer:
    """Plan, reserve, and draw the sample of every wave in the same breath: nobody knows it before the wave is out.
    Pre-sales whose day has come are released with it."""
    from wms.planning.waves import policy_of

    policy = policy_of(rows, command.orders, command.slots)
    plan = planner().plan(rows, context.now, policy, next_wave(rows, context), zone_of(rows), command.category)
    events: list[e.Event] = [e.OrderReleased(order.id) for order in due_orders(rows, context.now)]
    if not plan.waves and not events:
        if plan.left:
            return refuse(msg("No order can be filled from stock"), msg("See the held orders for what is missing"))
        return refuse(msg("No orders are ready"))
    for wave in plan.waves:
        events.append(wave)
        events += outbound_sample(wave, rows, context)
    events += [e.OrderHeld(order, reason) for order, reason in plan.left]
    return tuple(events)


@handles(c.ReleasePlan)
def release_plan(command: c.ReleasePlan, rows: Rows, context: Context) -> Answer:
    """A plan may have been looked at for an hour. What it still holds for goes out as if planned now."""
    from wms.planning.wave_check import still_fits
    from wms.planning.wave_desk import desk_of
    from wms.planning.waves import policy_of

    desk = desk_of(rows, context.now, policy_of(rows, command.orders, command.slots), zone_of(rows))
    waves, left = still_fits(desk, command.waves, next_wave(rows, context))
    if not waves:
        return refuse(msg("Nothing of this plan can go out any more"), msg("Plan again"))
    going = {order for wave in waves for batch in wave.batches for order in batch.orders}
    events: list[e.Event] = [e.OrderReleased(o.id) for o in due_orders(rows, context.now) if o.id in going]
    for wave in waves:
        events.append(wave)
        events += outbound_sample(wave, rows, context)
    out = {order: why for order, why in (*command.left, *left) if order not in going}
    return (*events, e.OrdersLeft(tuple(out.items()))) if out else tuple(events)


@handles(c.RegroupWaves)
def regroup_waves(command: c.RegroupWaves, rows: Rows, context: Context) -> Answer:
    """Walks that were begun stay as they are, and so do waves that can't be walked any shorter."""
    from wms.planning.engines import at_once
    from wms.planning.regroup import regrouped
    from wms.planning.wave_desk import desk_of
    from wms.planning.waves import policy_of

    desk = desk_of(rows, context.now, policy_of(rows), zone_of(rows))
    waves = command.waves or [wave.id for wave in rows.where(Wave, status=WaveStatus.RELEASED)]
    found = [regrouped(desk, wave, at_once, context.fresh()[:ORIGIN_LETTERS]) for wave in waves]
    events = tuple(event for event in found if event is not None)
    return events or refuse(msg("No walk gets shorter"), msg("Walks that are begun stay as they are"))


def next_wave(rows: Rows, context: Context) -> int:
    """The number that no wave ever had."""
    counter = rows.get(Counter, "wave")
    return max(counter.value if counter is not None else 0, context.floor(NUMBERS)) + 1


def zone_of(rows: Rows) -> str:
    site = rows.get(Site, "site")
    return site.zone if site is not None else "UTC"


def outbound_sample(wave: e.WaveReleased, rows: Rows, context: Context) -> list[e.Event]:
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
