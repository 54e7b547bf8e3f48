"""The supervisor's board: what needs a person first, whatever the size."""

import time

import pytest
from rich.cells import cell_len

from tests.terminal.scripted import in_minutes
from wms.domain.records import replace
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.board import board_picture
from wms.workflows.inputs import Pressed, Scanned
from wms.workflows.prompt import Bilingual, Choice, Key, Prompt, info, plain
from wms.workflows.view import Board, Link, Need, Status, View, WaveLine

NOW = int(time.time())


def the_board():
    return Board(
        needs=(
            Need("1", NOW, plain("Batch W07-food held: 1 of 3 samples failed (seal broken)")),
            Need("2", NOW, plain("Order TM00918 cancelled after picking: tote 4 to put back")),
            Need("3", NOW, plain("Bench 2 printer: paper out, 2 labels waiting")),
        ),
        selected=1,
        waves=(
            WaveLine("W07", Bilingual("食品", "food"), 74, 100, in_minutes(70), ("Li", "Zhao"), True),
            WaveLine("W08", Bilingual("服装", "clothing"), 38, 100, in_minutes(160), ("Wang",), True, held=True),
            WaveLine("W09", Bilingual("混合", "mixed"), 0, 80, in_minutes(90), (), False),
        ),
        terminals=4,
        terminals_offline=1,
        lines_last_hour=412,
        people_last_hour=3,
        scans_last_hour=1000,
        refused_last_hour=12,
        shorts_last_hour=3,
        labels_last_hour=96,
    )


KEYS = tuple(Key(f"f{n}", plain(text)) for n, text in enumerate(("Help", "People", "Orders", "More"), 1))


def the_view():
    return View(
        1,
        Prompt("board", keys=KEYS),
        info(plain("W06 shipped: 38 parcels, manifest SF-1121-3 signed 13:47")),
        Status(Link.IN_SYNC),
        "en",
        "Chen W.",
        "supervisor",
        the_board(),
        zone="UTC",
    )


def test_board_80x24(play):
    async def act(stage):
        rows = stage.rows
        clock = time.strftime("%H:%M", time.gmtime(NOW))
        assert rows[0].startswith("Supervisor Chen W.   ")
        assert "   4 terminals, 1 offline   " in rows[0]
        assert rows[0].endswith("in sync")
        assert rows[1] == "NEEDS YOU (3)"
        assert rows[2] == f"  {clock}  Batch W07-food held: 1 of 3 samples failed (seal broken)"
        assert rows[3].startswith(f"> {clock}  Order TM00918 cancelled after picking: tote 4 to put back")
        assert rows[3].endswith("Enter")
        assert rows[9:13] == [
            "WAVES                            lines     due  pickers                 on time",
            "W07 food       ███████████░░░░░   74 %    1:10  Li, Zhao                yes",
            "W08 clothing   ██████░░░░░░░░░░   38 %    2:40  Wang                    held",
            "W09 mixed      ░░░░░░░░░░░░░░░░    0 %    1:30  -                       at risk",
        ]
        assert rows[14] == "LAST HOUR   lines 412 (137 per person)   mis-scans 1.2 %   short 3   labels 96"
        assert rows[22] == " NOTE  W06 shipped: 38 parcels, manifest SF-1121-3 signed 13:47"
        assert rows[23] == "F1 Help  F2 People  F3 Orders  F4 More   / search or scan anything"

    play(the_view(), act, size=(80, 24))


def test_board_40x20_keeps_needs_and_waves(play):
    async def act(stage):
        rows = stage.rows
        assert rows[1] == "NEEDS YOU (3)"
        assert "TM00918" in rows[3]
        waves = [row for row in rows if row.startswith("W0")]
        assert waves == [
            "W07 food          74 %    1:10  yes",
            "W08 clothing      38 %    2:40  held",
            "W09 mixed          0 %    1:30  at risk",
        ]

    play(the_view(), act, size=(40, 20))


def test_more_needs_than_rows_keep_the_selected_in_sight(play):
    many = tuple(Need(str(n), NOW, plain(f"need {n}")) for n in range(40))

    async def act(stage):
        text = "\n".join(stage.rows)
        assert "NEEDS YOU (40)" in text
        assert "need 33" in text
        assert "and 34 more" in text

    play(replace(the_view(), board=replace(the_board(), needs=many, selected=33)), act, size=(80, 24))


def test_all_that_wait_are_counted_though_only_some_are_listed(play):
    some = tuple(Need(str(n), NOW, plain(f"need {n}")) for n in range(50))

    async def act(stage):
        text = "\n".join(stage.rows)
        assert "NEEDS YOU (3396)" in text
        assert "need 49" in text
        assert "and 3390 more" in text

    board = replace(the_board(), needs=some, needing=3396, selected=49)
    play(replace(the_view(), board=board), act, size=(80, 24))


def test_keys_and_searches_go_to_the_station(play):
    async def act(stage):
        await stage.pilot.press("down", "enter", "slash", "T", "M")
        await stage.until(lambda: "> /TM_" in stage.rows)
        await stage.pilot.press("enter")
        inputs = await stage.inputs(3)
        assert inputs[:2] == [Pressed("down"), Pressed("enter")]
        assert isinstance(inputs[2], Scanned)
        assert inputs[2].text == "TM"

    play(the_view(), act, size=(80, 24))


def test_quiet_board_and_a_question_on_it(play):
    async def act(stage):
        assert "  Nothing waits for you" in stage.rows
        question = Prompt("board.need", ask=plain("Release it?"), choices=(Choice(plain("Yes")), Choice(plain("No"))))
        rows = await stage.show(replace(the_view(), prompt=question))
        assert rows[9:12] == ["Release it?", "1 Yes", "2 No"]

    play(replace(the_view(), board=Board()), act, size=(80, 24))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_row_is_ever_wider_than_the_screen(language):
    for columns in (1, 5, 19, 20, 29, 30, 40, 53, 63, 64, 80, 132):
        for rows in (1, 2, 3, 4, 5, 9, 16, 20, 24, 60):
            for typed in (None, "abc"):
                picture = board_picture(
                    the_view(), the_board(), Pen(speech(language), columns, NOW, typed is None), rows, typed
                )
                drawn = [*picture.where, *picture.do, *picture.what, *picture.said, *picture.keys]
                assert len(drawn) == rows
                for row in drawn:
                    assert columns < 20 or cell_len(row.text) <= columns, row.text
