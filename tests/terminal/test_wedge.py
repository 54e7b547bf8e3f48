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


@pytest.mark.parametrize("added", ["", "\n", "\r", "\r\n"])
def test_stx_etx_frame_and_the_line_end_some_wedges_add(added):
    assert Hand().keys("\x0212\x03" + added).rest().out == [Scan("12")]
    assert Hand().keys("\x0212\x03" + added).rest().keys("\r").out == [Scan("12"), KeyPressed("enter")]


def test_where_etx_is_the_suffix_line_ends_are_data():
    framed = WedgeConfig(prefixes=frozenset({"ctrl+b"}), suffixes=frozenset({"ctrl+c"}))
    hand = Hand(prefixes=framed.prefixes, suffixes=framed.suffixes).keys("\x02A\r\nB\tC\x03\r\n\x0212\x03")
    assert hand.out == [Scan("A\r\nB\tC"), Scan("12")]


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
    assert router.key("enter", "\r", 900) == []  # the suffix of that scan
    assert router.key("enter", "\r", 950) == [KeyPressed("enter")]
    assert router.paste("77", 2000) == [Scan("77")]
    assert router.key("enter", "\r", 2299) == []
    assert router.paste("77", 4000) == [Scan("77")]
    assert router.key("enter", "\r", 4301) == [KeyPressed("enter")]


def test_the_rest_of_a_scan_the_line_held_up_is_no_code():
    assert Hand().keys("6901234").rest(80).keys("567892").rest(200).keys("\r").out == [Scan("6901234567892")]
    assert Hand().keys("69").rest(80).keys("01234567\r").out == [Typed("69"), Scan("01234567", fault="partial")]
    hand = Hand().keys("6901234").rest(400).keys("567892\r")
    assert hand.out == [Typed("6901234"), Scan("567892", fault="partial")]
    assert Hand().keys("01\x1d").rest(80).keys("2\r").out[0] == Scan("01\x1d", fault="partial")


def test_a_control_character_alone_is_nothing():
    assert Hand().named("ctrl+d").rest().out == Hand().keys("\x1d").rest().out == []


def test_no_part_of_a_torn_scan_becomes_a_code_an_answer_or_an_enter():
    torn = Hand().keys("0110\x1d").rest(100)
    assert torn.out == [Scan("0110\x1d", fault="partial")]
    assert torn.keys("21ab\r").out[1:] == [Scan("21ab", fault="partial")]
    assert torn.rest(60).keys("\r").out[2:] == [KeyPressed("enter")]
    assert Hand().keys("0110\x1d").rest(100).keys("b\r").out[1:] == [Scan("b", fault="partial")]
    assert Hand().keys("0110\x1d21ab").rest(2000).keys("\r").rest().keys("\r").out[1:] == [KeyPressed("enter")]
    assert Hand().keys("0110").rest(80).keys("\x1d").rest(80).out[1:] == [Scan("\x1d", fault="partial")]


def test_a_person_may_type_after_a_scan_that_was_torn():
    hand = Hand().keys("0110\x1d").rest(1000).keys("4711\r", 120)
    assert hand.out[1:] == [*map(Typed, "4711"), KeyPressed("enter")]


def test_doubt_ends_with_the_scan_it_is_about():
    hand = Hand().keys("69").rest(80).keys("01234567\r7702345\r")
    assert hand.out[1:] == [Scan("01234567", fault="partial"), Scan("7702345")]


@pytest.mark.parametrize("ended", ["enter", "backspace", "f2", "up"])
def test_a_person_may_scan_soon_after_typing(ended):
    hand = Hand().keys("69", 120).named(ended, 120).keys("7702345\r")
    assert hand.out == [Typed("6"), Typed("9"), KeyPressed(ended), Scan("7702345")]


@pytest.mark.parametrize("pause", [80, 200, 400, 1100, 9900])
@pytest.mark.parametrize("cadence", [0.1, 8.0, 20.0])
def test_a_key_that_answered_nothing_may_be_the_front_of_the_burst_after_it(pause, cadence):
    hand = Hand().keys("6").rest(pause).keys("901234567892\r", cadence)
    assert hand.out == [Typed("6"), Scan("901234567892", fault="partial")]
    assert hand.keys("6901234567892\r", cadence).out[2:] == [Scan("6901234567892")]


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


