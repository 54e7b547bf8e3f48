"""The rig proves the product, and its own eyesight: every mistake made on purpose is seen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.faults import schedule
from tests.faults.mutants import MUTANTS
from tests.faults.scenarios import SCENARIOS, judged

ROOT = Path(__file__).parents[2]


def rig(*arguments: str, seconds: float = 170) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_history_leaves_every_invariant_whole(name: str, tmp_path: Path) -> None:
    assert judged(tmp_path / "stage", name).broken == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistake_is_seen(name: str, tmp_path: Path) -> None:
    assert judged(tmp_path / "stage", MUTANTS[name].scenario, name).broken


def test_each_history_belongs_to_a_mistake_or_stands_for_itself() -> None:
    assert {mutant.scenario for mutant in MUTANTS.values()} <= SCENARIOS.keys()
    assert all(mutant.mistake for mutant in MUTANTS.values())


def test_mutants_are_listed_one_a_line_and_nothing_else() -> None:
    done = rig("--list-mutants")
    assert (done.returncode, done.stdout.split("\n")[:-1], done.stderr) == (0, list(MUTANTS), "")


def test_a_mutated_run_names_what_is_broken() -> None:
    done = rig("--mutate", "number-reuse", "--json", "--seed", "7")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"], document["mutant"]) == (1, False, "number-reuse")
    assert "numbers-once-on-paper" in document["broken"]
    assert "BROKEN numbers-once-on-paper" in done.stderr


@pytest.mark.parametrize("wrong", [("--mutate", "nonsense"), ("--seconds", "0"), ("--hub", "oracle"), ("--seed", "x")])
def test_a_wrong_call_is_told_from_a_broken_floor(wrong: tuple[str, ...]) -> None:
    assert rig(*wrong).returncode == 2


def test_the_schedule_comes_from_the_seed_alone() -> None:
    assert schedule(5, 60, 8, "postgres") == schedule(5, 60, 8, "postgres") != schedule(6, 60, 8, "postgres")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ["postgres", "sqlite"])
def test_a_floor_lives_through_a_bad_minute(engine: str, request: pytest.FixtureRequest) -> None:
    """Some seconds of trouble on each engine by default, the whole minute with --soak."""
    soak = request.config.getoption("--soak")
    size = ("--seconds", "60", "--terminals", "8") if soak else ("--seconds", "15", "--terminals", "4")
    done = rig("--hub", engine, "--json", *size, seconds=230)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["counts"]["green"] > 100
    assert sum(document["faults"].values()) > 4
    assert document["notes"] == []


@pytest.mark.soak
@pytest.mark.timeout(200)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistake_is_seen_by_the_command_within_two_minutes(name: str) -> None:
    done = rig("--mutate", name, "--json", seconds=120)
    assert done.returncode == 1
    assert json.loads(done.stdout)["broken"]
