"""A site's planning rules: read over the house's own, every mistake named, kept as what the site said."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.unit.floor import ENGLISH, Floor
from wms.domain import commands as c
from wms.planning.rules import BadPlanningRules, PlanningRules, defaults, read, rules_of, template, written
from wms.workflows.handling import Refused


def over(text: str) -> PlanningRules:
    return read(text, "mine.toml", defaults())


def troubles(text: str) -> list[str]:
    with pytest.raises(BadPlanningRules) as caught:
        over(text)
    return list(caught.value.troubles)


def test_the_houses_rules_say_everything_and_nothing_else_than_the_code():
    assert defaults() == PlanningRules()
    said = tomllib.loads(template())
    assert {section: set(settings) for section, settings in said.items()} == {
        section: set(getattr(PlanningRules(), section).__struct_fields__) for section in PlanningRules.__struct_fields__
    }


def test_what_a_site_says_changes_that_alone():
    found = over('[cart]\nslots = 8\nkg = 120\n[carriers.cutoff]\nSF = "17:00"\n[pickers.speed]\n"1001" = 120\n')
    assert (found.cart.slots, found.cart.kg, found.cart.litres) == (8, 120, 0)
    assert (found.carriers.cutoff, found.pickers.speed) == ({"SF": "17:00"}, {"1001": 120})
    assert found.waves == defaults().waves


def test_every_mistake_is_named_with_its_line():
    found = troubles('[cart]\nslots = 0\ntotes = 3\n\n[carts]\na = 1\n[waves]\ncategory = "soft?"\n[zones]\nmode = 4\n')
    assert found == [
        "mine.toml, line 2: slots = 0 must be a whole number from 1 to 1000",
        "mine.toml, line 3: totes is no setting of [cart]; known are slots, tote_litres, litres, kg, sort_later",
        f"mine.toml, line 5: [carts] is no rule; known are {', '.join(PlanningRules.__struct_fields__)}",
        'mine.toml, line 8: category = "soft?" must be one of hard, soft, off',
        "mine.toml, line 10: mode = 4 must be one of off, split, pass",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[cart]\nslots = true", "slots = true must be a whole number from 1 to 1000"),
        ("[cart]\nslots = 1.5", "slots = 1.5 must be a whole number from 1 to 1000"),
        ("[cart]\nsort_later = 1", "sort_later = 1 must be true or false"),
        ("[cart]\nsort_later = true", "sort_later = true needs litres or kg, else a cart would never be full"),
        ("[planning]\nrelease_seconds = 2", "release_seconds = 2 must be a whole number from 0 to 1"),
        ('[carriers.cutoff]\nSF = "25:00"', 'cutoff must be a time of day by carrier: SF = "17:00"'),
        ('[pickers.speed]\n"1001" = 0', 'speed must be in per cent from 10 to 1000 by badge: "1001" = 120'),
        ('[sequence]\nlast = "glass"', 'last must be a list of categories: ["glass", "frozen"]'),
        ("cart = 3", "cart must be a table: [cart]"),
    ],
)
def test_values_that_mean_nothing_are_refused(text, says):
    assert [trouble.partition(": ")[2] for trouble in troubles(text)] == [says]


def test_what_is_no_toml_is_told_with_its_place():
    (told,) = troubles("[cart]\nslots = = 3")
    assert told.startswith("mine.toml: ")
    assert "line 2" in told


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 1000),
    st.booleans(),
    st.lists(words.filter(str.strip), max_size=3),
    st.dictionaries(words, st.integers(10, 1000), max_size=3),
)
def test_rules_written_out_read_as_the_same(slots, wait, last, speed):
    mine = structs.replace(
        defaults(),
        cart=structs.replace(defaults().cart, slots=slots),
        congestion=structs.replace(defaults().congestion, wait=wait),
        sequence=structs.replace(defaults().sequence, last=tuple(last)),
        pickers=structs.replace(defaults().pickers, speed=speed),
    )
    assert read(written(mine), "x", defaults()) == mine
    assert written(defaults()) == template()


def test_the_rules_of_the_site_are_in_force_once_they_are_set():
    floor = Floor()
    assert rules_of(floor.rows) == defaults()
    floor.must(c.SetWaveRules("[cart]\nslots = 4\n"))
    assert rules_of(floor.rows).cart.slots == 4
    floor.must(c.SetWaveRules("[waves]\norders = 9\n"))
    assert (rules_of(floor.rows).cart.slots, rules_of(floor.rows).waves.orders) == (12, 9)
    refused = floor.do(c.SetWaveRules("[cart]\nslots = 0\nsofa = 1\n"))
    assert isinstance(refused, Refused)
    assert [ENGLISH.say(line).partition(":")[0] for line in refused.lines] == ["the rules, line 2", "the rules, line 3"]
