"""Instance files: what stands in a sound one, and that each trouble of a broken one is named with its row."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.small_instances import BENCH, CELLS, cross, instance, place
from wms.planning.graph import Spot
from wms.planning.grid import AisleGrid
from wms.planning.instance import Instance, Unreadable, read_instance
from wms.planning.instance_loads import settled, tightened
from wms.planning.plain.engine import plan as solve
from wms.planning.problem import Prices, Solution, Trip
from wms.planning.routing import router_of
from wms.planning.verify import faults

Change = Callable[[dict[str, Any]], object]


def test_a_sound_instance_is_taken_whole():
    given = instance(8)
    read = read_instance(json.dumps(given))
    assert (read.id, read.left, read.troubles, read.ticks) == ("small-8-0", (), (), 100)
    assert read.orders == tuple(range(10, 18))
    problem = read.problem
    assert (problem.prices, problem.pickers, problem.strict) == (Prices(), (), False)
    assert problem.graph.size == len(read.nodes) == len(given["layout"]["nodes"])
    depot = read.nodes.index(0)
    assert (problem.graph.starts, problem.graph.ends) == ((depot,), (depot,))
    assert (depot, read.nodes.index(cross(0, 0)), 250) in problem.graph.arcs
    assert (read.nodes.index(cross(0, 0)), depot, 250) in problem.graph.arcs
    spots = dict(problem.spots)
    assert spots[read.nodes.index(place(2, 1, 3))] == Spot(2, block=1)
    assert spots[read.nodes.index(cross(1, 2))] == Spot(1, cross=2)
    assert depot not in spots
    for job, order in zip(problem.jobs, given["orders"], strict=True):
        assert {read.nodes[stop] for stop in job.stops} == {sku % 1000 for sku, _ in order["lines"]}
        assert len(set(job.stops)) == len(job.stops)
        assert (job.loads, job.lines, job.due) == ((order["load"],), len(order["lines"]), None)


def test_working_time_is_counted_in_ticks_that_are_whole():
    given = instance(3, pickers=2)
    given["time"] = {"per_distance": 0.5, "setup_per_batch": 7.25, "per_line": 3}
    given["orders"][0]["due"] = 500.125
    read = read_instance(given)
    assert read.ticks == 200
    assert read.problem.prices == Prices(1, 1450, 600)
    assert [job.due for job in read.problem.jobs] == [100_025, 20_000_000, 20_000_000]
    assert [picker.name for picker in read.problem.pickers] == ["1", "2"]
    assert read.problem.strict


def test_loads_with_decimals_fill_the_cart_exactly():
    given = instance(3)
    given["capacity"]["max_load_per_batch"] = 0.3
    for order in given["orders"]:
        order["load"] = 0.1
    read = read_instance(given)
    assert sum(job.loads[0] for job in read.problem.jobs) == read.problem.capacities[0]


def test_a_cart_that_holds_nothing_takes_what_loads_nothing():
    given = instance(3)
    given["capacity"]["max_load_per_batch"] = 0
    for order in given["orders"][:2]:
        order["load"] = 0
    read = read_instance(given)
    assert (len(read.problem.jobs), read.problem.capacities) == (2, (0,))
    assert [left.order for left in read.left] == [12]
    assert not faults(read.problem, solve(read.problem, 0, rounds=5))


@pytest.mark.parametrize(
    ("loads", "most", "turn"),
    [
        ((0.1, 0.2), 0.3, None),  # 0.30000000000000004 in binary
        ((0.1, 0.2, 0.3), 0.6, (2, 1, 0)),  # as much more from the other end on
        ((0.1, 0.2), 0.4, (0, 1)),
        ((0.5, 0.25), 0.75, (0, 1)),
        ((1, 2), 3, (0, 1)),
    ],
)
def test_loads_with_decimals_are_held_in_binary_too_or_a_little_room_is_left(loads, most, turn):
    given = instance(len(loads))
    given["capacity"]["max_load_per_batch"] = most
    for order, load in zip(given["orders"], loads, strict=True):
        order["load"] = load
    read = read_instance(given)
    jobs = tuple(range(len(loads)))
    found = settled(read, Solution((Trip(jobs, (), 0),), 0, 0))
    assert (found and found.trips[0].jobs) == turn
    if turn is None:
        tight = tightened(read)
        plan = solve(tight.problem, 0, rounds=5)
        assert len(plan.trips) == 2
        assert settled(read, plan) == plan


def test_the_same_sku_twice_in_an_order_is_two_lines_and_one_stop():
    given = instance(1)
    given["orders"][0]["lines"] = [[5, 1], [5, 2], [1005, 1]]
    (job,) = read_instance(given).problem.jobs
    assert (len(job.stops), job.lines) == (1, 3)


def test_more_pickers_than_orders_are_not_asked_for():
    assert len(read_instance(instance(4, pickers=10**9)).problem.pickers) == 4


# What leaves an order out. The order is the third, orders[2] (id 12), unless the row says otherwise.


def _order(**values: Any) -> Change:
    return lambda given: given["orders"][2].update(values)


def _without(key: str) -> Change:
    return lambda given: given["orders"][2].pop(key)


def _sku_row(row: Any) -> Change:
    """In the place of SKU 5's, which the order then needs."""

    def change(given: dict[str, Any]) -> None:
        given["sku_location"] = [one for one in given["sku_location"] if one[0] != 5]
        given["sku_location"].insert(0, row)
        given["orders"][2]["lines"] = [[5, 1]]

    return change


