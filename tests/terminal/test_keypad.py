"""What typing means under different prompts."""

import pytest

from wms.terminal.keypad import Keypad
from wms.workflows.inputs import Chose, Entered, Pressed, Scanned
from wms.workflows.prompt import Choice, Entry, Prompt, plain

ASK = Prompt("pick.bin")
COUNT = Prompt("count", entry=Entry.NUMBER)
QUESTION = Prompt("short", choices=tuple(Choice(plain(f"reason {n}")) for n in range(1, 11)))


@pytest.mark.parametrize(("digit", "index"), [("1", 0), ("9", 8), ("0", 9)])
def test_a_digit_answers_a_question(digit, index):
    assert Keypad().typed(digit, QUESTION, 0) == Chose(index)


def test_a_digit_beyond_the_choices_answers_nothing():
    two = Prompt("two", choices=QUESTION.choices[:2])
    assert Keypad().typed("3", two, 0) is None
    assert Keypad().typed("0", two, 0) is None


def test_a_burst_of_digits_answers_nothing():
    assert Keypad().typed("12", QUESTION, 0) is None


def test_number_entry_takes_figures_only():
    keypad = Keypad()
    for character in "1a2²":
        keypad.typed(character, COUNT, 0)
    assert keypad.line(COUNT) == "12"
    assert keypad.pressed("enter", COUNT, 0) == Entered("12")
    assert keypad.line(COUNT) == ""


def test_secret_is_never_shown():
    pin = Prompt("pin", entry=Entry.SECRET)
    keypad = Keypad()
    keypad.typed("4711", pin, 0)
    assert keypad.line(pin) == "****"
    assert keypad.pressed("enter", pin, 0) == Entered("4711")


def test_corrections():
    keypad = Keypad()
    keypad.typed("123", COUNT, 0)
    assert keypad.pressed("backspace", COUNT, 0) is None
    assert keypad.text == "12"
    assert keypad.pressed("escape", COUNT, 0) is None
    assert keypad.text == ""
    assert keypad.pressed("escape", COUNT, 0) == Pressed("escape")
    assert keypad.pressed("enter", COUNT, 0) == Pressed("enter")


def test_a_code_typed_by_hand_is_a_scan_of_the_keypad():
    keypad = Keypad()
    assert keypad.line(ASK) is None
    keypad.typed("/A-03", ASK, 0)
    assert keypad.line(ASK) == "/A-03"
    assert keypad.pressed("enter", ASK, 77) == Scanned("A-03", source="keypad", at=77)
    keypad.typed(" ", ASK, 0)
    assert keypad.pressed("enter", ASK, 77) is None


def test_function_keys_work_during_entry_and_shortcuts_of_desktops_do_not():
    keypad = Keypad()
    keypad.typed("12", COUNT, 0)
    assert keypad.pressed("f2", COUNT, 0) == Pressed("f2")
    assert keypad.text == "12"
    for key in ("ctrl+c", "ctrl+q", "tab", "left", "f13"):
        assert keypad.pressed(key, COUNT, 0) is None


def test_typing_ends_with_its_prompt_but_not_with_a_new_picture_of_it():
    keypad = Keypad()
    keypad.follow(COUNT)
    keypad.typed("12", COUNT, 0)
    keypad.follow(COUNT.but(ask=plain("again")))
    assert keypad.text == "12"
    keypad.follow(ASK)
    assert keypad.text == ""


def test_a_line_has_an_end():
    keypad = Keypad()
    keypad.typed("9" * 1000, COUNT, 0)
    assert len(keypad.text) == 64


def test_the_rest_of_a_line_that_its_prompt_took_along_is_thrown_away_to_its_end():
    keypad = Keypad()
    keypad.follow(ASK)
    keypad.typed("A-03-2", ASK, 1000)
    keypad.follow(COUNT)
    assert keypad.typed("1", COUNT, 1900) is None
    assert keypad.pressed("enter", COUNT, 2000) is None
    keypad.typed("2", COUNT, 2100)
    assert keypad.pressed("enter", COUNT, 2200) == Entered("2")


def test_a_person_who_paused_begins_anew():
    keypad = Keypad()
    keypad.follow(ASK)
    keypad.typed("A-03-2", ASK, 1000)
    keypad.follow(QUESTION)
    assert keypad.typed("2", QUESTION, 2001) == Chose(1)
    keypad.follow(ASK)
    keypad.typed("A", ASK, 3000)
    keypad.follow(QUESTION)
    assert keypad.pressed("enter", QUESTION, 4001) == Pressed("enter")


@pytest.mark.parametrize("key", ["escape", "f2"])
def test_a_key_ends_what_was_cut_off(key):
    keypad = Keypad()
    keypad.follow(ASK)
    keypad.typed("A-03", ASK, 1000)
    keypad.follow(COUNT)
    assert keypad.pressed(key, COUNT, 1100) == Pressed(key)
    keypad.typed("7", COUNT, 1200)
    assert keypad.text == "7"


def test_a_short_code_scanned_where_a_number_is_asked_for_is_no_number():
    keypad = Keypad()
    keypad.typed("3", COUNT, 0)
    keypad.typed("LOC-5", COUNT, 900)
    assert keypad.pressed("enter", COUNT, 910) is None
    keypad.typed("4.5", COUNT, 1000)
    assert keypad.pressed("enter", COUNT, 1100) == Entered("4.5")


@pytest.mark.parametrize("prompt", [ASK, COUNT])
def test_the_front_of_a_cut_scan_is_no_entry(prompt):
    keypad = Keypad()
    keypad.typed("69", prompt, 0)
    keypad.scanned("partial")
    assert keypad.pressed("enter", prompt, 100) == Pressed("enter")


def test_what_was_typed_outlives_scans_that_are_whole():
    keypad = Keypad()
    keypad.typed("12", COUNT, 0)
    for fault in ("", "duplicate", "garbled", "overlong"):
        keypad.scanned(fault)
    assert keypad.pressed("enter", COUNT, 100) == Entered("12")
