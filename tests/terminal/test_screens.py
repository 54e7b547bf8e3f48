"""Every screen to the cell, at the sizes of the floor."""

import pytest
from rich.cells import cell_len

from tests.terminal.scripted import KEYS, both, in_minutes, pack_verify, pick_bin, pick_item_refused
from wms.domain.records import replace
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.work import work_picture
from wms.workflows.prompt import Choice, Entry, Key, Line, Mark, Prompt, Tone, look, msg, no, plain
from wms.workflows.view import DeviceState, Link, Status, View


def rows_of(play, view, size=(40, 20), **options):
    seen = []

    async def act(stage):
        seen.extend(stage.rows)

    play(view, act, size=size, **options)
    return seen


def test_pick_bin_40x20_in_chinese(play):
    assert rows_of(play, pick_bin()) == [
        "W07 食品   3/12          剩1:52   已同步",
        "去",
        "",
        "  ▄▀▄    █▀█ ▀▀█    ▀▀█    ▄█",
        "  █▄█ ▄▄ █ █ ▄▄█ ▄▄ ▄▄█ ▄▄  █",
        "  █ █    █▄█ ▄▄█    █▄▄    ▄█▄",
        "",
        "扫货位码",
        "",
        "东北大米 5kg 真空装",
        "取 3 袋   批 L2407  到期 2027-03",
        "放入 4 号箱（绿）",
        "",
        "",
        "",
        "",
        " OK  3 号箱放入 2 件",
        " 第 2 行完成",
        "",
        "F1帮助 F2拿不到 F3撤销 F4更多",
    ]


def test_pick_item_after_a_wrong_scan_40x20(play):
    rows = rows_of(play, pick_item_refused())
    assert rows[1:10] == [
        "取 3",
        "",
        "  ▀▀█",
        "  ▄▄█",
        "  ▄▄█  袋",
        "",
        "扫商品码（已扫 1，还差 2）",
        "",
        "东北大米 5kg 真空装",
    ]
    assert rows[10:12] == ["尾号 4471     批 L2407", "A-03-2-1  ->  4 号箱（绿）"]
    assert rows[16:] == [
        " 错  这是 东北大米 2.5kg（尾号 4488）",
        "x 要 5kg（尾号 4471）",
        "x 放回去，再扫一次",
        "F1帮助 F2拿不到 F3撤销 F4更多",
    ]


def test_pick_bin_20x16(play):
    assert rows_of(play, pick_bin(), (20, 16)) == [
        "W07 3/12   剩1:52 ^0",
        "去",
        "A-03-2-1",
        "扫货位码",
        "",
        "",
        "东北大米 5kg",
        "取 3 袋 -> 4 号箱",
        "批L2407 27-03",
        "",
        "",
        "",
        " OK  3 号箱放入 2 件",
        " 第 2 行完成",
        "",
        "F2拿不到 F3撤 F4..",
    ]


def test_pick_bin_20x16_in_english(play):
    rows = rows_of(play, pick_bin(), (20, 16), language="en")
    assert rows[0] == "W07 3/12     1:52 ^0"
    assert rows[-1] == "F2Can't F3Undo F4.."


def test_pack_53x20_in_english(play):
    assert rows_of(play, pack_verify(), (53, 20)) == [
        "PACK bench 2   order TM00918       due 1:20   in sync",
        "Scan each item",
        "",
        "  2 of 5",
        "",
        "",
        "",
        "",
        "",
        "[x] Rice 5kg vacuum           1",
        "[x] Green tea 250g            1",
        "[ ] Green tea 250g            1   <- next",
        "[ ] Soy sauce 1L              2",
        "",
        "Then: carton B, weigh, label, scan the label",
        "",
        " OK  Green tea 250g, 1 of 2",
        "",
        "",
        "F1 Help  F2 Can't  F3 Undo  F4 More",
    ]


