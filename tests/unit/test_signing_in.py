"""Signing in: the badge, the PIN where one is set, and only the work a person may do."""

import pytest

from tests.unit.floor import CHEN, LI, TEA_CODE, WANG, ZHAO, Worker, a_warehouse
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.pins import Peppers, check_pin, fingerprint, hash_pin, pepper_name, pepper_of
from wms.domain.review import PinTries, Review
from wms.domain.rows import MemoryTables
from wms.workflows.handling import Refused
from wms.workflows.pin_entry import PinEntry
from wms.workflows.prompt import Entry, Mark, Tone
from wms.workflows.reviews import decisions
from wms.workflows.signing_in import SignInWorkflow

PIN = hash_pin("2468", b"0123456789abcdef")
SCRYPT = "scrypt$16384$8$1$MDEyMzQ1Njc4OWFiY2RlZg==$+WhpTB3W+9cUCbTS2VR3DH2TuXTCcZYp7Sp/fcF63oM="


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
    assert (terminal.screen, terminal.left, len(terminal.prompt.choices)) == ("sign.work", False, 6)
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
    assert (terminal.screen, len(terminal.prompt.choices)) == ("sign.work", 6)
    assert terminal.choose(4).state.work == "board"


def guess(terminal, times, text="1111"):
    for _ in range(times):
        terminal.scan(f"BDG-{CHEN}").enter(text)
    return terminal


def test_a_wrong_pin_opens_nothing_and_five_lock_the_badge_and_are_told_to_the_supervisor(floor):
    terminal = a_terminal(floor).scan(f"BDG-{CHEN}")
    for _ in range(4):
        terminal.enter("1111")
        assert (terminal.screen, terminal.says) == ("sign.pin", ["Wrong PIN", "Type it again"])
    terminal.enter(PIN)  # the hash itself opens nothing
    assert (terminal.screen, terminal.says[0]) == ("sign.badge", "Wrong PIN. Locked for 1 min")
    assert floor.reviews() == {f"pin/{CHEN}"}
    assert [refused.raw for refused in floor.said_by(e.ScanRefused)] == [CHEN] * 5  # never what was typed
    floor.now += 50
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"  # locked: nothing is asked, and nothing counted
    assert len(floor.said_by(e.ScanRefused)) == 5
    floor.now += 10
    assert terminal.scan(f"BDG-{CHEN}").enter("2468").screen == "sign.work"


def test_each_further_wrong_pin_locks_twice_as_long_until_a_right_one(floor):
    terminal = guess(a_terminal(floor), 5)
    for minutes in (2, 4, 8, 15, 15):
        floor.now += 15 * 60
        assert guess(terminal, 1).says[0] == f"Wrong PIN. Locked for {minutes} min"
    floor.now += 15 * 60
    terminal.scan(f"BDG-{CHEN}").enter("2468").choose(4)
    assert floor.rows.all(PinTries) == []
    assert guess(a_terminal(floor), 1).screen == "sign.pin"


def test_a_lock_survives_the_plug_and_going_back_to_the_badge(floor):
    terminal = guess(a_terminal(floor), 4).press("escape")
    assert terminal.scan(f"BDG-{CHEN}").restart().scan(f"BDG-{CHEN}").enter("1111").screen == "sign.badge"
    assert a_terminal(floor).scan(f"BDG-{CHEN}").says == ["Wrong PIN. Locked for 1 min", "Wait, or ask the supervisor"]


def test_a_lock_is_of_one_badge_at_one_device(floor):
    floor.say(e.PersonDefined(Person(LI, "Li", "picker", "en", PIN)))
    guess(a_terminal(floor), 5)
    assert a_terminal(floor).scan(f"BDG-{LI}").screen == "sign.pin"
    elsewhere = Worker(floor, SignInWorkflow(), badge="", device="T2")
    assert elsewhere.scan(f"BDG-{CHEN}").enter("2468").screen == "sign.work"
    assert a_terminal(floor).scan(f"BDG-{CHEN}").screen == "sign.badge"


def test_setting_the_clock_opens_no_lock(floor):
    steady = [1000.0]
    terminal = guess(Worker(floor, SignInWorkflow(PinEntry(steady=lambda: steady[0])), badge=""), 5)
    floor.now += 86_400
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"
    floor.now -= 3 * 86_400
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"
    steady[0] += 59
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"
    steady[0] += 2
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.pin"


def test_a_lock_from_the_future_is_served_in_full_and_no_longer(floor):
    """The clock was set back while the program was down."""
    guess(a_terminal(floor), 5)
    floor.now -= 86_400
    steady = [0.0]
    terminal = Worker(floor, SignInWorkflow(PinEntry(steady=lambda: steady[0])), badge="")
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"
    steady[0] = 59.0
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.badge"
    steady[0] = 60.0
    assert terminal.scan(f"BDG-{CHEN}").screen == "sign.pin"


def test_the_supervisor_or_a_new_pin_unlocks(floor):
    terminal = guess(a_terminal(floor), 5)
    review = floor.rows.get(Review, f"pin/{CHEN}")
    floor.must(*decisions(review, floor.rows)[0].commands(""))
    assert floor.reviews() == set()
    assert guess(terminal, 5).screen == "sign.badge"
    floor.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en", hash_pin("7777"))))
    assert terminal.scan(f"BDG-{CHEN}").enter("7777").screen == "sign.work"


def test_unlocking_a_badge_nobody_has_is_refused(floor):
    assert isinstance(floor.do(c.UnlockPin("4711")), Refused)


PEPPER = bytes(range(32))
PEPPERS = Peppers({pepper_name(PEPPER): PEPPER}, pepper_name(PEPPER))


def with_peppers(floor, peppers):
    return Worker(floor, SignInWorkflow(PinEntry(lambda _: peppers)), badge="")


@pytest.mark.parametrize("roles", ["supervisor", "picker"])
def test_a_hash_of_an_older_kind_is_made_anew_with_the_first_right_pin(floor, roles):
    floor.say(e.PersonDefined(Person(CHEN, "Chen", roles, "en", SCRYPT)))
    with_peppers(floor, PEPPERS).scan(f"BDG-{CHEN}").enter("1111")
    assert floor.rows.get(Person, CHEN).pin == SCRYPT
    with_peppers(floor, PEPPERS).scan(f"BDG-{CHEN}").enter("2468")
    kept = floor.rows.get(Person, CHEN).pin
    assert pepper_of(kept) == PEPPERS.current
    assert check_pin(kept, "2468", PEPPERS)
    with_peppers(floor, PEPPERS).scan(f"BDG-{CHEN}").enter("2468")
    assert len(floor.said_by(e.PinRehashed)) == 1


def test_a_pin_changed_meanwhile_stays_changed(floor):
    floor.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en", SCRYPT)))
    floor.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en", PIN)))
    late = e.PinRehashed(CHEN, fingerprint(SCRYPT), hash_pin("9999"))
    floor.say(late, device="T2")
    assert floor.rows.get(Person, CHEN).pin == PIN
    assert floor.do(c.RehashPin(CHEN, fingerprint(SCRYPT), "x")) == ()


def test_without_the_pepper_nobody_is_let_in_and_nothing_counts_as_wrong(floor):
    floor.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en", hash_pin("2468", peppers=PEPPERS))))
    terminal = with_peppers(floor, Peppers()).scan(f"BDG-{CHEN}").enter("2468")
    assert (terminal.screen, terminal.says[0]) == ("sign.badge", "This terminal can't check your PIN")
    assert floor.reviews() == {"pepper/T1"}
    assert floor.rows.all(PinTries) == []


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
