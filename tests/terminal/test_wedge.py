"""The router in virtual time: what is a scan, what is typing, and that nothing is lost in between."""

import pytest

from wms.terminal.wedge import KeyPressed, Router, Scan, Typed, WedgeConfig

KEYS = {
    "\r": "enter",
    "\t": "tab",
    "\n": "ctrl+j",
    "\x1d": "ctrl+right_square_bracket",
    "\x02": "ctrl+b",
    "\x03": "ctrl+c",
}


class Hand:
    """Presses keys so many milliseconds apart."""

    def __init__(self, **config):
        self.router = Router(WedgeConfig(**config))
        self.now = 0.0
        self.out = []

    def keys(self, text, gap=2.0):
        for character in text:
            self.now += gap
            self.out += self.router.key(KEYS.get(character, character), character, self.now)
        return self

    def named(self, name, gap=2.0):
        self.now += gap
        self.out += self.router.key(name, None, self.now)
        return self

    def rest(self, milliseconds=5000.0):
        self.now += milliseconds
        self.out += self.router.tick(self.now)
        return self


@pytest.mark.parametrize("prefix", ["f12", "ctrl+b"])
@pytest.mark.parametrize("end", ["\r", "\t", "\r\n", "\n"])
def test_prefixed_scan(prefix, end):
    assert Hand().named(prefix).keys("A1" + end).rest().out == [Scan("A1")]


def test_stx_etx_frame_and_the_cr_some_wedges_add():
    assert Hand().keys("\x0212\x03\n").rest().out == [Scan("12")]


@pytest.mark.parametrize("gap", [0.0, 2.0, 120.0, 900.0])
def test_a_prefixed_scan_may_be_as_slow_as_its_line(gap):
    assert Hand().named("f12").keys("6901234567892\r", gap).out == [Scan("6901234567892")]


def test_group_separators_and_the_aim_identifier_survive():
    assert Hand().named("f12").keys("]C10110\x1d21ABC\r").out == [Scan("0110\x1d21ABC", aim="]C1")]
    bare = Hand().keys("0110123\x1d21ABC\r")
    assert bare.out == [Scan("0110123\x1d21ABC")]


def test_a_control_character_that_came_only_by_name():
    assert Hand().named("f12").keys("01").named("ctrl+right_square_bracket").keys("2\r").out == [Scan("01\x1d2")]


def test_burst_without_prefix():
    assert Hand().keys("6901234567892\r").rest().out == [Scan("6901234567892")]


@pytest.mark.parametrize(("text", "gap"), [("12345\r", 2.0), ("6901234\r", 90.0), ("690123\r", 36.0)])
def test_typing_stays_typing(text, gap):
    out = Hand().keys(text, gap).rest().out
    assert "".join(item.text for item in out if isinstance(item, Typed)) == text[:-1]
    assert out[-1] == KeyPressed("enter")
    assert not [item for item in out if isinstance(item, Scan)]


def test_a_held_key_repeats_and_is_no_scan():
    hand = Hand().keys("00000000", 33.0)
    assert hand.keys("\r", 150.0).out == [Typed("00000000"), KeyPressed("enter")]


def test_single_key_waits_for_the_gap_only():
    hand = Hand().keys("2")
    assert hand.out == []
    assert hand.router.deadline == 2.0 + 35 + 1
    assert hand.rest(36).out == [Typed("2")]
    assert hand.router.deadline is None


def test_typing_keeps_its_place_before_a_key():
    assert Hand().keys("12").named("f2").out == [Typed("12"), KeyPressed("f2")]


def test_line_feed_belongs_to_the_return_before_it_and_to_no_other():
    assert Hand().keys("\r\n").out == [KeyPressed("enter")]
    assert Hand().keys("\r").named("f2").keys("\n").out == [KeyPressed("enter"), KeyPressed("f2"), KeyPressed("enter")]


def test_scan_without_its_end_is_reported_not_kept():
    assert Hand().named("f12").keys("690").rest(1002).out == [Scan("690", fault="partial")]
    assert Hand().named("f12").keys("690").named("f12").keys("12\r").out == [Scan("690", fault="partial"), Scan("12")]
    assert Hand().named("f12").rest(3000).keys("1", 50).rest().out == [Typed("1")]


def test_scan_longer_than_any_code_is_capped():
    hand = Hand(longest=10).named("f12").keys("x" * 5000 + "\r")
    assert hand.out == [Scan("x" * 10, fault="overlong")]
    assert hand.named("f12").keys("1\r").out[-1] == Scan("1")


def test_a_key_pressed_during_a_scan_goes_through():
    assert Hand().named("f12").keys("69").named("f3").keys("01\r").out == [KeyPressed("f3"), Scan("6901")]


def test_paste_is_one_scan_a_line():
    router = Router()
    assert router.paste("6901\x1d21\r\n\n A-03 \n", 0) == [Scan("6901\x1d21"), Scan(" A-03 ")]
    router.key("f12", None, 1)
    assert router.paste("77", 2) == [Scan("77")]
    assert router.key("enter", "\r", 3) == [KeyPressed("enter")]


def test_the_rest_of_a_scan_the_line_held_up_is_no_code():
    assert Hand().keys("6901234").rest(80).keys("567892").rest(200).keys("\r").out == [Scan("6901234567892")]
    assert Hand().keys("69").rest(80).keys("01234567\r").out == [Typed("69"), Scan("01234567", fault="partial")]
    hand = Hand().keys("6901234").rest(400).keys("567892\r")
    assert hand.out == [Typed("6901234"), Scan("567892", fault="partial")]
    assert Hand().keys("01\x1d").rest(80).keys("2\r").out[0] == Scan("01\x1d", fault="partial")


def test_a_control_character_alone_is_nothing():
    assert Hand().named("ctrl+d").rest().keys("\x1d").rest().out == []


def test_doubt_ends_with_the_scan_it_is_about():
    hand = Hand().keys("69").rest(80).keys("01234567\r7702345\r")
    assert hand.out[1:] == [Scan("01234567", fault="partial"), Scan("7702345")]


def test_a_person_may_scan_soon_after_typing():
    assert Hand().keys("69", 120).rest(400).keys("7702345\r").out == [Typed("6"), Typed("9"), Scan("7702345")]


def test_typing_before_a_prefix_is_not_swallowed():
    assert Hand().keys("12").named("f12").keys("6901\r").out == [Typed("12"), Scan("6901")]


@pytest.mark.parametrize("prefix", [True, False])
def test_two_thousand_back_to_back(prefix):
    hand = Hand()
    for n in range(2000):
        if prefix:
            hand.named("f12", 0.1)
        hand.keys(f"69{n:06}\r", 0.1)
    assert hand.out == [Scan(f"69{n:06}") for n in range(2000)]
