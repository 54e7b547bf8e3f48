"""The day's report: what came in and what became of it, how it went, and whether everything held."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wms.demo.autopilot.audit import Problems, audit
from wms.demo.autopilot.day import Day
from wms.demo.autopilot.nodes import Node, opened
from wms.domain import events as e
from wms.domain.orders import Order, OrderStatus
from wms.domain.stock import Stock

LEFT_IN_WORK = "waiting"


@dataclass(frozen=True, slots=True)
class Report:
    """`document` is what `--json` prints; `problems` has an entry for every invariant."""

    document: dict[str, Any]
    problems: dict[str, Problems]

    @property
    def sound(self) -> bool:
        return not any(self.problems.values())


def report(day: Day) -> Report:
    """Look at all databases of the day. Reads only."""
    with opened(day.nodes) as nodes:
        problems = audit(day, nodes)
        return Report(_document(day, nodes, problems), problems)


def _document(day: Day, nodes: dict[str, Node], problems: dict[str, Problems]) -> dict[str, Any]:
    hub = nodes["hub"]
    bodies = [fact.body for fact in hub.facts]
    kinds = Counter(type(body).__name__ for body in bodies)
    orders = hub.rows.all(Order)
    lines = sum(1 for body in bodies if isinstance(body, e.UnitsPut)) - kinds["UnitsUnput"]
    answers = [seconds for one in day.terminals for seconds in one.counts.answers]
    mistakes = sum((one.counts.mistakes for one in day.terminals), Counter[str]())
    shipped = [order for order in orders if order.status == OrderStatus.HANDED_OVER]
    on_time = sum(order.shipped <= order.ship_by for order in shipped)
    return {
        "seed": day.seed,
        "orders": _became(orders),
        "lines": lines,
        "units": day.floor.taken,
        "scans": {
            "total": sum(one.counts.scans for one in day.terminals),
            "refused": sum(one.counts.refused for one in day.terminals),
            "answered_ms": _milliseconds(answers),
        },
        "walk": walked(bodies),
        "samples": {
            "drawn": sum(len(body.units) for body in bodies if isinstance(body, e.SampleDrawn)),
            "failed": sum(1 for body in bodies if isinstance(body, e.SampleJudged) and not body.passed),
            "batches_decided": kinds["LotDisposed"],
        },
        "labels": {
            "printed": kinds["LabelPrinted"],
            "verified": kinds["LabelVerified"],
            "reprinted": sum(1 for body in bodies if isinstance(body, e.LabelRequested) and body.reprint),
        },
        "parcels": {"shipped": day.floor.shipped, "manifests": kinds["ManifestClosed"]},
        "events": {
            "journaled": len(hub.facts),
            "synced": sum(fact.position is not None for fact in hub.facts),
            "waiting": sum(fact.position is None for node in nodes.values() for fact in node.facts),
        },
        "stock": _stock(hub),
        "mistakes": dict(sorted(mistakes.items())),
        "faults": dict(sorted(day.troubles.items())),
        "dates_moved_s": day.warehouse.shifted,
        "seconds": round(day.seconds, 1),
        "on_time": round(on_time / len(shipped), 4) if shipped else None,
        "lines_per_hour": round(lines / day.picking_seconds * 3600) if day.picking_seconds else 0,
        "invariants": {name: not found for name, found in problems.items()},
        "problems": {name: found for name, found in problems.items() if found},
        "data": str(day.folder),
    }


def walked(events: Iterable[e.Event]) -> dict[str, int]:
    """Metres as planned, of all walks and of those finished, and what the same orders would have been walked as they
    came, aisle by aisle. Where walks were put together anew that counts less by what they got shorter, since most of
    that is of orders that were cancelled."""
    planned: dict[str, int] = {}
    finished: set[str] = set()
    first_come = 0
    for event in events:
        match event:
            case e.WaveReleased():
                planned.update({batch.id: batch.walk_mm for batch in event.batches})
                first_come += event.plain_mm
            case e.WaveRegrouped():
                first_come -= sum(planned.pop(name, 0) for name in event.old)
                first_come += sum(batch.walk_mm for batch in event.batches)
                planned.update({batch.id: batch.walk_mm for batch in event.batches})
            case e.TotesDropped():
                finished.add(event.batch)
    metres = {
        "planned_m": sum(planned.values()),
        "walked_m": sum(length for name, length in planned.items() if name in finished),
        "first_come_m": first_come,
        "saved_m": first_come - sum(planned.values()),
    }
    return {name: length // 1000 for name, length in metres.items()}


def _became(orders: Iterable[Order]) -> dict[str, int]:
    """Each order once."""
    found = Counter(_end(order) for order in orders)
    names = ("shipped", "held", "short", "cancelled", LEFT_IN_WORK)
    return {"in": found.total(), **{name: found[name] for name in names}}


def _end(order: Order) -> str:
    if order.status == OrderStatus.HANDED_OVER:
        return "shipped"
    if order.stop or order.status == OrderStatus.CANCELLED:
        return "cancelled"
    if order.status in (OrderStatus.HELD, OrderStatus.SHORT):
        return str(order.status)
    return LEFT_IN_WORK


def _stock(hub: Node) -> dict[str, int]:
    """Units by where they ended; bins and returns shelves are places of their own name."""
    found: Counter[str] = Counter()
    for row in hub.rows.all(Stock):
        found[row.place.split("/")[0] if row.place.startswith("@") else "places"] += row.quantity
    return dict(sorted(found.items()))


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50": round(cuts[49] * 1000, 1), "p95": round(cuts[94] * 1000, 1), "p99": round(cuts[98] * 1000, 1)}
