"""`wms plan solve` as it is called: in a process of its own, with the real planner, with and without a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.small_instances import BENCH, instance
from wms.cli.main import run
from wms.planning.instance import read_instance
from wms.planning.instance_solution import read_start
from wms.planning.verify import faults

PUBLIC = ("fm-d05-o0005", "fm-fsd-o0100", "hw-cl-o0020-c30-03", "kr-o0006-c12-025", "kr-o0100-c30-043")


def _started(file: Path, output: Path, *more: str, **streams: Any) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "wms", "plan", "solve", str(file), "-o", str(output), *more]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, **streams)


def test_the_command_plans_and_says_nothing_of_its_search_to_a_file(tmp_path):
    file, output = tmp_path / "instance.json", tmp_path / "solution.json"
    file.write_text(json.dumps(instance(12, pickers=2)))
    process = _started(file, output, "--seconds", "1", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert b"\r" not in err
    assert b"best" not in err
    read = read_instance(file.read_bytes())
    plan = read_start(output.read_bytes(), read)
    assert faults(read.problem, plan) == ()
    told = json.loads(out)
    assert told["objective"] == plan.cost / read.ticks
    assert told["objective"] <= told["start"]


def test_on_a_terminal_the_search_is_followed_on_one_line_that_goes_in_the_end(tmp_path):
    file, output = tmp_path / "instance.json", tmp_path / "solution.json"
    file.write_text(json.dumps(instance(30, aisles=6)))
    ours, theirs = pty.openpty()
    with _started(file, output, "--seconds", "1", stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen = _all(ours)
        assert process.wait(120) == 0, seen
    os.close(ours)
    *drawn, last = seen.rsplit("\n", 1)[-1].split("\r")[1:]
    assert any("s  best " in one and "% less than at the start" in one for one in drawn), seen
    assert (drawn[-1].strip(), last) == ("", "")


def _all(terminal: int) -> str:
    seen = b""
    while True:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # whoever wrote there has gone
            return seen.decode()


def test_from_an_earlier_solution_the_plan_goes_on_and_is_never_worse(tmp_path, capsys):
    given = instance(25, aisles=6)
    file, first, second = (tmp_path / f"{name}.json" for name in ("instance", "first", "second"))
    file.write_text(json.dumps(given))
    assert run(["plan", "solve", str(file), "-o", str(first), "--seconds", "0.5"]) == 0
    capsys.readouterr()
    assert run(["plan", "solve", str(file), "-o", str(second), "--seconds=0", "--start", str(first), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    read = read_instance(given)
    assert told["objective"] <= read_start(first.read_bytes(), read).cost / read.ticks
    again = read_start(second.read_bytes(), read)
    assert told["objective"] == again.cost / read.ticks
    assert faults(read.problem, again) == ()


@pytest.mark.skipif(not BENCH.exists(), reason="the public instances are not here")
@pytest.mark.parametrize("name", PUBLIC)
def test_the_checker_of_the_public_instances_accepts_the_plan(tmp_path, capsys, name):
    file, output = BENCH / "instances" / f"{name}.json", tmp_path / f"{name}.json"
    assert run(["plan", "solve", str(file), "-o", str(output), "--seconds", "0.5"]) == 0, capsys.readouterr().err
    checked = subprocess.run(
        [sys.executable, BENCH / "check.py", file, output, "--json"], capture_output=True, text=True, check=False
    )
    found = json.loads(checked.stdout)
    assert (checked.returncode, found["errors"], found["warnings"]) == (0, [], [])