def test_refusal_at_20_columns_tells_all_of_it(play):
    said = "\n".join(rows_of(play, pick_item_refused(), (20, 16), language="en"))
    for words in ("2.5kg (ends 4488)", "Wanted 5kg (ends", "4471)", "Put it back, scan", "again"):
        assert words in said


def test_alarm_fills_the_screen_between_where_and_keys():
    view = View(
        1,
        Prompt("pack.stop", verb=plain("Customer cancelled"), ask=plain("Put tote 4 on RETURN"), keys=KEYS, alarm=True),
        language="en",
    )
    picture = work_picture(view, Pen(speech("en"), 40, 0), 20, None)
    body = [*picture.do, *picture.what]
    assert all(ink.startswith("no") for row in body for _, ink in row.cells(40))
    text = "\n".join(row.text for row in body)
    assert "▀█▀" in text
    assert "Customer cancelled" in text
    assert "Put tote 4 on RETURN" in text


def test_target_too_long_for_big_type_is_whole_and_bold(play):
    rows = rows_of(play, pick_bin(target="106141411234567890"))
    assert "  106141411234567890" in rows
    rows = rows_of(play, pick_bin(target="106141411234567890123456"), (20, 16))
    assert "".join(rows[2:4]) == "106141411234567890123456"


def test_ascii_theme_draws_no_block_and_no_ambiguous_character(play):
    rows = rows_of(play, pick_bin(verb=both("去 → “A”", "x")), ascii=True)
    assert rows[1] == '去 -> "A"'
    assert "  A-03-2-1" in rows
    assert not set("".join(rows)) & set("█▀▄░→“”")


def test_choices_stand_under_their_question_with_their_keys(play):
    choices = tuple(Choice(plain(text)) for text in ("Bin is empty", "Damaged", "Wrong goods"))
    view = View(1, Prompt("short", verb=plain("Why?"), ask=plain("Press a number"), choices=choices), language="en")
    assert rows_of(play, view)[1:9] == [
        "Why?",
        "",
        "Press a number",
        "",
        "1 Bin is empty",
        "2 Damaged",
        "3 Wrong goods",
        "",
    ]


def test_long_list_keeps_the_next_line_in_sight(play):
    lines = tuple(Line(plain(f"item {n}"), Mark.NEXT if n == 10 else Mark.DONE) for n in range(30))
    rows = rows_of(play, View(1, Prompt("pack", target="1", what=lines), language="en"))
    assert "[ ] item 10   <- next" in rows
    assert rows.count("..") == 2


def test_twenty_columns_show_three_lines_or_those_with_a_short_form(play):
    lines = tuple(Line(plain(f"line {n}")) for n in range(5))
    rows = rows_of(play, View(1, Prompt("x", what=lines)), (20, 16))
    assert [row for row in rows if row.startswith("line")] == ["line 0", "line 1", "line 2"]
    lines = (lines[0], replace(lines[3], short=plain("short 3")))
    rows = rows_of(play, View(1, Prompt("x", what=lines)), (20, 16))
    assert [row for row in rows if row.startswith(("line", "short"))] == ["short 3"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(), ""),
        (Status(Link.IN_SYNC), "in sync"),
        (Status(Link.WAITING), "unsent 0"),
        (Status(Link.WAITING, 3), "unsent 3"),
        (Status(Link.WAITING, hub_says=plain("Enrol it again")), "no sync"),
        (Status(Link.WAITING, 3, hub_says=plain("Enrol it again")), "no sync ^3"),
        (Status(Link.WAITING, 3, unsent_since=-12), "unsent 3, 11 min"),
        (Status(Link.OFFLINE, 7, -6), "offline 5 min ^7"),
        (Status(Link.OFFLINE, 0, -181), "offline 3 h"),
    ],
)
def test_sync_state(play, status, expected):
    if status.offline_since is not None:
        status = replace(status, offline_since=in_minutes(status.offline_since))
    if status.unsent_since is not None:
        status = replace(status, unsent_since=in_minutes(status.unsent_since))
    view = View(1, Prompt("x", (plain("W07"),)), None, status, language="en")
    assert rows_of(play, view)[0].removeprefix("W07").strip() == expected


