"""`wms wave rules`: shown as a file, checked, put in force; and the handbook's example of one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.cli_shell import Shell
from wms.planning.rules import defaults, read, template

HANDBOOK = Path(__file__).parents[2] / "wms" / "handbook"


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys).set_up()


def test_rules_are_shown_as_a_file_that_can_be_set_again(house: Shell, tmp_path: Path) -> None:
    shown = house("wave", "rules")
    assert (shown.code, shown.out.strip()) == (0, template().strip())
    file = tmp_path / "rules.toml"
    file.write_text(shown.out.replace("slots = 12", "slots = 5 "), encoding="utf-8")
    assert house("wave", "rules", "--set", file, "--json").json["cart"]["slots"] == 5
    again = house("wave", "rules")
    assert "slots = 5 " in again.out
    assert house("wave", "rules", "--json").json["waves"]["orders"] == 60


def test_each_mistake_is_told_and_nothing_is_changed(house: Shell, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text("[cart]\nslots = 0\nwheels = 4\n", encoding="utf-8")
    for option in ("--check", "--set"):
        told = house("wave", "rules", option, file)
        assert told.code == 2
        assert re.findall(r"rules.toml, (line \d)", told.err) == ["line 2", "line 3"]
    assert house("wave", "rules", "--json").json["cart"]["slots"] == 12
    assert house("wave", "rules", "--check", tmp_path / "none.toml").code == 2


def test_a_file_is_checked_without_a_warehouse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.toml"
    file.write_text("[cart]\nslots = 7\n", encoding="utf-8")
    assert Shell(tmp_path / "nothing", capsys)("wave", "rules", "--check", file, "--json").json["cart"]["slots"] == 7


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_handbooks_example_is_one(language: str) -> None:
    page = (HANDBOOK / language / "waves.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    found = read(example, "handbook", defaults())
    assert (found.waves.category, found.cart.kg, found.carriers.cutoff) == ("soft", 150, {"SF": "17:00"})
