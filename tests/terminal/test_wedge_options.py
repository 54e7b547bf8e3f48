"""The wedge's settings as people write them."""

from types import SimpleNamespace

import pytest

from wms.bootstrap import Unopenable, run_terminal
from wms.cli.checks import devices
from wms.cli.checks.finding import State
from wms.config import Config, load
from wms.terminal.wedge import WedgeConfig
from wms.terminal.wedge_options import parse_wedge


def test_nothing_said_leaves_all_as_usual():
    assert parse_wedge("") == parse_wedge(" ") == WedgeConfig()


def test_every_option():
    text = "prefix=F9,stx:suffix=tab:aim=yes:text=%23%3A:codeid=zebra:gs=|:dup=90:gap=20:stall=500:patience=2000:max=60"
    assert parse_wedge(text) == WedgeConfig(
        prefixes=frozenset({"f9", "ctrl+b"}),
        suffixes=frozenset({"tab"}),
        aim=True,
        text="#:",
        code_id="zebra",
        gs="|",
        duplicate_ms=90,
        gap_ms=20,
        longest=60,
        patience_ms=2000,
        stall_ms=500,
    )


def test_no_prefix_and_no_timing():
    assert parse_wedge("prefix=none").prefixes == frozenset()
    assert parse_wedge("gap=0").gap_ms == 0
    with pytest.raises(ValueError, match="gap cannot be 0 with prefix=none"):
        parse_wedge("prefix=none:gap=0")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("f12", "unknown wedge option 'f12': use one of prefix, suffix"),
        ("prefix=f12:sufix=enter", "'sufix'"),
        ("prefix=f1", "'f1': f1 is a key of this program: use f6…f12"),
        ("prefix=f13", "'f13'.*F13 and up"),
        ("prefix=", "prefix cannot be ''"),
        ("suffix=none", "suffix cannot be 'none': use enter"),
        ("aim=maybe", "'maybe': use yes or no"),
        ("gs=%1D", "'%1D'"),
        ("gs=%FF", "'%FF'"),
        ("text=", "text cannot be ''"),
        ("codeid=intermec", "'intermec': use one of none, honeywell, zebra"),
        ("gap=81", "'81': use 0 to 80"),
        ("stall=-1", "'-1'"),
        ("max=９", "'９'"),
        ("prefix=f12:", "unknown wedge option ''"),
    ],
)
def test_the_word_that_is_none_is_named(text, says):
    with pytest.raises(ValueError, match=says):
        parse_wedge(text)


def test_a_wrong_word_in_the_settings_opens_no_terminal(tmp_path):
    (tmp_path / "wms.toml").write_text('wedge = "prefix=f1"', encoding="utf-8")
    with pytest.raises(Unopenable, match=r"wms\.toml: wedge option prefix cannot be 'f1'"):
        run_terminal(load(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["wms.toml"]


def test_doctor_names_it_too(tmp_path):
    def found(text):
        subject = SimpleNamespace(config=Config(tmp_path, wedge=text))
        return [(finding.state, finding.says) for finding in devices.wedge(subject)]

    assert found("") == []
    assert found("prefix=f9") == [(State.OK, "scanners that type: prefix=f9")]
    [(state, says)] = found("prefix=f1")
    assert state is State.BAD
    assert says.startswith("prefix=f1: wedge option prefix cannot be 'f1'")
