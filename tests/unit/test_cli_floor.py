"""`wms floor`: a site file is written, checked, drawn and taken in, and stays until the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli_shell import Shell
from wms.domain.places import FloorFile
from wms.planning.site_floor import floor_of
from wms.store import Store

FLOOR = """\
[[area]]
zone = "A"
at = [0, 0]
aisles = "A-01..A-02"
bays = "1..2"
bins = "{aisle}-{bay}"
[[start]]
at = [0, -1]
[[drop]]
name = "S-1"
at = [0, -1]
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys).set_up()


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def recorded(shell: Shell) -> FloorFile | None:
    store = Store(shell.data)
    try:
        return store.rows.get(FloorFile, "floor")
    finally:
        store.close()


def test_the_template_is_written_once_and_is_in_order(bare: Shell) -> None:
    file = bare.folder / "own.toml"
    assert bare.good("floor", "template", file, "--json").json == {"written": str(file)}
    assert "is there already" in bare.bad("floor", "template", file)
    checked = bare.good("floor", "check", file, "--json").json
    assert (checked["errors"], checked["warnings"], checked["troubles"]) == (0, 0, [])
    assert "7 aisles, 235 bins" in bare.good("floor", "check", file).out
    assert "A-" in bare.good("floor", "show", "--file", file).out
    assert not bare.data.exists()


def test_troubles_are_told_with_their_lines(bare: Shell) -> None:
    file = bare.file("floor.toml", FLOOR.replace("[0, 0]", "[nan, 0]"))
    answer = bare("floor", "check", file, "--json")
    assert answer.code == 1
    assert [(one["weight"], one["line"], one["code"]) for one in answer.json["troubles"]] == [
        ("error", 0, "no_aisles"),
        ("error", 3, "bad_point"),
    ]
    told = bare("floor", "check", file)
    assert told.code == 1
    assert "3     error  at must be two figures in metres such as [3.0, 12.5], not [nan, 0]" in told.out
    assert "no such file" in bare.bad("floor", "check", bare.folder / "none.toml")
    (bare.folder / "latin").write_bytes(b'[floor]\nname = "\xe9"')
    assert "UTF-8" in bare.bad("floor", "check", bare.folder / "latin")


def test_a_drawing_never_takes_the_place_of_the_site_file(shell: Shell) -> None:
    file = shell.file("floor.toml", FLOOR)
    (shell.folder / "soft.toml").symlink_to(file)
    (shell.folder / "hard.toml").hardlink_to(file)
    for svg in (file, shell.folder / "soft.toml", shell.folder / "hard.toml"):
        said = shell.bad("floor", "show", "--file", file, "--svg", svg, code=2)
        assert "is the file that is read itself" in said
    assert file.read_text(encoding="utf-8") == FLOOR


def test_a_floor_is_taken_in_once_and_warnings_are_no_refusal(shell: Shell) -> None:
    file = shell.file("floor.toml", FLOOR)
    taken = shell.good("floor", "import", file, "--json").json
    assert (taken["recorded"], taken["errors"]) == (True, 0)
    assert [one["code"] for one in taken["troubles"]] == ["not_in_warehouse", "not_in_warehouse"]
    first = recorded(shell)
    assert first is not None
    assert first.document == FLOOR
    assert first.person.startswith("cli:")
    store = Store(shell.data)
    head = store.head()
    assert floor_of(store.rows).node_of("A-01-2") is not None
    store.close()
    shell.good("floor", "import", file)
    assert recorded(shell) == first
    store = Store(shell.data)
    assert store.head() == head
    store.close()
    assert shell.good("verify").code == 0


def test_what_is_left_of_a_floor_with_errors_is_taken(shell: Shell) -> None:
    file = shell.file("floor.toml", FLOOR + '[[blocked]]\non = "A-09"\n')
    answer = shell("floor", "import", file)
    assert (answer.code, "errors: 1; the rest was recorded" in answer.err) == (1, True)
    assert recorded(shell) is not None
    other = shell.file("other.toml", FLOOR.replace("{aisle}-{bay}", "{bay}-{aisle}"))
    assert "nothing was recorded" in shell.bad("floor", "import", other)
    kept = recorded(shell)
    assert kept is not None
    assert kept.document.startswith(FLOOR)


def test_the_imported_floor_is_shown_and_checked(shell: Shell) -> None:
    shell.good("floor", "import", shell.file("floor.toml", FLOOR))
    shown = shell.good("floor", "show", "--json").json
    assert shown["source"] == "drawn"
    assert [one["aisle"] for one in shown["aisles"]] == ["A-01", "A-02"]
    assert shown["bins"][1] == {
        "bin": "A-01-2",
        "aisle": "A-01",
        "offset_mm": 3300,
        "side": "",
        "level": 1,
        "zone": "A",
        "reachable": True,
    }
    assert shown["drops"] == [{"name": "S-1", "at_mm": [0, -1000]}]
    picture = shell.good("floor", "show", "--width", "40", "--ascii").out
    assert "2 aisles, 4 bins, 3.0 x 5.4 m" in picture
    assert " 01  02" in picture
    assert "warning: the warehouse has no bin A-02-1" in picture
    assert "not_in_warehouse" in shell.good("floor", "check", "--json").out
    assert "there is no zone Z; known are: A" in shell.bad("floor", "show", "--zone", "Z")
    svg = shell.folder / "floor.svg"
    assert shell.good("floor", "show", "--zone", "A", "--svg", svg, "--json").json["svg"] == str(svg)
    assert svg.read_text(encoding="utf-8").startswith("<svg")


def test_without_a_floor_it_says_that_metres_are_guesses(shell: Shell) -> None:
    assert shell.good("floor", "show", "--json").json["source"] == "sequence"
    assert "metres are guesses" in shell.good("floor", "show").out
    assert "metres are guesses" in shell.good("floor", "check").out
    assert "米数是估计的" in shell.good("floor", "check", "--language", "zh_CN").out


def test_a_process_of_its_own_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "floor.toml").write_text(FLOOR + "[[racks]]\n", encoding="utf-8")
    command = [sys.executable, "-m", "wms", "floor", "check", "floor.toml", "--data", "none"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "[racks] is nothing that a floor has" in done.stdout
    assert not done.stderr