@pytest.mark.parametrize("gap", [36, 80, 120, 250])
def test_a_key_that_answered_a_question_is_no_part_of_the_scan_after_it(gap):
    hand = Hand().keys("2").rest(gap)
    assert hand.out == [Typed("2")]
    hand.router.answered()
    assert hand.keys("6901234567892\r").out[1:] == [Scan("6901234567892")]


def test_a_separator_alone_was_not_typed_by_a_person():
    hand = Hand().keys("\x1d").rest(100).keys("21ABCDE\r", 8.0)
    assert hand.out == [Scan("21ABCDE", fault="partial")]


def test_the_rest_of_a_torn_scan_may_take_its_time_unless_a_key_shows_that_the_line_runs():
    assert Hand().keys("69").rest(9000).keys("01234567\r").out[-1] == Scan("01234567", fault="partial")
    assert Hand().keys("69").named("f2", 200).keys("01234567\r", 20).out[-1] == Scan("01234567")
    assert Hand().keys("69").named("ctrl+a", 2).keys("01234567\r", 20).out[-1] == Scan("01234567", fault="partial")


def test_a_key_pressed_while_a_burst_is_held_is_not_taken_into_it():
    hand = Hand().keys("6901234567892").keys("5", 150).keys("\r", 150)
    assert hand.out == [Scan("69012345678925", fault="partial")]


def test_an_identifier_at_its_front_proves_a_scan_whole():
    assert Hand().keys("69").rest(100).keys("]C10110\r").out[1:] == [Scan("0110", aim="]C1")]
    assert Hand(text="#").keys("69").rest(100).keys("#901234\r").out[1:] == [Scan("901234")]
    assert Hand(aim=True).keys("901234567892\r").out == [Scan("901234567892", fault="partial")]
    assert Hand(aim=True).keys("]E06901234567892\r").out == [Scan("6901234567892", aim="]E0")]


def test_what_the_wedge_adds_is_taken_off_and_the_separator_put_back():
    hand = Hand(text="#", gs="|").named("f12").keys("#]C10110A|21X\r").named("f12").keys("]C0A|B\r")
    assert hand.out == [Scan("0110A\x1d21X", aim="]C1"), Scan("A|B", aim="]C0")]
    assert Hand(code_id="honeywell").named("f12").keys("jX1\r").out == [Scan("X1", aim="]C0")]


def test_bytes_that_are_no_utf8_are_gb18030_or_no_code():
    def arrived(text, encoding):
        return text.encode(encoding).decode(errors="surrogateescape")

    assert Hand().named("f12").keys(arrived("东北大米 5kg", "gbk") + "\r").out == [Scan("东北大米 5kg")]
    assert Hand().keys(arrived("东北大米五", "gb18030") + "\r").out == [Scan("东北大米五")]
    assert Hand().named("f12").keys("东北\r").out == [Scan("东北")]
    assert Hand().named("f12").keys("A\udcff\r").out == [Scan("A\ufffd", fault="garbled")]
    assert Hand().keys(arrived("东", "gbk")).rest().out == [Typed("东")]


@pytest.mark.parametrize("noise", ["\x01", "\x00", "\x1b", "\x7f", "\x85"])
def test_a_control_character_that_no_code_holds_spoils_it(noise):
    assert Hand().named("f12").keys(f"69{noise}01\r").out[0].fault == "garbled"


def test_an_empty_scan_is_nothing():
    assert Hand().named("f12").keys("\r").named("f12").keys("\0\r").out == []


def test_a_burst_without_end_does_not_grow():
    hand = Hand(longest=100)
    hand.keys("0123456789" * 1000, 1.0)
    assert len(hand.router._burst) == len(hand.router._times) == 101
    assert hand.keys("\r").out == [Scan("0123456789" * 10, fault="overlong")]