def _cut(given: dict[str, Any], *away: int) -> None:
    given["layout"]["edges"] = [one for one in given["layout"]["edges"] if not {*one[:2]} & {*away}]


def _needs(*skus: int) -> Change:
    """The third order needs these; all others only what lies in the first aisle."""

    def change(given: dict[str, Any]) -> None:
        for order in given["orders"]:
            order["lines"] = [[2, 1]]
        given["orders"][2]["lines"] = [[sku, 1] for sku in skus]

    return change


def _closed_aisle(given: dict[str, Any]) -> None:
    _needs(place(1, 0, 1), place(1, 1, 1))(given)
    ends = {cross(1, rank) for rank in range(3)}
    inside = {place(1, block, n) for block in range(2) for n in range(CELLS)}
    edges = given["layout"]["edges"]
    given["layout"]["edges"] = [one for one in edges if not ({*one[:2]} & ends and {*one[:2]} & inside)]


def _apart(given: dict[str, Any]) -> None:
    _needs(place(1, 0, 1))(given)
    _cut(given, place(1, 0, 1))


def _due(value: Any) -> Change:
    def change(given: dict[str, Any]) -> None:
        given |= {key: instance(6, pickers=2)[key] for key in ("pickers", "time", "objective", "orders")}
        given["orders"][2]["due"] = value

    return change


LEFT: list[tuple[Change, str]] = [
    (_order(load=9), "its load 9 is more than a cart holds (8)"),
    (_order(load=-1), "the load -1 is negative"),
    (_order(load=True), "the load must be a number, not true"),
    (_order(load="4"), 'the load must be a number, not "4"'),
    (_order(load=math.nan), "the load must be a number, not NaN"),
    (_order(load=10**400), "can't be true"),
    (_order(load=1e300), "can't be true"),
    (_order(load=1 / 3), "more than six decimals"),
    (_without("load"), "it has no load"),
    (_order(lines=[]), "it is empty"),
    (_order(lines=None), "lines must be a list, not null"),
    (_order(lines={"5": 1}), "lines must be a list"),
    (_without("lines"), "it has no lines"),
    (_order(lines=[[5]]), "lines[0] must be [sku, quantity], not [5]"),
    (_order(lines=[[5, 1], 7]), "lines[1] must be [sku, quantity], not 7"),
    (_order(lines=[[True, 1]]), "lines[0] must be [sku, quantity]"),
    (_order(lines=[[[], 1]]), "lines[0] must be [sku, quantity]"),
    (_order(lines=[[5, 0]]), "the quantity of SKU 5 must be a number above 0, not 0"),
    (_order(lines=[[5, -2]]), "above 0, not -2"),
    (_order(lines=[[5, "2"]]), 'above 0, not "2"'),
    (_order(lines=[[5, math.inf]]), "above 0, not Infinity"),
    (_order(lines=[[777, 1]]), "SKU 777 has no place"),
    (_order(lines=[["茶", 1]]), 'SKU "茶" has no place'),
    (_order(lines=[[777, 1]], load=99), "SKU 777 has no place; its load 99 is more"),
    (_sku_row([5, 777]), "SKU 5 has no place (node 777 is not among layout.nodes)"),
    (_sku_row([5, 0]), 'SKU 5 has no place (node 0 is no place to pick from but "depot")'),
    (_sku_row([5, cross(0, 0)]), 'no place to pick from but "cross"'),
    (_sku_row([5, None]), "SKU 5 has no place (node null is not"),
    (_sku_row([5]), "SKU 5 has no place"),
    (_closed_aisle, "(it lies at node 10: aisle 1 has no entrance)"),
    (_apart, "SKU 10 has no place (it lies at node 10: no way leads there from the depot)"),
    (_due(0), "due 0 has passed already"),
    (_due(-5), "due -5 has passed already"),
    (_due(150), "due 150, but its own trip takes 209"),
    (_due(True), "due must be a number, not true"),
    (_due("9"), 'due must be a number, not "9"'),
    (_due(math.nan), "due must be a number, not NaN"),
]


