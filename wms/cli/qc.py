"""`wms qc`: how large a sample is, what it can tell, and whether a drawn one was drawn as recorded."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from math import comb
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table
from wms.cli.parsing import command, group, positive

if TYPE_CHECKING:
    from wms.domain.events import DrawnUnit, Fact, Key, SampleDrawn
    from wms.store import Store

DEFECTIVE_PERCENT = 10

PLAN = """\
  {"lot_size": 200, "rule": "percent:5", "sample_size": 10, "acceptance_number": 0,
   "risk": {"defective_percent": 10, "defective_units": 20, "accepted_with_probability": 0.3398}}

The lot is accepted if none of the sample fails. `risk` is how probable it is that a lot with so many defective units
(rounded up) is accepted all the same: the hypergeometric probability that the sample holds none of them."""
AUDIT = """\
  {"inspection": "QC-W0001", "kind": "outbound", "reference": "W0001", "population": 31, "percent": 5,
   "sample_size": 2, "seed": "…", "recorded": [{"source": "W0001-01-001", "unit": 0, "sku": "TEA-01", "lot": "L2601"}],
   "drawn_again": [{"source": "W0001-01-001", "unit": 0, "sku": "TEA-01", "lot": "L2601"}], "agrees": true}

The units are numbered as the wave's pick tasks (or the receipt) list them; drawn are those whose SHA-256 of
`seed:number` is smallest. Exit code 1 if the recorded sample is another one."""


def add(top: ArgumentParser, commands: Any) -> None:
    qc = group(commands, "qc", "sampling inspection")
    planning = command(qc, "plan", "sample size, acceptance number and risk", plan, PLAN)
    planning.add_argument("--lot-size", required=True, type=positive, metavar="N", help="units in the lot")
    planning.add_argument("--rule", type=_percent, default=5, metavar="percent:P", help="default: percent:5")
    auditing = command(qc, "audit", "draw a recorded sample again from its seed, and compare", audit, AUDIT)
    auditing.add_argument("inspection", metavar="INSPECTION", help="such as QC-W0001")


def _percent(text: str) -> int:
    name, _, value = text.partition(":")
    if name != "percent" or not value.isdecimal() or not 1 <= int(value) <= 100:
        raise ArgumentTypeError(f"must be percent:P with P from 1 to 100, not {text!r}")
    return int(value)


def plan(options: Namespace) -> int:
    from wms.domain.inspection import sample_size

    lot, percent = options.lot_size, options.rule
    size = sample_size(lot, percent)
    defective = -(-lot * DEFECTIVE_PERCENT // 100)
    accepted = accepted_with_probability(lot, defective, size)
    document = {
        "lot_size": lot,
        "rule": f"percent:{percent}",
        "sample_size": size,
        "acceptance_number": 0,
        "risk": {
            "defective_percent": DEFECTIVE_PERCENT,
            "defective_units": defective,
            "accepted_with_probability": round(accepted, 4),
        },
    }
    emit(
        options,
        document,
        lambda: (
            f"inspect {size} of {lot} units; accept the lot if none fails\n"
            f"a lot with {defective} defective units would still be accepted {accepted:.1%} of the time"
        ),
    )
    return 0


def accepted_with_probability(lot: int, defective: int, size: int) -> float:
    """The probability that a sample of `size` units out of `lot` holds none of the `defective` ones.

    >>> round(accepted_with_probability(200, 20, 10), 4)
    0.3398
    """
    return comb(lot - defective, size) / comb(lot, size)


def audit(options: Namespace) -> int:
    from wms.domain.inspection import draw, sample_size

    with opened(options) as store:
        recorded, drawn = _recorded(store, options.inspection)
        units = _population(store, recorded.key, drawn)
    size = sample_size(len(units), drawn.percent)
    again = [units[number] for number in draw(drawn.seed, len(units), size)]
    agrees = tuple(again) == drawn.units and len(units) == drawn.population
    document = {
        "inspection": drawn.inspection,
        "kind": drawn.kind,
        "reference": drawn.reference,
        "population": drawn.population,
        "percent": drawn.percent,
        "sample_size": len(drawn.units),
        "seed": drawn.seed,
        "recorded": [_unit(one) for one in drawn.units],
        "drawn_again": [_unit(one) for one in again],
        "agrees": agrees,
    }

    def text() -> str:
        rows = [
            (one.source, one.unit, one.sku, one.lot, "" if one in again else "not drawn by the seed")
            for one in drawn.units
        ]
        verdict = "the sample is the one its seed draws" if agrees else "the sample is NOT the one its seed draws"
        return f"{table(('FROM', 'UNIT', 'SKU', 'LOT', ''), rows)}\n\n{verdict}"

    emit(options, document, text)
    if not agrees:
        print(f"wms: {drawn.inspection} was not drawn from its seed", file=sys.stderr)
    return 0 if agrees else 1


def _unit(unit: DrawnUnit) -> dict[str, Any]:
    return {"source": unit.source, "unit": unit.unit, "sku": unit.sku, "lot": unit.lot}


def _recorded(store: Store, inspection: str) -> tuple[Fact, SampleDrawn]:
    from wms.domain.events import SampleDrawn

    for fact in _journal(store, "kind = ?", "SampleDrawn"):
        if isinstance(fact.body, SampleDrawn) and fact.body.inspection == inspection:
            return fact, fact.body
    raise Refusal(f"there is no inspection {inspection}")


def _population(store: Store, key: Key, drawn: SampleDrawn) -> list[DrawnUnit]:
    """Every unit that could have been drawn, in the order they were numbered in: from the journal, since the rows
    have moved on. What the sample was drawn of was recorded just before it."""
    from wms.domain.events import DrawnUnit, GoodsReceived, WaveReleased

    before = _journal(store, "device = ? AND epoch = ? AND n = ?", key.device, key.epoch, key.n - 1)
    for body in (fact.body for fact in before):
        if isinstance(body, WaveReleased) and body.wave == drawn.reference:
            tasks = [task for batch in body.batches for task in batch.tasks]
            return [
                DrawnUnit(task.id, unit, task.sku, task.lot, task.order, task.place)
                for task in tasks
                for unit in range(task.quantity)
            ]
        if isinstance(body, GoodsReceived) and body.receipt == drawn.reference:
            units = range(body.quantity)
            return [DrawnUnit(body.receipt, unit, body.sku, body.lot, place=body.place) for unit in units]
    raise Refusal(f"the journal does not hold {drawn.reference}, of which {drawn.inspection} was drawn")


def _journal(store: Store, where: str, *values: str | int) -> list[Fact]:
    from wms.store import journal

    return journal.read(store.rows.connection, where, values)