def test_without_timing_typing_is_typing_at_once():
    hand = Hand(gap_ms=0).keys("6901234\r")
    assert hand.out == [*map(Typed, "6901234"), KeyPressed("enter")]
    assert hand.named("f12").keys("69\r").out[-1] == Scan("69")


def test_a_paste_cut_off_in_its_last_line():
    assert Router().paste("6901\n77", 0, cut=True) == [Scan("6901"), Scan("77", fault="partial")]


@pytest.mark.parametrize("config", [{}, {"gap_ms": 0}])
def test_nothing_of_a_cut_scan_with_a_prefix_is_a_code_an_entry_or_an_enter(config):
    def torn(pause=1200):
        return Hand(**config).named("f12").keys("690123456", 10).rest(pause)

    cut = [Scan("690123456", fault="partial")]
    assert torn().keys("7890123\r", 10).out == [*cut, Scan("7890123", fault="partial")]
    assert torn().keys("7890123\r", 900).out == [*cut, Scan("7890123", fault="partial")]
    assert torn().keys("789").rest(1500).keys("0123\r").out[1:] == [
        Scan("789", fault="partial"),
        Scan("0123", fault="partial"),
    ]
    assert torn(29_000).keys("\r").out == cut
    assert torn().keys("78\r").keys("\r", 500).out[2:] == [KeyPressed("enter")]
    assert torn().named("f12").keys("6901\r").keys("6", 500).rest().out[1:] == [Scan("6901"), Typed("6")]
    assert torn().named("escape").keys("6", 500).rest().out[1:] == [KeyPressed("escape"), Typed("6")]
    assert torn().keys("7").named("f2").keys("6", 500).rest().out[2:] == [KeyPressed("f2"), Typed("6")]
    assert torn(31_000).keys("6").rest().out == [*cut, Typed("6")]


@pytest.mark.parametrize("announced", [True, False])
def test_nothing_of_a_cut_paste_is_a_code_an_entry_or_an_enter(announced):
    def torn(text="69012345"):
        hand = Hand().named("f12") if announced else Hand()
        hand.out += hand.router.paste(text, hand.now, cut=True)
        return hand.rest(1300)

    assert torn().keys("6789012\r").out == [Scan("69012345", fault="partial"), Scan("6789012", fault="partial")]
    assert torn().keys("\r").out == [Scan("69012345", fault="partial")]
    assert torn("6901\n").keys("67\r").out == [Scan("6901"), Scan("67", fault="partial")]
    hand = torn()
    hand.out += hand.router.paste("7702", hand.now)
    assert hand.keys("7", 500).rest().out[1:] == [Scan("7702"), Typed("7")]


def test_a_paste_inside_a_scan_joins_nothing():
    router = Router()
    router.key("f12", None, 0)
    router.key("6", "6", 1)
    assert router.paste("77", 2) == [Scan("6", fault="partial"), Scan("77")]


@pytest.mark.parametrize("prefix", ["", "\x02"])
def test_where_a_site_says_so_the_bounce_of_a_trigger_is_no_second_read_and_a_second_pull_is(prefix):
    hand = Hand(duplicate_ms=200).keys(prefix + "6901234567892\r").rest(120).keys(prefix + "6901234567892\r")
    assert hand.out == [Scan("6901234567892"), Scan("6901234567892", fault="duplicate")]
    assert hand.rest(280).keys(prefix + "6901234567892\r").out[2:] == [Scan("6901234567892")]
    both = Hand(duplicate_ms=200).keys("6901234567892\r6901234567908\r6901234567892\r").out
    assert [scan.fault for scan in both] == ["", "", ""]


@pytest.mark.parametrize("duplicate_ms", [0, 200])
def test_two_pulls_that_a_line_held_up_are_two(duplicate_ms):
    assert Hand(duplicate_ms=duplicate_ms).keys("\x026901\r\x026901\r", 0).out == [Scan("6901")] * 2
    assert Hand(duplicate_ms=duplicate_ms).router.paste("6901\n6901\n", 0) == [Scan("6901")] * 2
    assert Hand().keys("6901234567892\r").rest(100).keys("6901234567892\r").out == [Scan("6901234567892")] * 2
