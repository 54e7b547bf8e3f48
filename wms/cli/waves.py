"""`wms wave`: what was released, and how far it has come."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from wms.cli import wave_plan, wave_rules
from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, group

if TYPE_CHECKING:
    from wms.domain.waves import Wave

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
    wave_plan.add(waves)
    command(waves, "list", "all waves, the newest first", list_waves, LIST)
    showing = command(waves, "show", "one wave with its batches and pick tasks", show_wave, SHOW)
    showing.add_argument("wave", metavar="WAVE")
    wave_rules.add(waves)


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
