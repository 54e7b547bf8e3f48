"""Waves planned and released, and the rules they are planned by."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Category, Counter, Item, Site
from wms.domain.ids import InspectionId
from wms.domain.inspection import draw, sample_size
from wms.domain.rows import Rows
from wms.domain.waiting import due_orders
from wms.domain.waves import NUMBERS
from wms.planning.rules import BadPlanningRules, defaults, read
from wms.planning.waves import EarliestFirst, Planner, policy_of
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg, plain

PLANNER: Planner = EarliestFirst()


@handles(c.SetWaveRules)
def set_wave_rules(command: c.SetWaveRules, rows: Rows, context: Context) -> Answer:
    try:
        read(command.text, "the rules", defaults())
    except BadPlanningRules as error:
        return refuse(*map(plain, error.troubles))
    return (e.WaveRulesSet(command.text),)


@handles(c.ReleaseWaves)
def release_waves(command: c.ReleaseWaves, rows: Rows, context: Context) -> Answer:
    """Plan, reserve, and draw the sample of every wave in the same breath: nobody knows it before the wave is out.
    Pre-sales whose day has come are released with it."""
    policy = policy_of(rows, command.orders, command.slots)
    plan = PLANNER.plan(rows, context.now, policy, next_wave(rows, context), zone_of(rows), command.category)
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
