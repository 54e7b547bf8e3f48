"""`wms plan solve`: what is written, what is said, and that a plan that must not be is never written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit import trips_apart
from tests.unit.cli_shell import Shell
from tests.unit.small_instances import instance
from wms.planning.problem import Infeasible, Problem, Solution, Trip

SKU_LOST = (
    "wms: orders[1] (id 11) can't be planned: SKU 777 has no place\n"
    "wms: 1 of 4 orders can't be planned, nothing was written; without them in the file the rest can be planned\n"
)


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands in for the planner: a trip for each order, at once."""
    engine = SimpleNamespace(solve=trips_apart.solve, has_compiled=lambda: True)
    monkeypatch.setitem(sys.modules, "wms.planning.solve", engine)
    monkeypatch.setattr("wms.planning.compiled.cache.is_warm", lambda: True)
    return engine


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], solver: SimpleNamespace) -> Iterator[Shell]:
    shell = Shell(tmp_path, capsys)
    yield shell
    assert not list(tmp_path.glob("**/*.part"))
    assert not shell.data.exists(), "a plan needs no warehouse"


def _file(shell: Shell, given: dict[str, Any]) -> Path:
    return shell.file("instance.json", json.dumps(given))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_plan_is_written_and_told(shell):
    output = shell.folder / "solution.json"
    said = shell.good("plan", "solve", _file(shell, instance(5)), "-o", output, "--seconds", 1)
    assert f"{output}: 5 orders in 5 batches, distance " in said.out
    assert sorted(order for batch in _read(output)["batches"] for order in batch["orders"]) == [10, 11, 12, 13, 14]


def test_with_json_one_document_tells_all(shell):
    given = instance(4, pickers=2)
    given["layout"]["edges"].append([0, 1, -3])
    answer = shell("plan", "solve", _file(shell, given), "-o", shell.folder / "out.json", "--json", "--seed", 7)
    assert answer.code == 0
    found = answer.json
    assert found["instance"] == "small-4-0"
    assert (found["orders"], found["batches"], found["seed"], found["less_percent"]) == (4, 4, 7, 0.0)
    assert [one["row"] for one in found["troubles"]] == ["layout.edges[37]"]


def test_an_order_that_can_not_be_planned_is_said_with_its_row_and_nothing_is_written(shell):
    given = instance(4)
    given["orders"][1]["lines"] = [[777, 1]]
    output = shell.file("solution.json", "as it was")
    assert shell.bad("plan", "solve", _file(shell, given), "-o", output) == SKU_LOST
    assert output.read_text() == "as it was"
    answer = shell("plan", "solve", _file(shell, given), "-o", output, "--json")
    assert (answer.code, answer.json["file"], answer.json["orders"], answer.json["late"]) == (1, None, 3, [])
    assert answer.json["left"] == [{"order": 11, "row": "orders[1] (id 11)", "reason": "SKU 777 has no place"}]


def test_troubles_that_leave_no_order_out_are_said_and_no_failure(shell):
    given = instance(4)
    given["layout"]["edges"].append([0, 1, -3])
    answer = shell("plan", "solve", _file(shell, given), "-o", shell.folder / "solution.json")
    assert answer.code == 0
    assert answer.err == "wms: layout.edges[37]: the length -3 is negative; the edge is left out\n"


def test_without_compiled_code_it_is_said_how_to_get_it(shell, solver):
    solver.has_compiled = lambda: False
    answer = shell("plan", "solve", _file(shell, instance(4)), "-o", shell.folder / "solution.json")
    assert answer.code == 0
    assert "pip install 'wms[plan]'" in answer.err


def test_that_the_planner_has_to_be_compiled_first_is_said(shell, monkeypatch):
    words = ("plan", "solve", _file(shell, instance(4)), "-o", shell.folder / "solution.json")
    for warm, said in ((False, True), (True, False)):
        monkeypatch.setattr("wms.planning.compiled.cache.is_warm", lambda warm=warm: warm)
        answer = shell(*words)
        assert (answer.code, "is compiled for this machine" in answer.err) == (0, said)


def test_names_that_a_terminal_would_obey_are_shown_as_marks(shell):
    given = instance(2)
    given["orders"][1] |= {"id": "\x9b31m\u202e", "lines": [["\x1b]0;x\x07", 1]]}
    said = shell.bad("plan", "solve", _file(shell, given), "-o", shell.folder / "solution.json")
    assert not {"\x9b", "\u202e", "\x1b", "\x07"} & set(said)


