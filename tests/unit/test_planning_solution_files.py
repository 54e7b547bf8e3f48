"""Solution files: what is written of a plan, and what of an old one still stands when one starts from it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.unit.small_instances import BENCH, instance
from tests.unit.trips_apart import trips_apart
from wms.planning.instance import Unreadable, read_instance
from wms.planning.instance_solution import document, read_start
from wms.planning.verify import faults


def test_a_solution_names_orders_and_places_as_the_instance_does():
    given = instance(3)
    read = read_instance(given)
    found = document(read, trips_apart(read.problem), 1.234, "ours")
    assert found["instance"] == "small-3-0"
    assert (found["seconds"], found["solver"]) == (1.23, "ours")
    assert [batch["orders"] for batch in found["batches"]] == [[10], [11], [12]]
    for batch, order in zip(found["batches"], given["orders"], strict=True):
        assert set(batch["route"]) == {sku % 1000 for sku, _ in order["lines"]}
        assert "picker" not in batch


def test_pickers_count_from_1_and_their_trips_stand_as_they_are_walked():
    read = read_instance(instance(7, pickers=2))
    plan = trips_apart(read.problem)
    batches = document(read, replace(plan, trips=plan.trips[::-1]), 0, "ours")["batches"]
    assert {batch["picker"] for batch in batches} == {1, 2}
    for picker in (1, 2):
        walked = [batch["orders"] for batch in batches if batch["picker"] == picker]
        begun = sorted((trip for trip in plan.trips if trip.picker == picker - 1), key=lambda trip: trip.begin)
        assert walked == [[read.orders[job] for job in trip.jobs] for trip in begun]


@pytest.mark.parametrize("pickers", [None, 2])
def test_what_is_written_is_read_again_as_it_was(pickers):
    read = read_instance(instance(6, pickers=pickers))
    plan = trips_apart(read.problem)
    again = read_start(json.dumps(document(read, plan, 0, "ours")), read)
    assert (again.cost, again.late) == (plan.cost, plan.late)
    assert sorted(again.trips, key=str) == sorted(plan.trips, key=str)


def test_of_an_old_plan_only_what_still_stands_is_kept():
    read = read_instance(instance(6))
    new = instance(6)
    gone = new["orders"].pop(0)
    new["orders"].append({"id": 99, "load": 1, "due": None, "lines": [[5, 1]]})
    new["orders"][0] |= {"load": 8, "lines": [[1, 1]]}  # now alone on a cart
    now = read_instance(new)
    old = document(read, trips_apart(read.problem), 0, "ours") | {
        "batches": [{"orders": [gone["id"], 12, 11, 12], "route": [3, 7, 3]}, {"orders": [gone["id"]], "route": []}]
    }
    (trip,) = read_start(old, now).trips
    assert [now.orders[job] for job in trip.jobs] == [12]
    assert set(trip.route) == set(now.problem.jobs[now.orders.index(12)].stops)
    complete = trips_apart(now.problem)
    kept = [other for other in complete.trips if other.jobs != trip.jobs]
    alone = next(other for other in complete.trips if other.jobs == trip.jobs)
    cost = complete.cost - alone.length + trip.length
    assert faults(now.problem, replace(complete, trips=(*kept, trip), cost=cost)) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "it is no JSON"),
        ("[]", "a solution must be an object, not []"),
        ("{}", "batches is missing"),
        ('{"batches": 5}', "batches must be a list, not 5"),
        ('{"batches": [5]}', "batches[0] must be an object, not 5"),
        ('{"batches": [{}]}', "batches[0].orders is missing"),
        ('{"batches": [{"orders": []}]}', "batches[0].route is missing"),
        ('{"instance": "other", "batches": []}', 'it is for the instance "other", not "small-2-0"'),
    ],
)
def test_what_is_no_solution_is_refused_with_the_reason(text, says):
    with pytest.raises(Unreadable) as refused:
        read_start(text, read_instance(instance(2)))
    assert says in str(refused.value)


def test_odd_values_in_an_old_plan_are_passed_over():
    read = read_instance(instance(2, pickers=2))
    batches = [{"orders": [10, None, [], True, 1.5], "route": [None, [], 10**30], "picker": "x"}]
    (trip,) = read_start({"batches": batches}, read).trips
    assert (trip.jobs, trip.picker) == ((0,), 0)


@pytest.mark.skipif(not BENCH.exists(), reason="the public instances are not here")
@pytest.mark.parametrize("name", ["fm-d10-o0010", "hw-us-o0100-c75-09", "kr-o0018-c12-128", "kr-o0100-c30-043"])
def test_published_solutions_are_sound_and_judged_alike(tmp_path, name):
    file = BENCH / "instances" / f"{name}.json"
    read = read_instance(file.read_bytes())
    plan = read_start((BENCH / "examples" / f"{name}.json").read_bytes(), read)
    assert faults(read.problem, plan) == ()
    written = tmp_path / "solution.json"
    written.write_text(json.dumps(document(read, plan, 0, "ours")))
    checked = subprocess.run(
        [sys.executable, BENCH / "check.py", file, written, "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(checked.stdout)["objective"] == plan.cost / read.ticks