@pytest.mark.parametrize(("change", "says"), LEFT, ids=[says for _, says in LEFT])
def test_an_order_that_cannot_be_is_left_out_by_name_and_the_rest_planned(change: Change, says: str):
    given = instance(6)
    change(given)
    read = read_instance(given)
    (left,) = read.left
    assert (left.row, left.order) == ("orders[2] (id 12)", 12)
    assert says in left.reason
    assert read.orders == (10, 11, 13, 14, 15)


def test_a_due_is_measured_against_the_shortest_trip_for_the_order_alone():
    given = instance(1, pickers=1)
    given["orders"][0]["lines"] = [[place(0, 1, 3), 1], [place(2, 0, 0), 1]]
    there = 9 + 4 + 10 + 4  # up the first aisle to its last place, back to the middle, across, down the third
    takes = 3 * (2.5 + there + 1 + 10 + 2.5) + 100 + 2 * 10
    for due, left in ((takes, 0), (takes - 0.01, 1)):
        given["orders"][0]["due"] = due
        assert len(read_instance(given).left) == left, read_instance(given).left


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (None, "must be an object, not null"),
        ({"load": 1, "lines": [[5, 1]]}, "it has no id"),
        ({"id": None, "load": 1, "lines": [[5, 1]]}, "the id must be a whole number or a text, not null"),
        ({"id": 1.5, "load": 1, "lines": [[5, 1]]}, "the id must be"),
        ({"id": True, "load": 1, "lines": [[5, 1]]}, "the id must be"),
    ],
)
def test_an_order_without_a_name_is_named_by_its_row_alone(row: Any, says: str):
    given = instance(3)
    given["orders"][1] = row
    (left,) = read_instance(given).left
    assert (left.row, left.order) == ("orders[1]", None)
    assert says in left.reason


def test_of_two_orders_of_one_name_the_first_counts():
    given = instance(4)
    given["orders"][3] = {**given["orders"][3], "id": 11}
    read = read_instance(given)
    assert read.orders == (10, 11, 12)
    (left,) = read.left
    assert (left.row, left.reason) == (
        "orders[3] (id 11)",
        "another order stands under this id in orders[1], which counts",
    )


def test_the_same_order_twice_is_planned_once():
    given = instance(4)
    given["orders"].append(given["orders"][1])
    read = read_instance(given)
    assert (read.orders, read.left) == ((10, 11, 12, 13), ())
    assert _troubles(read) == ["orders[4] (id 11): stands in orders[1] already"]


# What is wrong beside the orders: named, and all orders planned.


def _edge(u: Any, v: Any, length: Any) -> Change:
    return lambda given: given["layout"]["edges"].append([u, v, length])


def _node(*row: Any) -> Change:
    return lambda given: given["layout"]["nodes"].append([*row])


def _nodes_row(n: int, column: int, value: Any) -> Change:
    return lambda given: given["layout"]["nodes"][n].__setitem__(column, value)


