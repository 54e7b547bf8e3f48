"""F1: a page of plain text, turned by keys, gone with the next scan."""

import pytest
from textual import events

from tests.terminal.scripted import pick_bin
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens import handbook
from wms.terminal.screens.handbook import Handbook, read_page
from wms.workflows.inputs import Pressed, Scanned

PAGE = """# Picking

Go to the **bin**, scan its `label`. See [short picks](short.md).

- first thing to do, which is so long that it must be wrapped
- snake_case stays

| a | b |
## More
""" + "\n".join(f"line {n}\n" for n in range(40))


@pytest.fixture
def pages(tmp_path, monkeypatch):
    for language, name, text in (("en", "index", "# Index"), ("en", "pick", PAGE), ("zh_CN", "index", "# 目录")):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / f"{name}.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(handbook, "HANDBOOK", tmp_path)
    monkeypatch.setattr(read_page, "__defaults__", (tmp_path,))
    return tmp_path


def test_page_falls_back_to_english_and_then_to_the_index(pages):
    assert read_page("zh_CN", "pick").startswith("# Picking")
    assert read_page("zh_CN", "nothing") == "# 目录"
    assert read_page("zh_CN", "../../secret") == "# 目录"
    assert read_page("zh_CN", "x", pages / "nowhere") is None


def test_page_is_plain_text_wrapped_and_counted():
    book = Handbook(PAGE)
    pen = Pen(speech("en"), 40, 0)
    picture = book.picture(pen, 20)
    rows = [row.text.rstrip() for row in picture.what]
    assert picture.where[0].text == "Picking" + " " * 29 + " 1/5"
    assert rows[:8] == [
        "Go to the bin, scan its label. See short",
        "picks.",
        "",
        "- first thing to do, which is so long",
        "  that it must be wrapped",
        "- snake_case stays",
        "",
        "| a | b |",
    ]
    assert len(picture.where) + len(rows) + len(picture.keys) == 20
    assert book.turn("pagedown")
    assert book.picture(pen, 20).what[0].text != rows[0]
    for _ in range(99):
        book.turn("down")
    assert "5/5" in book.picture(pen, 20).where[0].text
    assert not book.turn("f2")


def test_f1_opens_turns_and_closes(play, pages):
    async def act(stage):
        await stage.pilot.press("f1")
        await stage.until(lambda: stage.rows[0].startswith("Picking"))
        await stage.pilot.press("down")
        await stage.until(lambda: "2/" in stage.rows[0])
        await stage.pilot.press("f1")
        await stage.until(lambda: stage.rows[7] == "扫货位码")
        assert stage.station.inputs == []

    play(pick_bin(handbook="pick"), act)


def test_a_scan_closes_the_handbook_and_counts(play, pages):
    async def act(stage):
        await stage.pilot.press("f1")
        await stage.until(lambda: stage.rows[0].startswith("目录"))
        stage.app.post_message(events.Paste("6901"))
        (scan,) = await stage.inputs(1)
        assert isinstance(scan, Scanned)
        await stage.pilot.press("f1", "f2")
        assert (await stage.inputs(2))[1] == Pressed("f2")
        await stage.until(lambda: stage.rows[7] == "扫货位码")

    play(pick_bin(), act)


def test_a_missing_handbook_says_so(play, tmp_path, monkeypatch):
    monkeypatch.setattr(read_page, "__defaults__", (tmp_path,))

    async def act(stage):
        await stage.pilot.press("f1")
        await stage.until(lambda: stage.rows[0].startswith("帮助"))
        assert stage.rows[1] == "手册缺少这一页，请问主管。"

    play(pick_bin(), act)
