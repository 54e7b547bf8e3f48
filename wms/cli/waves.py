"""`wms wave`: what would be released, what was, and how far it has come."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from wms.cli import wave_rules
from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, group, language_flag, positive

if TYPE_CHECKING:
    from wms.domain.events import WaveReleased
    from wms.domain.rows import Rows
    from wms.domain.waves import Wave

PLAN = """\
  {"waves": [{"wave": "W0001", "category": "food", "ship_by": "2026-11-13T08:27:00Z", "orders": 12, "units": 31,
              "batches": [{"batch": "W0001-01", "orders": ["shop-A-1001"],
                           "tasks": [{"task": "W0001-01-001", "order": "shop-A-1001", "slot": 1, "place": "A-01-1",
                                      "sku": "TEA-01", "lot": "L2601", "quantity": 2}]}]}],
   "left": [{"order": "shop-A-1002", "reasons": ["no_stock:TEA-01:3"], "says": "TEA-01: 3 more needed"}]}"""
RELEASE = """\
  the same as `plan`; the orders under `left` were held for that reason"""
LIST = """\
  {"waves": [{"wave": "W0001", "category": "food", "status": "released", "ship_by": "2026-11-13T08:27:00Z",
              "released": "2026-11-11T09:00:00Z", "orders": 12, "tasks": 20, "closed": 5}]}"""
SHOW = """\
  the same object as in `list`, with
  "batches": [{"batch": "W0001-01", "status": "claimed", "person": "P-001", "cart": "C-1",
               "orders": [{"slot": 1, "order": "shop-A-1001", "tote": "T-001"}]}],
  "tasks": [{"task": "W0001-01-001", "order": "shop-A-1001", "slot": 1, "place": "A-01-1", "sku": "TEA-01",
             "lot": "L2601", "quantity": 2, "taken": 0, "short": 0, "status": "open"}]"""


def add(top: ArgumentParser, commands: Any) -> None:
    waves = group(commands, "wave", "orders of one category released together")
    planning = command(waves, "plan", "what a release would give, and what would be left and why", plan, PLAN)
    releasing = command(waves, "release", "plan, reserve the stock, and give the work out", release, RELEASE)
    for parser in (planning, releasing):
        parser.add_argument("--category", metavar="CODE", help="only this one; '' for orders that span categories")
        parser.add_argument(
            "--orders", type=positive, default=0, metavar="N", help="at most in a wave (else: the rules)"
        )
        parser.add_argument("--slots", type=positive, default=0, metavar="N", help="totes on a cart (else: the rules)")
        language_flag(parser)
    command(waves, "list", "all waves, the newest first", list_waves, LIST)
    showing = command(waves, "show", "one wave with its batches and pick tasks", show_wave, SHOW)
    showing.add_argument("wave", metavar="WAVE")
    wave_rules.add(waves)


def plan(options: Namespace) -> int:
    from wms.cli.acting import zone_of
    from wms.domain.catalogue import Counter
    from wms.planning.waves import policy_of
    from wms.workflows.handlers.waves import planner

    with opened(options) as store:
        _check_category(options, store.rows)
        counter = store.rows.get(Counter, "wave")
        found = planner().plan(
            store.rows,
            store.clock() // 1000,
            policy_of(store.rows, options.orders, options.slots),
            (counter.value if counter is not None else 0) + 1,
            zone_of(store.rows),
            options.category,
        )
        _tell(options, list(found.waves), list(found.left), zone_of(store.rows))
    return 0


def release(options: Namespace) -> int:
    from wms.cli.acting import carry_out, zone_of
    from wms.domain.commands import ReleaseWaves
    from wms.domain.events import OrderHeld, WaveReleased

    with opened(options) as store:
        _check_category(options, store.rows)
        recorded = carry_out(options, store, ReleaseWaves(options.category, options.orders, options.slots))
        bodies = [fact.body for fact in recorded.facts]
        waves = [body for body in bodies if isinstance(body, WaveReleased)]
        held = [(body.order, body.reason) for body in bodies if isinstance(body, OrderHeld)]
        _tell(options, waves, held, zone_of(store.rows))
    return 0


def _check_category(options: Namespace, rows: Rows) -> None:
    from wms.domain.catalogue import Category

    if options.category and rows.get(Category, options.category) is None:
        known = ", ".join(category.code for category in rows.all(Category)) or "none"
        raise Refusal(f"there is no category {options.category}; known are: {known}")


def _tell(options: Namespace, waves: list[WaveReleased], left: list[Any], zone: str) -> None:
    from wms.cli.acting import because

    said = [(order, reason, because(options, reason)) for order, reason in left]
    planned = [_planned(wave) for wave in waves]
    document = {
        "waves": planned,
        "left": [{"order": order, "reasons": reason.split(","), "says": says} for order, reason, says in said],
    }

    def text() -> str:
        parts = []
        if waves:
            rows = [
                (p["wave"], p["category"], p["orders"], p["units"], len(p["batches"]), wall(wave.ship_by, zone))
                for wave, p in zip(waves, planned, strict=True)
            ]
            parts.append(table(("WAVE", "CATEGORY", "ORDERS", "UNITS", "CARTS", "SHIP BY"), rows))
        if said:
            parts.append(table(("LEFT", "WHY"), [(order, says) for order, _, says in said]))
        return "\n\n".join(parts) or "no orders are ready"

    emit(options, document, text)


def _planned(wave: WaveReleased) -> dict[str, Any]:
    return {
        "wave": wave.wave,
        "category": wave.category,
        "ship_by": utc(wave.ship_by),
        "orders": sum(len(batch.orders) for batch in wave.batches),
        "units": sum(task.quantity for batch in wave.batches for task in batch.tasks),
        "batches": [
            {
                "batch": batch.id,
                "orders": list(batch.orders),
                "tasks": [
                    {
                        "task": task.id,
                        "order": task.order,
                        "slot": task.slot,
                        "place": task.place,
                        "sku": task.sku,
                        "lot": task.lot,
                        "quantity": task.quantity,
                    }
                    for task in batch.tasks
                ],
            }
            for batch in wave.batches
        ],
    }


def list_waves(options: Namespace) -> int:
    from wms.cli.acting import zone_of
    from wms.domain.waves import Wave

    with opened(options) as store:
        waves = sorted(store.rows.all(Wave), key=lambda wave: (-wave.released, wave.id))
        zone = zone_of(store.rows)
    emit(
        options,
        {"waves": [_described(wave) for wave in waves]},
        lambda: table(
            ("WAVE", "CATEGORY", "STATUS", "ORDERS", "TASKS DONE", "SHIP BY"),
            [(w.id, w.category, w.status, w.orders, f"{w.closed}/{w.tasks}", wall(w.ship_by, zone)) for w in waves],
        ),
    )
    return 0


def _described(wave: Wave) -> dict[str, Any]:
    return {
        "wave": wave.id,
        "category": wave.category,
        "status": wave.status,
        "ship_by": utc(wave.ship_by),
        "released": utc(wave.released),
        "orders": wave.orders,
        "tasks": wave.tasks,
        "closed": wave.closed,
    }


def show_wave(options: Namespace) -> int:
    from wms.domain.waves import Batch, PickTask, Slot, Wave

    with opened(options) as store:
        rows = store.rows
        wave = rows.get(Wave, options.wave) or rows.get(Wave, options.wave.upper())
        if wave is None:
            raise Refusal(f"there is no wave {options.wave}: wms wave list shows them")
        batches = [(batch, rows.where(Slot, batch=batch.id)) for batch in rows.where(Batch, wave=wave.id)]
        tasks = sorted(rows.where(PickTask, wave=wave.id), key=lambda task: (task.batch, task.sequence, task.id))
    document = _described(wave) | {
        "batches": [
            {
                "batch": batch.id,
                "status": batch.status,
                "person": batch.person,
                "cart": batch.cart,
                "orders": [{"slot": slot.n, "order": slot.order_id, "tote": slot.tote} for slot in slots],
            }
            for batch, slots in batches
        ],
        "tasks": [
            {
                "task": task.id,
                "order": task.order_id,
                "slot": task.slot,
                "place": task.place,
                "sku": task.sku,
                "lot": task.lot,
                "quantity": task.quantity,
                "taken": task.taken,
                "short": task.short,
                "status": task.status,
            }
            for task in tasks
        ],
    }
    emit(options, document, lambda: _shown(wave, batches, tasks))
    return 0


def _shown(wave: Wave, batches: list[Any], tasks: list[Any]) -> str:
    head = f"{wave.id}  {wave.category}  {wave.status}  {wave.closed}/{wave.tasks} tasks done"
    walked = table(
        ("BATCH", "STATUS", "PERSON", "CART", "ORDERS"),
        [(batch.id, batch.status, batch.person, batch.cart, len(slots)) for batch, slots in batches],
    )
    picked = table(
        ("TASK", "PLACE", "SKU", "LOT", "WANTED", "TAKEN", "SHORT", "STATUS", "ORDER"),
        [(t.id, t.place, t.sku, t.lot, t.quantity, t.taken, t.short, t.status, t.order_id) for t in tasks],
    )
    return "\n\n".join((head, walked, picked))
