"""The orders of an instance: what becomes a job, and what is left with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wms.planning.instance_floor import Floor
from wms.planning.instance_values import BOUND, Key, Trouble, Unreadable, amount, common, is_key, number, shown
from wms.planning.problem import Job, Prices

if TYPE_CHECKING:
    from wms.planning.routing import Router


@dataclass(frozen=True, slots=True)
class Left:
    """An order that is not planned. `order` is its id, None where it has none; `row` names it in the file."""

    row: str
    order: Key | None
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all orders. `ticks` in one unit of the objective; `timed` where somebody waits for orders."""

    capacity: Fraction
    prices: Prices
    ticks: int
    timed: bool


@dataclass(frozen=True, slots=True)
class Orders:
    """`jobs[i]` is the order `ids[i]`, which stands in `rows[i]` of the file; the capacity is in the jobs' own unit;
    `load_unit` of these make one of the file's."""

    jobs: tuple[Job, ...]
    ids: tuple[Key, ...]
    capacity: int
    left: tuple[Left, ...]
    load_unit: int


@dataclass(frozen=True, slots=True)
class _Order:
    row: str
    id: Key
    stops: tuple[int, ...]
    load: Fraction
    lines: int
    due: int | None


def read_orders(given: list[Any], floor: Floor, terms: Terms, said: list[Trouble]) -> Orders:
    """The same order twice goes to `said`. Raises `Unreadable` where figures are too large to be added up."""
    taken: list[_Order] = []
    stood: dict[Key, tuple[str, object]] = {}
    left = []
    alone = _OwnTrips(floor, terms.prices)
    for n, row in enumerate(given):
        key = row.get("id") if isinstance(row, dict) else None
        name = f"orders[{n}] (id {shown(key)})" if is_key(key) else f"orders[{n}]"
        if is_key(key) and key in stood:
            first, same = stood[key][0], stood[key][1] == row
            if same:
                said.append(Trouble(name, f"stands in {first} already"))
            else:
                left.append(Left(name, key, f"another order stands under this id in {first}, which counts"))
            continue
        if is_key(key):
            stood[key] = f"orders[{n}]", row
        order = _order(name, row, floor, terms, alone)
        if isinstance(order, _Order):
            taken.append(order)
        else:
            left.append(Left(name, key if is_key(key) else None, order))
    return _jobs(taken, tuple(left), floor, terms)


def _order(name: str, row: object, floor: Floor, terms: Terms, alone: _OwnTrips) -> _Order | str:
    """The order, or all that is wrong with it."""
    if not isinstance(row, dict):
        return f"must be an object, not {shown(row)}"
    wrong: list[str] = []
    key = row.get("id")
    if not is_key(key):
        wrong.append(f"the id must be a whole number or a text, not {shown(key)}" if "id" in row else "it has no id")
    stops = _stops(row, floor, wrong)
    load = _load(row, terms.capacity, wrong)
    due = _due(row, terms, wrong) if terms.timed else None
    if wrong or not is_key(key):
        return "; ".join(wrong)
    lines = len(row["lines"])
    if due is not None and (takes := alone.longer_than(due, stops, lines)):
        return f"due {due / terms.ticks:g}, but its own trip takes {takes / terms.ticks:g}"
    return _Order(name, key, stops, load, lines, due)


def _stops(row: Mapping[str, Any], floor: Floor, wrong: list[str]) -> tuple[int, ...]:
    lines = row.get("lines")
    if not isinstance(lines, list):
        wrong.append(f"lines must be a list, not {shown(lines)}" if "lines" in row else "it has no lines")
        return ()
    if not lines:
        wrong.append("it is empty: it has no lines")
    stops: dict[int, None] = {}
    for n, line in enumerate(lines):
        if not (isinstance(line, list) and len(line) == 2 and is_key(line[0])):
            wrong.append(f"lines[{n}] must be [sku, quantity], not {shown(line)}")
            continue
        sku, quantity = line
        pieces = number(quantity)
        if pieces is None or pieces <= 0:
            wrong.append(f"the quantity of SKU {shown(sku)} must be a number above 0, not {shown(quantity)}")
        if sku in floor.places:
            stops[floor.places[sku]] = None
        else:
            because = floor.unplaced.get(sku)
            wrong.append(f"SKU {shown(sku)} has no place" + (f" ({because})" if because else ""))
    return tuple(stops)


def _load(row: Mapping[str, Any], capacity: Fraction, wrong: list[str]) -> Fraction:
    if "load" not in row:
        wrong.append("it has no load")
        return Fraction(0)
    try:
        load = amount(row["load"], "the load")
    except ValueError as error:
        wrong.append(str(error))
        return Fraction(0)
    if load > capacity:
        wrong.append(f"its load {shown(row['load'])} is more than a cart holds ({float(capacity):g})")
    return load


def _due(row: Mapping[str, Any], terms: Terms, wrong: list[str]) -> int | None:
    """The last tick at which its trip may end."""
    given = row.get("due")
    if given is None:
        return None
    due = number(given)
    if due is None:
        wrong.append(f"due must be a number, not {shown(given)}")
    elif due <= 0:
        wrong.append(f"due {shown(given)} has passed already")
    else:
        return min(int(due * terms.ticks), BOUND)
    return None


class _OwnTrips:
    """What trips for one order alone take, measured only where it matters."""

    def __init__(self, floor: Floor, prices: Prices) -> None:
        self._floor, self._prices = floor, prices

    def longer_than(self, due: int, stops: tuple[int, ...], lines: int) -> int:
        """Ticks its trip takes if that is more than `due`, else 0."""
        there_and_back = [2 * self._floor.far[stop] for stop in stops]
        if _working(self._prices, sum(there_and_back), lines) <= due:
            return 0
        takes = _working(self._prices, max(there_and_back), lines)
        if takes <= due:
            takes = _working(self._prices, self._router.tour(stops).length, lines)
        return takes if takes > due else 0

    @cached_property
    def _router(self) -> Router:
        from wms.planning.routing import router_of

        return router_of(self._floor.graph, self._floor.spots)


def _working(prices: Prices, length: int, lines: int) -> int:
    return prices.per_length * length + prices.per_trip + prices.per_line * lines


def _jobs(orders: list[_Order], left: tuple[Left, ...], floor: Floor, terms: Terms) -> Orders:
    scale = common(order.load for order in orders)
    loads = [int(order.load * scale) for order in orders]
    worst = sum(
        _working(terms.prices, 2 * sum(floor.far[stop] for stop in order.stops), order.lines) for order in orders
    )
    if max(worst, sum(loads)) >= BOUND:
        raise Unreadable("lengths, times or loads are so large that they can't be added up")
    jobs = tuple(
        Job(order.row, order.stops, (load,), order.lines, due=order.due)
        for order, load in zip(orders, loads, strict=True)
    )
    capacity = min(int(terms.capacity * scale), max(1, sum(loads)))
    return Orders(jobs, tuple(order.id for order in orders), capacity, left, scale)