NAMED: list[tuple[Change, str]] = [
    (_edge(0, cross(1, 0), -3), "layout.edges[37]: the length -3 is negative; the edge is left out"),
    (_edge(0, cross(1, 0), math.nan), "layout.edges[37]: the length must be a number, not NaN"),
    (_edge(0, cross(1, 0), True), "the length must be a number, not true"),
    (_edge(0, cross(1, 0), "3"), 'the length must be a number, not "3"'),
    (_edge(0, cross(1, 0), None), "the length must be a number, not null"),
    (_edge(0, cross(1, 0), 1e9), "the length 1000000000.0 can't be true"),
    (_edge(0, cross(1, 0), 10**500), "can't be true"),
    (_edge(0, cross(1, 0), math.inf), "the length must be a number, not Infinity"),
    (_edge(0, cross(1, 0), 7.125), "the length 7.125 has more than two decimals: 7.12 counts"),
    (_edge(0, 777, 3), "node 777 is not among layout.nodes; the edge is left out"),
    (_edge(None, 0, 3), "node null is not among layout.nodes"),
    (_edge([], 0, 3), "node [] is not among layout.nodes"),
    (_edge(1, 1, 3), "it leads from node 1 to itself"),
    (
        _edge(cross(0, 0), 0, 9),
        f"{cross(0, 0)} to 0 stands there already: the shorter (2.5)",
    ),
    (lambda given: given["layout"]["edges"].append([1, 2]), "must be [node, node, length], not [1, 2]"),
    (lambda given: given["layout"]["edges"].append("no"), 'must be [node, node, length], not "no"'),
    (_node(1, "pick", 0, 0, 0, 0, 0), "node 1 stands in row 4 already: that counts"),
    (_node(None, "pick", 0, 0, 0, 0, 0), "layout.nodes[34]: must be [id, kind,"),
    (_node(999), "layout.nodes[34]: must be [id, kind,"),
    (_node(999, 5, 0, 0, 0, 0, 0), "layout.nodes[34]: must be [id, kind,"),
    (_node(999, "pick", 0, 0, 0, 0, 0), "layout.nodes[34] (node 999): no way leads there from the depot"),
    (_node(999, "pick", 0, 0, 7, 0, 0), "aisle 7: has no entrance: no way leads to its 1 places"),
    (_nodes_row(4, 4, None), "layout.nodes[4] (node 1): does not tell aisle and block"),
    (_nodes_row(4, 5, -1), "layout.nodes[4] (node 1): does not tell aisle and block"),
    (_nodes_row(4, 5, True), "layout.nodes[4] (node 1): does not tell aisle and block"),
    (_nodes_row(1, 6, "front"), "does not tell aisle and block (or rank)"),
    (_nodes_row(1, 4, 10**9), "does not tell aisle and block (or rank)"),
    (lambda given: given["sku_location"].append([5, 6]), "sku_location[48] (SKU 5): it has a second place, node 6"),
    (lambda given: given["sku_location"].append([5, 777]), "sku_location[48] (SKU 5): node 777 is not among"),
    (lambda given: given["sku_location"].append(None), "sku_location[48]: must be [sku, node], not null"),
    (lambda given: given["sku_location"].append([1.5, 3]), "sku_location[48]: must be [sku, node], not [1.5, 3]"),
]


@pytest.mark.parametrize(("change", "says"), NAMED, ids=[says for _, says in NAMED])
def test_what_is_wrong_beside_the_orders_is_named_and_all_are_planned(change: Change, says: str):
    given = instance(6)
    assert (len(given["layout"]["nodes"]), len(given["layout"]["edges"])) == (34, 37)
    change(given)
    read = read_instance(given)
    assert any(says in one for one in _troubles(read)), _troubles(read)
    assert (len(read.orders), read.left) == (6, ())


def test_of_a_double_edge_the_shorter_counts_whichever_comes_first():
    for lengths in ((9, 2.5), (2.5, 9)):
        given = instance(2)
        given["layout"]["edges"][0] = [0, cross(0, 0), lengths[0]]
        _edge(cross(0, 0), 0, lengths[1])(given)
        read = read_instance(given)
        ends = read.nodes.index(0), read.nodes.index(cross(0, 0))
        assert [one for one in read.problem.graph.arcs if {*one[:2]} == {*ends}] == [(*ends, 250), (*ends[::-1], 250)]


