"""A second set of books, kept from the journal alone: where every unit went, task by task and parcel by parcel.

It shares no code with the projections. What it says is compared with what they made of the same facts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from wms.domain import events as e
from wms.domain.events import Fact, PlannedTask
from wms.domain.places import COUNT_DIFFERENCE, CUSTOMER, QUARANTINE, SCRAP, SUPPLIER

HAND, TOTE, PARCEL = "hand", "tote", "parcel"
Line = tuple[str, int]
"""An order's line: order and number."""


@dataclass(slots=True)
class Ledger:
    """`stock` holds units by (place or kind of place, SKU); what is in hands, totes and parcels also by whose it is."""

    stock: Counter[tuple[str, str]] = field(default_factory=Counter)
    tasks: dict[str, PlannedTask] = field(default_factory=dict)
    wanted: Counter[str] = field(default_factory=Counter)  # task: units planned, less what was short
    taken: Counter[str] = field(default_factory=Counter)  # task: units out of the bin, less those given back
    beyond: set[str] = field(default_factory=set)  # tasks of which too much was taken at some time
    in_totes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # order: SKUs
    in_parcel: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    picked: Counter[Line] = field(default_factory=Counter)  # into totes, less what was taken out or lost again
    packed: Counter[Line] = field(default_factory=Counter)
    order_of: dict[str, str] = field(default_factory=dict)  # parcel: order
    wave_of: dict[str, str] = field(default_factory=dict)  # order: wave
    verified: set[str] = field(default_factory=set)  # orders whose last unit was verified
    label_early: list[str] = field(default_factory=list)  # parcels labelled before that
    checked: set[str] = field(default_factory=set)  # parcels whose label was scanned back
    waybills: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # number: parcels
    numbers: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # parcel: numbers
    loaded: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # manifest: parcels
    shipped: dict[str, int] = field(default_factory=dict)  # parcel: UTC seconds
    samples: dict[tuple[str, int], e.DrawnUnit] = field(default_factory=dict)
    verdicts: dict[tuple[str, int], bool] = field(default_factory=dict)
    of_wave: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # wave: inspections
    decided: dict[str, str] = field(default_factory=dict)  # inspection: decision

    def move(self, sku: str, quantity: int, source: str, target: str) -> None:
        self.stock[source, sku] -= quantity
        self.stock[target, sku] += quantity


def kept(facts: Iterable[Fact]) -> Ledger:
    """The books after these facts, in their order."""
    books = Ledger()
    for fact in facts:
        _write(books, fact)
    return books


def _write(b: Ledger, fact: Fact) -> None:
    match fact.body:
        case e.GoodsReceived() as g:
            b.move(g.sku, g.quantity, SUPPLIER, g.place)
        case e.StockMoved() as m:
            b.move(m.sku, m.quantity, m.source, m.target)
        case e.StockAdjusted() as a:
            b.move(a.sku, a.difference, COUNT_DIFFERENCE, a.place)
        case e.ZeroChecked() as z:
            b.move(z.sku, z.left - z.expected, COUNT_DIFFERENCE, z.place)
        case e.WaveReleased() as wave:
            _plan(b, (task for batch in wave.batches for task in batch.tasks))
            b.wave_of.update({order: wave.wave for batch in wave.batches for order in batch.orders})
        case _:
            _walk(b, fact)
            _inspect(b, fact)
            _bench(b, fact)
            _hand_over(b, fact)


def _plan(b: Ledger, tasks: Iterable[PlannedTask]) -> None:
    for task in tasks:
        b.tasks[task.id] = task
        b.wanted[task.id] = task.quantity


def _walk(b: Ledger, fact: Fact) -> None:
    match fact.body:
        case e.UnitsTaken(task=name, quantity=n):
            task = b.tasks[name]
            b.move(task.sku, n, task.place, HAND)
            b.taken[name] += n
            if b.taken[name] > b.wanted[name]:
                b.beyond.add(name)
        case e.UnitsReturned(task=name, quantity=n):
            task = b.tasks[name]
            b.move(task.sku, n, HAND, task.place)
            b.taken[name] -= n
        case e.UnitsPut(task=name, quantity=n):
            _tote(b, b.tasks[name], n)
        case e.UnitsUnput(task=name, quantity=n):
            _tote(b, b.tasks[name], -n)
        case e.PickShorted(task=name) as short:
            task = b.tasks[name]
            b.wanted[name] -= short.missing
            b.move(task.sku, short.damaged, task.place, SCRAP)
            _plan(b, short.replaced_by)