def test_too_much_unsent_for_too_long_raises_the_alarm(play):
    status = Status(Link.OFFLINE, 512, in_minutes(-95), unsent_since=in_minutes(-91), unsent_alarm=True)
    rows = rows_of(play, View(1, Prompt("x", (plain("W07"),)), None, status, language="en"), (40, 20))
    assert "512 unsent for 90 min." in " ".join(rows)
    assert "Bring this terminal into the network" in " ".join(" ".join(rows).split())


@pytest.mark.parametrize(
    ("minutes", "text", "ink"),
    [
        (119, "due 1:59", "urgent"),
        (130, "due 2:10", "quiet"),
        (60 * 72, "due 3 d", "quiet"),
        (-20, "late 0:20", "urgent"),
    ],
)
def test_countdown_is_red_under_two_hours(minutes, text, ink):
    view = View(1, Prompt("x", (plain("W07"),), ship_by=1000 * 60 + minutes * 60), language="en")
    where = work_picture(view, Pen(speech("en"), 40, 1000 * 60), 20, None).where[0]
    assert where.cells(40)[-1] == (text, ink)


def test_troubles_are_never_silent(play):
    status = Status(
        trouble=plain("Disk nearly full"),
        printer=DeviceState.TROUBLE,
        printer_says=plain("paper out"),
        labels_waiting=2,
    )
    only_printer = replace(status, trouble=msg(""))
    assert rows_of(play, View(1, Prompt("x"), None, status, "en"))[15] == "[!] (1/2) Disk nearly full"
    assert rows_of(play, View(1, Prompt("x"), None, only_printer, "en"))[15] == "[!] Printer: paper out, 2 waiting"


def test_verdicts_differ_in_word_shape_and_colour():
    shapes = set()
    for tone in Tone:
        said = replace(no(plain("a"), plain("b")), tone=tone)
        rows = work_picture(View(1, Prompt("x"), said, language="en"), Pen(speech("en"), 40, 0), 20, None).said
        cells = [row.cells(40) for row in rows]
        shapes.add((cells[0][0][0], tuple(row[0][0][:1] for row in cells), cells[0][-1][1]))
    assert len(shapes) == 4


def test_keys_shrink_before_they_are_lost(play):
    keys = (Key("f1", plain("Help")), Key("f2", plain("Cannot take it"), plain("Can't")), Key("f3", plain("Undo")))
    wide = View(1, Prompt("x", keys=keys), language="en")
    assert rows_of(play, wide, (40, 20))[-1] == "F1 Help  F2 Cannot take it  F3 Undo"
    assert rows_of(play, wide, (30, 20))[-1] == "F1 Help  F2 Can't  F3 Undo"
    assert rows_of(play, wide, (20, 16))[-1] == "F2 Can't  F3 Undo"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_row_is_ever_wider_than_the_screen(language):
    views = [pick_bin(), pick_item_refused(), pack_verify(), replace(pick_bin(alarm=True), said=look(plain("x" * 200)))]
    views.append(
        replace(pick_bin(entry=Entry.TEXT, choices=(Choice(plain("y" * 99)),)), status=Status(Link.OFFLINE, 12345))
    )
    for view in views:
        for columns in range(1, 100, 3):
            for rows in range(1, 40, 3):
                picture = work_picture(view, Pen(speech(language), columns, 0), rows, "typed" * 9)
                drawn = [*picture.where, *picture.do, *picture.what, *picture.said, *picture.keys]
                assert len(drawn) == rows
                for row in drawn:
                    assert sum(cell_len(text) for text, _ in row.cells(columns)) == columns
                    if columns >= 20:
                        assert cell_len(row.text) <= columns, row.text
