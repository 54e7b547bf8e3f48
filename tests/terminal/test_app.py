"""The running app: what keys, scans, pastes and views do to it."""

import time

import pytest
from textual import events

from tests.terminal.scripted import both, pick_bin, pick_item_refused
from wms.domain.records import replace
from wms.terminal.app import WmsApp
from wms.workflows.inputs import Chose, Entered, Pressed, Scanned
from wms.workflows.prompt import Choice, Entry, Prompt, info, look, no, ok, plain
from wms.workflows.view import Link, Status, View


def wedge(stage, text, prefix="f12"):
    """Types as a wedge does: every key in the queue before the first is handled."""
    stage.app.post_message(events.Key(prefix, None))
    for character in text:
        name = {"\r": "enter", "\n": "ctrl+j", "\x1d": "ctrl+right_square_bracket"}.get(character, character)
        stage.app.post_message(events.Key(name, character))


def codes(inputs):
    return [inp.text for inp in inputs if isinstance(inp, Scanned)]


def test_function_keys_go_to_the_station(play):
    async def act(stage):
        await stage.pilot.press("f2", "f3", "enter", "escape", "up", "pagedown")
        keys = ("f2", "f3", "enter", "escape", "up", "pagedown")
        assert await stage.inputs(6) == [Pressed(key) for key in keys]

    play(pick_bin(), act)


def test_no_shortcut_ends_the_app(play):
    async def act(stage):
        await stage.pilot.press("ctrl+c", "ctrl+q", "ctrl+p", "ctrl+z", "tab", "f2")
        assert await stage.inputs(1) == [Pressed("f2")]
        assert stage.app.is_running

    play(pick_bin(), act)


def test_the_station_ends_the_app(play):
    async def act(stage):
        stage.station.publish(View(2, Prompt("quit")))
        await stage.until(lambda: stage.app._exit)

    play(pick_bin(), act)


def test_prefixed_scan_keeps_its_separators_and_says_when(play):
    async def act(stage):
        before = time.time() * 1000
        wedge(stage, "]C10110\x1d21A\r\n")
        (scan,) = await stage.inputs(1)
        assert (scan.text, scan.aim, scan.source, scan.fault) == ("0110\x1d21A", "]C1", "wedge", "")
        assert before - 50 <= scan.at <= time.time() * 1000 + 50

    play(pick_bin(), act)


def test_paste_is_one_scan_a_line(play):
    async def act(stage):
        stage.app.post_message(events.Paste("690\x1d1\r\n\r\nA-03\n"))
        assert codes(await stage.inputs(2)) == ["690\x1d1", "A-03"]

    play(pick_bin(), act)


def test_two_thousand_scans_back_to_back_while_the_handler_is_slow(play):
    def slow(inp, view):
        if len(codes_seen) % 100 == 0:
            time.sleep(0.01)
        codes_seen.append(inp.text)
        return replace(view, said=ok(plain(inp.text)))

    codes_seen = []

    async def act(stage):
        for n in range(2000):
            wedge(stage, f"69{n:05}\r")
        await stage.until(lambda: len(codes_seen) == 2000)
        assert codes_seen == [f"69{n:05}" for n in range(2000)]
        await stage.until(lambda: stage.rows[16] == " OK  6901999")

    play(pick_bin(), act, script=slow)


def test_a_scan_during_an_entry_is_a_scan(play):
    async def act(stage):
        await stage.pilot.press("1", "2")
        await stage.until(lambda: "> 12_" in stage.rows)
        wedge(stage, "6901\r")
        assert codes(await stage.inputs(1)) == ["6901"]
        for character in "6901234567892":
            stage.app.post_message(events.Key(character, character))
        stage.app.post_message(events.Key("enter", "\r"))
        assert codes(await stage.inputs(2)) == ["6901", "6901234567892"]
        assert "> 12_" in stage.rows
        await stage.pilot.press("f2", "backspace", "5", "enter")
        assert (await stage.inputs(4))[2:] == [Pressed("f2"), Entered("15")]
        await stage.until(lambda: "> _" in stage.rows)

    play(pick_bin(entry=Entry.NUMBER), act)


def test_a_secret_shows_dots_only(play):
    async def act(stage):
        await stage.pilot.press("4", "7", "1", "1")
        await stage.until(lambda: "> ****_" in stage.rows)
        assert "4711" not in "".join(stage.rows)

    play(pick_bin(entry=Entry.SECRET), act)


