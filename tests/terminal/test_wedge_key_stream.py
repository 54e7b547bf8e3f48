"""What the driver makes of the terminal's characters: every key once, nothing made up, however they are cut up."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.messages import TerminalSupportsSynchronizedOutput

from wms.terminal import key_stream
from wms.terminal.key_stream import CutPaste, KeyStream

F12 = "\x1b[24~"


class Feed:
    """A stream and a clock that only `rest` moves."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(key_stream, "get_time", lambda: self.now)
        self.stream = KeyStream()
        self.out = []

    def __call__(self, *data):
        for one in data:
            self.out += map(said, self.stream.feed(one))
        return self

    def rest(self, seconds):
        self.now += seconds
        self.out += map(said, self.stream.tick())
        return self


def said(message):
    match message:
        case CutPaste():
            return "cut", message.text
        case events.Paste():
            return "paste", message.text
        case events.Key():
            return message.character if message.character and message.character.isprintable() else message.key
    return type(message).__name__


@pytest.fixture
def feed(monkeypatch):
    return Feed(monkeypatch)


def test_keys_textual_knows_are_what_they_were(monkeypatch):
    monkeypatch.setattr(constants, "DISABLE_KITTY_KEY", True)

    def keys(parser, sequence):
        return [(event.key, event.character) for event in parser.feed(sequence) if isinstance(event, events.Key)]

    sequences = [one for one in ANSI_SEQUENCES_KEYS if len(one) == 1 or key_stream._SEQUENCE.fullmatch(one)]
    sequences.remove("\x1b")
    assert len(sequences) > 300
    assert [keys(KeyStream(), one) for one in sequences] == [keys(XTermParser(), one) for one in sequences]


@pytest.mark.parametrize(("key", "digit"), [(f"\x1bO{chr(0x70 + n)}", str(n)) for n in range(10)])
def test_digits_of_the_keypad_in_application_mode(feed, key, digit):
    assert feed(key).out == [digit]


def test_other_keys_of_the_keypad(feed):
    assert feed("\x1bOj\x1bOk\x1bOl\x1bOm\x1bOn\x1bOo\x1bOX\x1bO \x1bOM").out == [*"*+,-./= ", "enter"]


def test_escape_and_what_is_scanned_right_after_it(feed):
    assert feed("\x1b6901\r").out == ["escape", *"6901", "enter"]
    assert feed("\x1b]C1", "\x1bbf", "\x1b\x1b[24~").out[6:] == [
        *["escape", *"]C1"],
        *["escape", *"bf"],
        "escape",
        "f12",
    ]


def test_escape_alone_is_known_after_its_delay(feed):
    assert feed("\x1b").out == []
    assert feed.rest(0.19).out == []
    assert feed.rest(0.02).out == ["escape"]
    assert feed("6").out == ["escape", "6"]


def test_escape_whose_delay_nobody_watched_is_still_no_part_of_the_next_key(feed):
    feed("\x1b").now += 0.25
    assert feed("[6").out == ["escape", "[", "6"]


def test_a_prefix_key_that_the_line_held_up_is_not_typed_out(feed):
    assert feed("\x1b[").rest(4.9)("24~69").out == ["f12", "6", "9"]
    feed("\x1b").now += 0.9
    assert feed("[24~69").out[3:] == ["f12", "6", "9"]
    assert feed("\x1b").rest(0.5)("[24~69").out[6:] == ["escape", "f12", "6", "9"]
    assert feed("\x1b").rest(2)("[24~").out[10:] == ["escape", *"[24~"]


def test_sequences_nobody_knows_are_no_text(feed):
    assert feed("\x1b[99~69\x1b[1;2;3X01\x1bOz\x1b[?62;c\r").out == [*"6901", "enter"]
    assert feed("\x1b[2").rest(6)("69").out[5:] == ["6", "9"]
    assert feed("\x1b[" + "1" * 1000 + "A").out[7:] == []
    assert feed("\x1b[" + "1" * 1000, "A").out[7:] == ["1"] * (1002 - 32) + ["A"]


def test_keys_of_the_kitty_protocol_that_nobody_asked_for(feed):
    assert feed("\x1b[93;5u\x1b[13u\x1b[57376u\x1b[57399u\x1b[54;1:3u\x1b[9999999999u").out == [
        "ctrl+right_square_bracket",
        "enter",
        "f13",
        "0",
    ]


def test_f13_and_up(feed):
    assert feed("\x1b[25~\x1b[1;2P\x1b[34~").out == ["f13", "f13", "f20"]


def test_what_a_terminal_reports_is_still_understood(feed):
    assert feed("\x1b[I\x1b[O\x1b[?2026;2$y\x1b[3;4R").out == [
        "AppFocus",
        "AppBlur",
        TerminalSupportsSynchronizedOutput.__name__,
        "CursorPosition",
    ]


def test_what_came_while_the_machine_was_busy_came_without_a_pause(feed, monkeypatch):
    def times(data):
        return [message.time for message in feed.stream.feed(data)]

    waits = [True, True, False, False]
    monkeypatch.setattr(key_stream, "input_waits", lambda: waits.pop(0))
    seen = []
    for data in ("69", "01", "\r", "2"):
        seen.append(times(data))
        feed.now += 0.5
    assert seen == [[100.0, 100.0], [100.0, 100.0], [100.0], [101.5]]


def test_a_paste_in_pieces(feed):
    assert feed("1\x1b[20", "0~69\x1d", "01\r\n\x1b[20", "1~2").out == ["1", ("paste", "69\x1d01\r\n"), "2"]


def test_a_paste_without_its_end_swallows_no_key_after_it(feed):
    assert feed("\x1b[200~69").rest(0.9)("01").rest(0.9).out == []
    assert feed.rest(0.2).out == [("cut", "6901")]
    assert feed(F12).out[1:] == ["f12"]


def test_a_paste_too_long_is_cut_and_its_rest_dropped(feed):
    feed("\x1b[200~", *["x" * 10_000] * 20, "\x1b[201~6")
    assert feed.out == [("cut", "x" * 65_536), "6"]
    assert feed("\x1b[200~", "x" * 70_000).rest(2)("7").out[2:] == [("cut", "x" * 65_536), ("cut", ""), "7"]


def test_an_escape_inside_a_paste_is_the_pastes(feed):
    assert feed("\x1b[200~a\x1bb\x1b[201~c").out == [("paste", "a\x1bb"), "c"]


pieces = st.sampled_from(
    [
        "6901",
        F12,
        "\r",
        "\x1bOp",
        "\x1b[200~A\x1d\x1b[201~",
        "\x1b[[A",
        "\x1b[I",
        "\x1b\x1b[24~",
        "大",
        "\udce9",
        "\x1d",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=10).map("".join), st.lists(st.integers(0, 60), max_size=12))
def test_however_the_line_cuts_it_up(text, cuts):
    def out(*parts):
        stream = KeyStream()
        return [said(message) for part in parts for message in stream.feed(part)]

    at = sorted({0, *(cut for cut in cuts if cut < len(text)), len(text)})
    assert out(*(text[begin:end] for begin, end in pairwise(at))) == (out(text) if text else [])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(max_codepoint=0x2FF), min_size=1), max_size=20))
def test_rubbish_neither_crashes_nor_piles_up(parts):
    stream = KeyStream()
    for part in parts:
        list(stream.feed(part))
    assert len(stream._begun) < 32
    list(stream.feed(""))