def test_an_instance_without_orders_has_an_empty_plan(shell):
    output = shell.folder / "solution.json"
    shell.good("plan", "solve", _file(shell, instance(0)), "-o", output)
    assert _read(output)["batches"] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pickers": 0}, "pickers is 0: there is nobody to walk"),
        ({"format": 2}, "the format is 2; what is read here is planning-bench/1"),
    ],
)
def test_nothing_is_written_where_nothing_can_be_planned(shell, change, says):
    output = shell.file("solution.json", "as it was")
    assert says in shell.bad("plan", "solve", _file(shell, instance(3, pickers=1) | change), "-o", output)
    assert output.read_text() == "as it was"


def test_nothing_is_written_where_no_order_can_be_planned(shell):
    given = instance(2)
    given["sku_location"] = []
    output = shell.file("solution.json", "as it was")
    said = shell.bad("plan", "solve", _file(shell, given), "-o", output)
    assert all(f"orders[{n}] (id 1{n}) can't be planned: SKU " in said for n in range(2))
    assert "2 of 2 orders can't be planned, nothing was written" in said
    assert output.read_text() == "as it was"


def test_where_no_plan_keeps_to_the_rules_the_orders_are_named_and_nothing_is_written(shell, solver):
    def none(*_: object) -> Solution:
        raise Infeasible(
            (
                ("orders[0] (id 10)", "due at 90000, but back at 95050 in the best plan found"),
                ("orders[1] (id 11)", "due at 90000, but even alone not back before 100000"),
                ("orders[2] (id 12)", "too large for a cart: 7 of at most 3"),
            )
        )

    solver.solve = none
    output = shell.file("solution.json", "as it was")
    answer = shell("plan", "solve", _file(shell, instance(4, pickers=1)), "-o", output, "--json")
    late = [
        ("orders[0] (id 10)", "due at 900, but back at 950.5 in the best plan found"),
        ("orders[1] (id 11)", "due at 900, but even alone not back before 1000"),
        ("orders[2] (id 12)", "too large for a cart: 7 of at most 3"),
    ]
    assert answer.code == 1
    assert answer.err == (
        "wms: no plan was found that keeps to the rules, nothing was written: 1 order is late in the best one found; "
        "more time or pickers may help\n" + "".join(f"wms: {row}: {reason}\n" for row, reason in late)
    )
    assert answer.json["file"] is None
    assert [(one["order"], one["row"], one["reason"]) for one in answer.json["late"]] == [
        (n + 10, *one) for n, one in enumerate(late)
    ]
    assert output.read_text() == "as it was"


def test_where_no_order_can_be_planned_json_tells_why(shell):
    given = instance(2) | {"sku_location": []}
    answer = shell("plan", "solve", _file(shell, given), "-o", shell.folder / "out.json", "--json")
    assert (answer.code, answer.json["file"], len(answer.json["left"]), answer.json["late"]) == (1, None, 2, [])


def test_a_first_plan_that_was_late_is_no_measure_for_what_is_saved(shell, solver):
    solver.solve = lambda problem, *_: replace(trips_apart.trips_apart(problem), start_cost=1)
    words = ("plan", "solve", _file(shell, instance(4, pickers=2)), "-o", shell.folder / "out.json")
    assert "(the first plan took less, but orders were late in it)" in shell.good(*words).out
    assert shell.good(*words, "--json").json["less_percent"] is None


def test_a_cart_that_is_too_full_in_binary_is_mended_before_it_is_written(shell, solver):
    asked = []

    def together(problem: Problem, *_: object) -> Solution:
        asked.append(problem.capacities[0])
        apart = trips_apart.trips_apart(problem)
        if len(asked) > 1:
            return apart
        route = tuple(dict.fromkeys(stop for trip in apart.trips for stop in trip.route))
        return Solution((Trip((0, 1), route, 0),), 0, 7)

    solver.solve = together
    given = instance(2)
    given["capacity"]["max_load_per_batch"] = 0.3
    given["orders"][0]["load"], given["orders"][1]["load"] = 0.1, 0.2
    output = shell.folder / "solution.json"
    shell.good("plan", "solve", _file(shell, given), "-o", output)
    assert [batch["orders"] for batch in _read(output)["batches"]] == [[10], [11]]
    assert asked == [3, 2]


