"""What must be true after any day, however it went. Each check answers with what is wrong, nothing if all is well.

Most look at the hub's journal alone, through a second set of books; the rest compare nodes with each other, with what
people saw, and with what came out of the printers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from wms.demo.autopilot.day import Day
from wms.demo.autopilot.ledger import HAND, PARCEL, TOTE, Ledger, kept
from wms.demo.autopilot.nodes import Node
from wms.demo.autopilot.seen import greens_not_journaled, labels_that_match_nothing, not_resumed
from wms.domain.events import Fact
from wms.domain.inspection import Disposition, InspectionLot
from wms.domain.orders import Order, OrderStatus
from wms.domain.places import COUNT_DIFFERENCE, CUSTOMER, QUARANTINE, SCRAP, SUPPLIER, Place, PlaceKind
from wms.domain.review import Review
from wms.domain.rows import key_of
from wms.domain.stock import Stock
from wms.store import verify
from wms.store.schema import ROWS

Problems = list[str]
MOST = 20
"""Problems shown of one kind."""


def audit(day: Day, nodes: dict[str, Node]) -> dict[str, Problems]:
    """Every invariant by name, with its problems."""
    hub = nodes["hub"]
    books = kept(hub.facts)
    checks: dict[str, Callable[[], Iterable[str]]] = {
        "stock_conserved": lambda: _unbalanced(books),
        "stock_agrees_with_the_books": lambda: _stock_differences(books, hub),
        "each_pick_once": lambda: (f"{task}: {books.taken[task]} taken" for task in sorted(books.beyond)),
        "each_event_once": lambda: _repeated(nodes.values()),
        "each_waybill_once": lambda: _waybills(books),
        "shipped_was_picked_checked_packed": lambda: _shipped_unchecked(books),
        "no_label_before_the_last_unit": lambda: books.label_early,
        "nothing_shipped_from_an_undecided_batch": lambda: _shipped_undecided(books, hub),
        "shipped_only_when_signed_for": lambda: _not_signed(books, hub),
        "every_order_accounted_for": lambda: _lost_orders(day, hub),
        "what_was_green_is_journaled": lambda: greens_not_journaled(day, hub),
        "killed_terminals_resumed_where_they_were": lambda: not_resumed(day),
        "all_nodes_hold_the_same": lambda: _different(hub, nodes.values()),
        "every_node_verifies": lambda: _unverified(nodes.values()),
        "every_label_could_be_printed": lambda: _unprintable(hub),
        "labels_are_those_of_the_parcels": lambda: labels_that_match_nothing(day, hub),
    }
    return {name: list(check())[:MOST] for name, check in checks.items()}


def _unbalanced(books: Ledger) -> Iterable[str]:
    """What was received lies somewhere: the sum over all places is nothing."""
    sums: Counter[str] = Counter()
    for (_, sku), quantity in books.stock.items():
        sums[sku] += quantity
    return (f"{sku}: {total} units out of nowhere" for sku, total in sums.items() if total)


def _stock_differences(books: Ledger, hub: Node) -> Iterable[str]:
    """Furnished = bins + hands + totes + parcels + customers + scrap + quarantine + returns + count difference."""
    kinds: dict[str, PlaceKind] = {place.id: place.kind for place in hub.rows.all(Place)}
    found: Counter[tuple[str, str]] = Counter()
    for row in hub.rows.all(Stock):
        found[_book(row.place, kinds), row.sku] += row.quantity
    for place, sku in sorted(found.keys() | books.stock.keys()):
        if found[place, sku] != books.stock[place, sku]:
            yield f"{place} {sku}: {found[place, sku]} held, {books.stock[place, sku]} by the journal"


def _book(place: str, kinds: dict[str, PlaceKind]) -> str:
    if place in (SUPPLIER, CUSTOMER, SCRAP, COUNT_DIFFERENCE, QUARANTINE):
        return place
    if place.startswith("@hand/"):
        return HAND
    if place.startswith("@parcel/"):
        return PARCEL
    return TOTE if kinds.get(place) == PlaceKind.TOTE else place


def _repeated(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        keys = Counter(fact.key for fact in node.facts)
        yield from (f"{node.name}: {key} {n} times" for key, n in keys.items() if n > 1)
        highest: dict[tuple[str, int], int] = {}
        for key in keys:
            highest[key.device, key.epoch] = max(highest.get((key.device, key.epoch), 0), key.n)
        if sum(highest.values()) != len(keys):
            yield f"{node.name}: {sum(highest.values()) - len(keys)} facts are missing"


def _waybills(books: Ledger) -> Iterable[str]:
    yield from (f"{number} on {parcels}" for number, parcels in books.waybills.items() if len(parcels) > 1)
    yield from (f"{parcel} has {numbers}" for parcel, numbers in books.numbers.items() if len(numbers) > 1)


def _shipped_unchecked(books: Ledger) -> Iterable[str]:
    orders = {books.order_of[parcel] for parcel in books.shipped}
    for parcel in books.shipped:
        if parcel not in books.checked:
            yield f"{parcel}: its label was never scanned"
    yield from (f"{order}: not every unit was verified" for order in orders if order not in books.verified)
    for (order, line), packed in books.packed.items():
        if order in orders and packed != books.picked[order, line]:
            yield f"{order} line {line}: {packed} packed, {books.picked[order, line]} picked"
    for order in orders:
        inside = sum(books.in_parcel[p].total() for p, of in books.order_of.items() if of == order)
        packed = sum(n for (of, _), n in books.packed.items() if of == order)
        if inside != packed or not packed:
            yield f"{order}: {inside} units in its parcels, {packed} verified"


def _shipped_undecided(books: Ledger, hub: Node) -> Iterable[str]:
    """A batch with a failed sample was decided by somebody; no drawn unit that was to be had went out unseen."""
    lots: dict[str, InspectionLot] = {lot.id: lot for lot in hub.rows.all(InspectionLot)}
    waves = {books.wave_of[books.order_of[parcel]] for parcel in books.shipped}
    for name in (lot for wave in waves for lot in books.of_wave[wave]):
        failed = [n for (lot, n), passed in books.verdicts.items() if lot == name and not passed]
        if failed and books.decided.get(name) not in ("accept", "sort"):
            yield f"{name}: samples {failed} failed, decided: {books.decided.get(name, 'nothing')}"
        if lots[name].disposition != Disposition.ACCEPTED:
            yield f"{name}: is {lots[name].disposition}"


def _not_signed(books: Ledger, hub: Node) -> Iterable[str]:
    """What is reported to the channel as shipped stands on a closed manifest with all its parcels."""
    parcels: dict[str, list[str]] = {}
    for parcel, order in books.order_of.items():
        if books.in_parcel[parcel].total():
            parcels.setdefault(order, []).append(parcel)
    for row in hub.rows.where(Order, status=OrderStatus.HANDED_OVER):
        waiting = [parcel for parcel in parcels.get(row.id, []) if parcel not in books.shipped]
        if waiting or row.id not in parcels:
            yield f"{row.id} counts as shipped; not signed for: {waiting or 'all of it'}"


def _lost_orders(day: Day, hub: Node) -> Iterable[str]:
    held = len(hub.rows.all(Order))
    if held != day.warehouse.expected:
        yield f"{day.warehouse.expected} orders came in, {held} are known"


def _unprintable(hub: Node) -> Iterable[str]:
    """Parcels that still wait because their label can't be made; the supervisor's board says why."""
    for found in hub.rows.where(Review, open=True):
        if found.kind == "label" and found.detail.startswith("layout"):
            yield f"parcel {found.subject} waits for a label that can't be printed: {found.detail}"


def _different(hub: Node, nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if _confirmed(node.facts) != _confirmed(hub.facts):
            yield f"{node.name}: its journal is not the hub's"
        for row in ROWS:
            here, there = node.rows.all(row), hub.rows.all(row)
            if here != there:
                odd = next(iter(set(here) ^ set(there)))
                yield f"{node.name}: {row.TABLE} {key_of(odd)} differs"


def _confirmed(facts: tuple[Fact, ...]) -> list[tuple[object, object]]:
    return [(fact.position, fact.key) for fact in facts]


def _unverified(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        yield from (f"{node.name}: {problem}" for problem in verify(node.rows).problems)