def test_binary_noise_in_a_length_is_no_third_decimal():
    given = instance(2)
    given["layout"]["edges"][0][2] = 0.1 + 0.2
    read = read_instance(given)
    assert read.troubles == ()
    assert min(length for _, _, length in read.problem.graph.arcs) == 30


def test_the_last_place_of_a_sku_counts():
    given = instance(1)
    given["orders"][0]["lines"] = [[5, 1]]
    given["sku_location"].append([5, 6])
    read = read_instance(given)
    assert [read.nodes[stop] for stop in read.problem.jobs[0].stops] == [6]


def test_an_aisle_that_is_cut_off_whole_leaves_the_others_numbered_one_by_one():
    given = instance(3)
    gone = {place(1, block, n) for block in range(2) for n in range(CELLS)} | {cross(1, rank) for rank in range(3)}
    _cut(given, *gone)
    given["layout"]["edges"].append([cross(0, 0), cross(2, 0), 12])
    read = read_instance(given)
    assert {spot.aisle for _, spot in read.problem.spots} == {0, 1}
    assert dict(read.problem.spots)[read.nodes.index(place(2, 0, 0))] == Spot(1, block=0)
    assert AisleGrid.of(read.problem.graph, dict(read.problem.spots)) is not None


def test_aisles_that_only_the_depot_joins_are_walked_by_the_heuristic():
    given = instance(3)
    gone = {place(1, block, n) for block in range(2) for n in range(CELLS)} | {cross(1, rank) for rank in range(3)}
    _cut(given, *gone)
    given["layout"]["edges"].append([0, cross(2, 0), 12])
    read = read_instance(given)
    assert AisleGrid.of(read.problem.graph, dict(read.problem.spots)) is None
    stops = {stop for job in read.problem.jobs for stop in job.stops}
    assert set(router_of(read.problem.graph, read.problem.spots).tour(stops).route) == stops


def test_without_aisles_nothing_is_taken_for_a_floor_of_aisles():
    given = instance(2)
    _nodes_row(5, 4, None)(given)
    assert read_instance(given).problem.spots == ()


# What leaves nothing to plan.


def _set(*path: Any) -> Change:
    *way, key, value = path

    def change(given: dict[str, Any]) -> None:
        for step in way:
            given = given[step]
        given[key] = value

    return change


def _pop(*path: str) -> Change:
    *way, key = path

    def change(given: dict[str, Any]) -> None:
        for step in way:
            given = given[step]
        del given[key]

    return change


def _endless(given: dict[str, Any]) -> None:
    given["time"] = {"per_distance": 1e-6, "setup_per_batch": 1e9, "per_line": 0}
    for order in given["orders"]:
        order["due"] = None


REFUSED: list[tuple[Change, str]] = [
    (_set("format", "planning-bench/2"), 'the format is "planning-bench/2"; what is read here is planning-bench/1'),
    (_pop("format"), "the format is missing"),
    (_set("layout", None), "layout must be an object, not null"),
    (_set("layout", "nodes", {}), "layout.nodes must be a list, not {}"),
    (_pop("layout", "nodes"), "layout.nodes is missing"),
    (_pop("layout", "edges"), "layout.edges is missing"),
    (_pop("layout", "depot"), "layout.depot: node null is not among layout.nodes"),
    (_set("layout", "depot", 777), "layout.depot: node 777 is not among layout.nodes"),
    (_set("layout", "depot", []), "layout.depot: node [] is not among layout.nodes"),
    (_pop("sku_location"), "sku_location is missing"),
    (_pop("orders"), "orders is missing"),
    (_set("orders", {}), "orders must be a list"),
    (_pop("capacity"), "capacity must be an object, not null"),
    (_pop("capacity", "max_load_per_batch"), "capacity.max_load_per_batch is missing"),
    (_set("capacity", "max_load_per_batch", -4), "max_load_per_batch -4 is negative"),
    (_set("capacity", "max_load_per_batch", True), "max_load_per_batch must be a number, not true"),
    (_set("capacity", "max_load_per_batch", math.inf), "must be a number, not Infinity"),
    (_pop("objective"), 'the objective must be "distance" or "work_time", not null'),
    (_set("objective", "makespan"), 'not "makespan"'),
    (_set("objective", []), "not []"),
    (_set("objective", "distance"), 'objective "distance" goes with no pickers and no time'),
    (_set("pickers", 0), "pickers is 0: there is nobody to walk"),
    (_set("pickers", -2), "pickers is -2: there is nobody to walk"),
    (_set("pickers", None), "pickers must be a whole number, not null"),
    (_set("pickers", True), "pickers must be a whole number, not true"),
    (_set("pickers", 2.0), "pickers must be a whole number, not 2.0"),
    (_pop("time"), "time must be an object, not null"),
    (_pop("time", "per_line"), "time.per_line is missing"),
    (_set("time", "per_distance", -1), "time.per_distance -1 is negative"),
    (_set("time", "per_distance", "3"), 'time.per_distance must be a number, not "3"'),
    (_set("time", "setup_per_batch", 10**30), "time.setup_per_batch 10000000000000000"),
    (_endless, "can't be added up"),
]