def test_a_digit_answers_and_a_burst_of_digits_scans(play):
    async def act(stage):
        await stage.pilot.press("2")
        assert await stage.inputs(1) == [Chose(1)]
        for character in "2345671":
            stage.app.post_message(events.Key(character, character))
        stage.app.post_message(events.Key("enter", "\r"))
        assert (await stage.inputs(2))[1].text == "2345671"
        assert len(stage.station.inputs) == 2

    play(pick_bin(target="", choices=(Choice(plain("a")), Choice(plain("b")))), act)


def test_a_code_can_be_typed_where_the_label_is_damaged(play):
    async def act(stage):
        await stage.pilot.press("A", "minus", "0", "3")
        await stage.until(lambda: "> A-03_" in stage.rows)
        await stage.pilot.press("enter")
        (scan,) = await stage.inputs(1)
        assert (scan.text, scan.source) == ("A-03", "keypad")

    play(pick_bin(), act)


def test_many_views_become_few_repaints_and_the_last_is_shown(play):
    async def act(stage):
        for n in range(500):
            stage.station.publish(replace(pick_bin(), said=ok(plain(f"scan {n}"))))
        await stage.until(lambda: stage.rows[16] == " OK  scan 499")
        assert stage.app._drawn.serial == 501

    play(pick_bin(), act)


def test_only_refusals_and_questions_sound_and_none_is_swallowed(play, monkeypatch):
    rung = []
    monkeypatch.setattr(WmsApp, "bell", lambda _self: rung.append(1))

    async def act(stage):
        await stage.show(replace(pick_bin(), said=ok(plain("a"))))
        await stage.show(replace(pick_bin(), said=info(plain("b"))))
        assert not rung
        refusal = no(plain("c"))
        await stage.show(replace(pick_bin(), said=refusal))
        assert len(rung) == 1
        await stage.show(replace(pick_bin(), said=refusal, status=Status(Link.IN_SYNC, 3)))
        assert len(rung) == 1
        await stage.show(replace(pick_bin(), said=look(plain("c"))))
        assert len(rung) == 2
        stage.app._view_published(replace(pick_bin(), said=no(plain("overtaken"))))
        await stage.show(replace(pick_bin(), said=ok(plain("d"))))
        assert len(rung) == 3

    play(pick_bin(), act)


def test_language_follows_the_view_and_the_screen_keeps_its_shape(play):
    async def act(stage):
        assert stage.rows[7] == "扫货位码"
        rows = await stage.show(replace(pick_bin(), language="en"))
        assert rows[7] == "Scan the bin code"
        assert rows[16:18] == [" OK  2 put in tote 3", " Line 2 done"]
        assert rows[0].split() == ["W07", "food", "3/12", "due", "1:52", "in", "sync"]

    play(pick_bin(), act)


@pytest.mark.parametrize("size", [(40, 20), (20, 16)])
def test_resize_redraws_everything(play, size):
    async def act(stage):
        for columns, rows in ((20, 16), (80, 24), (1, 1), (3, 2), (200, 70), (12, 5), (53, 20), (40, 20)):
            await stage.pilot.resize_terminal(columns, rows)
            await stage.until(lambda c=columns, r=rows: stage.app.size == (c, r) and len(stage.rows) == r)
        await stage.until(lambda: stage.rows[7] == "扫货位码")
        assert stage.rows[-1] == "F1帮助 F2拿不到 F3撤销 F4更多"

    play(pick_bin(), act, size=size)


HOSTILE = "[red]x[/] [/] \x1b[2J\x1b]52;c;eA==\x07 \x9b5n \u202e321 {0} {x} \ud800"


def test_hostile_names_are_shown_not_obeyed(play):
    async def act(stage):
        name = both(HOSTILE, HOSTILE)
        view = pick_bin(verb=name, target="\x1b[H[b]", ask=name)
        rows = await stage.show(replace(view, said=no(name), person="\x1b[H"))
        text = "".join(rows)
        assert "[red]x[/] [/] ?[2J?]52;c;eA==?" in text
        assert "{0} {x}" in text
        assert not [character for character in text if not character.isprintable()]

    play(pick_bin(), act, size=(80, 24))


def test_an_alarm_closes_the_handbook(play):
    async def act(stage):
        await stage.pilot.press("f1")
        await stage.until(lambda: stage.rows[16] != " OK  3 号箱放入 2 件")
        rows = await stage.show(pick_bin(name="pack.stop", alarm=True))
        assert "▀█▀" in "".join(rows)

    play(pick_bin(), act)


def test_a_refusal_is_told_whole(play):
    async def act(stage):
        rows = await stage.show(replace(pick_item_refused(), language="en"))
        assert rows[16:19] == [
            " NO  This is Rice 2.5kg (ends 4488)",
            "x Wanted 5kg (ends 4471)",
            "x Put it back, scan again",
        ]

    play(pick_bin(), act)
