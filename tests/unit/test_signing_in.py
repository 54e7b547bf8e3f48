"""Signing in: the badge, the PIN where one is set, and only the work a person may do."""

import pytest

from tests.unit.floor import CHEN, LI, TEA_CODE, WANG, ZHAO, Worker, a_warehouse
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.pins import hash_pin
from wms.domain.rows import MemoryTables
from wms.workflows.prompt import Entry, Mark, Tone
from wms.workflows.signing_in import SignInWorkflow

PIN = hash_pin("2468", b"0123456789abcdef")


@pytest.fixture
def floor():
    floor = a_warehouse()
    floor.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en", PIN)))
    return floor


def a_terminal(floor):
    return Worker(floor, SignInWorkflow(), badge="")


def test_a_badge_is_all_it_takes_where_no_pin_is_set(floor):
    terminal = a_terminal(floor)
    assert (terminal.screen, terminal.prompt.entry) == ("sign.badge", Entry.TEXT)
    terminal.scan(f"BDG-{ZHAO}")
    assert (terminal.left, terminal.state.work, terminal.says) == (True, "pick", ["Hello Zhao"])
    assert floor.said_by(e.SignedIn) == [e.SignedIn(ZHAO, "pick")]


def test_somebody_with_several_roles_is_asked_what_to_do(floor):
    terminal = a_terminal(floor).scan(f"BDG-{LI}")
    assert (terminal.screen, terminal.left, len(terminal.prompt.choices)) == ("sign.work", False, 5)
    terminal.choose(1)
    assert (terminal.left, terminal.state.work) == (True, "pack")
    assert terminal.choose(9).left is False


def test_the_number_of_a_badge_may_be_typed(floor):
    assert a_terminal(floor).enter(ZHAO).left
    assert a_terminal(floor).enter(f"bdg-{ZHAO} ").left


@pytest.mark.parametrize(("badge", "why"), [("BDG-4711", "Unknown badge"), (f"BDG-{WANG}", "This badge is blocked")])
def test_unknown_and_blocked_badges_open_nothing(floor, badge, why):
    terminal = a_terminal(floor).scan(badge)
    assert (terminal.screen, terminal.tone, terminal.says[0], terminal.left) == ("sign.badge", Tone.NO, why, False)
    assert (len(floor.said_by(e.ScanRefused)), floor.said_by(e.SignedIn)) == (1, [])


def test_a_typed_unknown_number_opens_nothing(floor):
    assert a_terminal(floor).enter("4711").says == ["Unknown badge", "Ask the supervisor"]


def test_other_codes_ask_for_the_badge(floor):
    assert a_terminal(floor).scan(TEA_CODE).says == ["This is Green tea (0028)", "Scan your badge"]


def test_the_right_pin_opens_the_work(floor):
    terminal = a_terminal(floor).scan(f"BDG-{CHEN}")
    assert (terminal.screen, terminal.prompt.entry, terminal.left) == ("sign.pin", Entry.SECRET, False)
    terminal.enter("2468")
    assert (terminal.screen, len(terminal.prompt.choices)) == ("sign.work", 5)
    assert terminal.choose(4).state.work == "board"


def test_a_wrong_pin_opens_nothing_and_five_are_told_to_the_supervisor(floor):
    terminal = a_terminal(floor).scan(f"BDG-{CHEN}")
    for _ in range(4):
        terminal.enter("1111")
        assert (terminal.screen, terminal.says) == ("sign.pin", ["Wrong PIN", "Type it again"])
    terminal.enter(PIN)  # the hash itself opens nothing
    assert (terminal.screen, terminal.says) == ("sign.badge", ["Wrong PIN. Ask the supervisor"])
    assert floor.reviews() == {f"pin/{CHEN}"}
    assert [refused.raw for refused in floor.said_by(e.ScanRefused)] == [CHEN] * 5  # never what was typed


def test_escape_goes_back_to_the_badge_and_another_badge_takes_over(floor):
    terminal = a_terminal(floor).scan(f"BDG-{CHEN}")
    assert terminal.press("escape").screen == "sign.badge"
    assert terminal.scan(f"BDG-{CHEN}").scan(f"BDG-{ZHAO}").left


def test_the_first_start_says_what_to_do_and_what_is_done():
    floor = a_warehouse()
    empty = a_warehouse()
    empty.rows = MemoryTables()
    terminal = a_terminal(empty)
    assert (terminal.screen, {line.mark for line in terminal.prompt.what}) == ("setup.first", {Mark.TODO})
    assert terminal.scan("BDG-1001").screen == "setup.first"
    assert a_terminal(floor).screen == "sign.badge"