@pytest.mark.parametrize(("change", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_where_nothing_can_be_planned_the_file_is_refused_with_the_reason(change: Change, says: str):
    given = instance(6, pickers=2)
    change(given)
    with pytest.raises(Unreadable) as refused:
        read_instance(given)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", b"\xff\xfe\xfa", b"\x00", "[" * 100_000, "1" * 5000, "[]", "null", '"x"', "NaN"]
)
def test_what_is_no_instance_at_all_is_refused(text: Any):
    with pytest.raises(Unreadable):
        read_instance(text)


# Whatever stands in a file.


def _troubles(read: Instance) -> list[str]:
    return [f"{one.row}: {one.says}" for one in read.troubles]


_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.sampled_from(
        [10**18, -(10**18), 10**400, cross(0, 0), 1e308, math.nan, math.inf, -0.0, 0.005, "", "1", "\ud800"]
    ),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.integers(-1, 5), max_size=3),
    st.dictionaries(st.sampled_from(["id", "load", "lines"]), st.integers(), max_size=2),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document, at any depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inner for found in ((*path, key), *_paths(one, (*path, key)))]


_SOUND = {pickers: json.dumps(instance(4, aisles=2, pickers=pickers)) for pickers in (None, 2)}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), pickers=st.sampled_from([None, 2]), changes=st.integers(1, 4))
def test_whatever_stands_in_a_file_what_can_be_planned_is_and_the_rest_is_named(data, pickers, changes):
    given = json.loads(_SOUND[pickers])
    for _ in range(changes):
        *way, key = data.draw(st.sampled_from(_paths(given)))
        owner = given
        for step in way:
            owner = owner[step]
        if data.draw(st.integers(0, 4)):
            owner[key] = data.draw(_ODD)
        else:
            del owner[key]
        if not _paths(given):
            break
    try:
        read = read_instance(given)
    except Unreadable:
        return
    twice = sum(": stands in orders[" in one for one in _troubles(read))
    assert len(read.orders) + len(read.left) + twice == len(given["orders"])
    assert len(set(read.orders)) == len(read.orders)
    assert all(one.reason and one.row.startswith("orders[") for one in read.left)
    problem = read.problem
    assert all(0 <= u < problem.graph.size and 0 <= v < problem.graph.size for u, v, _ in problem.graph.arcs)
    for job in problem.jobs:
        assert job.stops
        assert all(0 <= stop < problem.graph.size for stop in job.stops)
        assert 0 <= job.loads[0] <= problem.capacities[0] < 2**53
        assert job.due is None or job.due > 0


@settings(max_examples=100, deadline=None)
@given(st.recursive(_ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)))
def test_any_document_is_read_or_refused(document):
    with contextlib.suppress(Unreadable):
        read_instance(json.dumps(document))


@pytest.mark.skipif(not BENCH.exists(), reason="the public instances are not here")
def test_every_public_instance_is_read_whole():
    files = sorted((BENCH / "instances").glob("*.json"))
    assert len(files) == 20
    for file in files:
        document = json.loads(file.read_bytes())
        read = read_instance(file.read_bytes())
        assert (read.left, read.troubles) == ((), ()), file.name
        assert len(read.problem.jobs) == len(document["orders"])
        assert len(read.problem.pickers) == (document["pickers"] or 0)
        assert len(read.problem.spots) == len(read.nodes) - 1