def _tote(b: Ledger, task: PlannedTask, n: int) -> None:
    b.move(task.sku, n, HAND, TOTE)
    b.in_totes[task.order][task.sku] += n
    b.picked[task.order, task.line] += n


def _inspect(b: Ledger, fact: Fact) -> None:
    match fact.body:
        case e.SampleDrawn(inspection=lot) as drawn:
            b.of_wave[drawn.reference].append(lot)
            b.samples.update({(lot, n): unit for n, unit in enumerate(drawn.units, 1)})
        case e.LotDisposed(inspection=lot) as decision:
            b.decided[lot] = decision.decision
            first = sum(name == lot for name, _ in b.samples) + 1
            b.samples.update({(lot, n): unit for n, unit in enumerate(decision.units, first)})
        case e.SampleJudged(inspection=lot, n=n) as judged:
            failed_before = b.verdicts.get((lot, n)) is False
            if judged.undone:
                b.verdicts.pop((lot, n), None)
                if failed_before:
                    _set_aside(b, b.samples[lot, n], -1)
            else:
                b.verdicts[lot, n] = judged.passed
                if not judged.passed:
                    _set_aside(b, b.samples[lot, n], 1)


def _set_aside(b: Ledger, unit: e.DrawnUnit, n: int) -> None:
    """A failed unit leaves its tote."""
    task = b.tasks.get(unit.source)
    if task is not None:
        b.move(unit.sku, n, TOTE, QUARANTINE)
        b.in_totes[task.order][unit.sku] -= n
        b.picked[task.order, task.line] -= n


def _bench(b: Ledger, fact: Fact) -> None:
    match fact.body:
        case e.PackingStarted(order=order, parcel=parcel) | e.ParcelOpened(order=order, parcel=parcel):
            b.order_of[parcel] = order
        case e.UnitsPacked() as p:
            _pack(b, p, p.quantity)
        case e.UnitsUnpacked() as p:
            _pack(b, p, -p.quantity)
        case e.UnitsMissing() as m:
            n = min(m.quantity, b.picked[m.order, m.line])  # two benches may have told of the same unit
            b.move(m.sku, n, TOTE, SCRAP if m.damaged else COUNT_DIFFERENCE)
            b.in_totes[m.order][m.sku] -= n
            b.picked[m.order, m.line] -= n
        case e.PackingVerified(order=order):
            b.verified.add(order)
        case e.WaybillAssigned(parcel=parcel, number=number):
            b.waybills[number].append(parcel)
            b.numbers[parcel].append(number)
            if b.order_of[parcel] not in b.verified:
                b.label_early.append(parcel)
        case e.WaybillBound(parcel=parcel, number=number):
            b.waybills[number].append(parcel)
            b.numbers[parcel].append(number)
            b.checked.add(parcel)
        case e.LabelRequested(parcel=parcel) if b.order_of[parcel] not in b.verified:
            b.label_early.append(parcel)
        case e.LabelVerified(parcel=parcel):
            b.checked.add(parcel)
        case e.OrderDiverted(order=order, place=place):
            _empty(b, b.in_totes[order], TOTE, place)
            for name, of in b.order_of.items():
                if of == order and name not in b.shipped:
                    _empty(b, b.in_parcel[name], PARCEL, place)
        case e.ParcelVoided(parcel=parcel, place=place):
            _empty(b, b.in_parcel[parcel], PARCEL, place)


def _pack(b: Ledger, p: e.UnitsPacked | e.UnitsUnpacked, n: int) -> None:
    b.move(p.sku, n, TOTE, PARCEL)
    order = b.order_of[p.parcel]
    b.in_totes[order][p.sku] -= n
    b.in_parcel[p.parcel][p.sku] += n
    b.packed[order, p.line] += n


def _empty(b: Ledger, contents: Counter[str], source: str, target: str) -> None:
    for sku, n in contents.items():
        b.move(sku, n, source, target)
    contents.clear()


def _hand_over(b: Ledger, fact: Fact) -> None:
    match fact.body:
        case e.ParcelLoaded(manifest=manifest, parcel=parcel):
            b.loaded[manifest].add(parcel)
        case e.ParcelUnloaded(manifest=manifest, parcel=parcel):
            b.loaded[manifest].discard(parcel)
        case e.ManifestClosed(manifest=manifest):
            for name in b.loaded[manifest]:
                b.shipped[name] = fact.seconds
                for sku, n in b.in_parcel[name].items():
                    b.move(sku, n, PARCEL, CUSTOMER)