def test_a_plan_that_was_mended_is_told_against_its_own_start(shell, solver):
    plans = []

    def mended(problem: Problem, *_: object) -> Solution:
        apart = trips_apart.trips_apart(problem)
        plans.append(apart)
        if len(plans) > 1:
            return replace(apart, start_cost=apart.cost + 100)
        return Solution((Trip((0, 1), tuple(dict.fromkeys(s for trip in apart.trips for s in trip.route)), 0),), 0, 7)

    solver.solve = mended
    given = instance(2)
    given["capacity"]["max_load_per_batch"] = 0.3
    given["orders"][0]["load"], given["orders"][1]["load"] = 0.1, 0.2
    said = shell.good("plan", "solve", _file(shell, given), "-o", shell.folder / "solution.json").out
    assert "% less than at the start" in said
    assert "2 orders in 2 batches" in said


def test_a_plan_that_breaks_a_rule_is_never_written(shell, solver):
    def wrong(problem: Problem, *_: object) -> Solution:
        plan = trips_apart.trips_apart(problem)
        return replace(plan, trips=plan.trips[1:])

    solver.solve = wrong
    output = shell.file("solution.json", "as it was")
    said = shell.bad("plan", "solve", _file(shell, instance(4)), "-o", output)
    assert "is wrong and was not written: orders[0] (id 10) is in 0 trips" in said
    assert output.read_text() == "as it was"


def test_the_planner_gets_what_was_asked_for(shell, solver):
    asked = []

    def noting(problem: Problem, seconds: float, seed: int, start: Solution | None, progress: object) -> Solution:
        asked.append((seconds, seed, start and len(start.trips)))
        return trips_apart.trips_apart(problem)

    solver.solve = noting
    file, output = _file(shell, instance(4)), shell.folder / "solution.json"
    shell.good("plan", "solve", file, "-o", output)
    shell.good("plan", "solve", file, "-o", output, "--seconds", 0, "--seed", 5, "--start", output)
    shell.good("plan", "solve", file, "-o", output, "--seconds", "2.5", "--seed", 2**32 - 1)
    assert [one[1:] for one in asked] == [(0, None), (5, 4), (2**32 - 1, None)]
    assert [one[0] for one in asked] == [pytest.approx(10, abs=1), 0, pytest.approx(2.5, abs=1)]


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "1e9", "soon", ""])
def test_a_time_that_cannot_be_is_wrong_usage(shell, seconds):
    said = shell.bad(
        "plan", "solve", _file(shell, instance(2)), "-o", shell.folder / "out", f"--seconds={seconds}", code=2
    )
    assert "must be a number from 0 to 86400" in said


@pytest.mark.parametrize("seed", ["-1", "x", "1.5", str(2**32), "9" * 5000, "１"])
def test_a_seed_that_cannot_be_is_wrong_usage(shell, seed):
    said = shell.bad("plan", "solve", _file(shell, instance(2)), "-o", shell.folder / "out", f"--seed={seed}", code=2)
    assert "must be a whole number from 0 to 4294967295" in said


def test_without_a_place_to_write_to_it_is_wrong_usage(shell):
    assert "-o/--output" in shell.bad("plan", "solve", _file(shell, instance(2)), code=2)


def test_where_nothing_can_be_written_is_said_before_the_search(shell, solver):
    del solver.solve
    file = _file(shell, instance(2))
    assert "there is no folder" in shell.bad("plan", "solve", file, "-o", shell.folder / "no" / "out.json", code=2)
    assert "is no file" in shell.bad("plan", "solve", file, "-o", shell.folder, code=2)
    assert "is no file" in shell.bad("plan", "solve", file, "-o", "/dev/null", code=2)
    assert "is the instance itself" in shell.bad("plan", "solve", file, "-o", file, code=2)


def test_a_disk_that_takes_nothing_leaves_the_old_file(shell, monkeypatch):
    output = shell.file("solution.json", "as it was")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left" in shell.bad("plan", "solve", _file(shell, instance(2)), "-o", output)
    assert output.read_text() == "as it was"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"format": "planning-bench/1"}'])
def test_a_file_that_is_no_instance_is_refused(shell, text):
    file = shell.file("instance.json", text)
    said = shell.bad("plan", "solve", file, "-o", shell.folder / "solution.json")
    assert said.startswith(f"wms: {file}: ")


def test_files_that_are_not_there_are_named(shell):
    missing = shell.folder / "missing.json"
    file, output = _file(shell, instance(2)), shell.folder / "solution.json"
    assert "missing.json: no such file" in shell.bad("plan", "solve", missing, "-o", output)
    assert "missing.json: no such file" in shell.bad("plan", "solve", file, "-o", output, "--start", missing)


def test_a_start_of_another_instance_is_refused(shell):
    start = shell.file("start.json", '{"instance": "other", "batches": []}')
    said = shell.bad("plan", "solve", _file(shell, instance(2)), "-o", shell.folder / "solution.json", "--start", start)
    assert 'it is for the instance "other"' in said
