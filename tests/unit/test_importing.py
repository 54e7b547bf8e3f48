"""The import screen's own rules: what is marked by itself, what turns the pages, and what records."""

import pytest

from tests.unit.floor import CHEN, NOON
from wms.channels import Entry, Result
from wms.domain.rows import MemoryTables
from wms.terminal.messages import speech
from wms.workflows.import_state import (
    DropImport,
    Figures,
    Importing,
    Phase,
    ReadFiles,
    RecordOrders,
    WaitingFile,
    import_news,
)
from wms.workflows.importing import PER_PAGE, ImportWorkflow
from wms.workflows.inputs import Chose, Pressed
from wms.workflows.prompt import Tone
from wms.workflows.resolve import CommandScan
from wms.workflows.workflow import Who

SAY = speech("en").say
IN = tuple(WaitingFile(f"/in/{n}.csv", f"{n}.csv", 2000, NOON) for n in range(PER_PAGE + 2))
STICK = WaitingFile("/stick/s.csv", "s.csv", 3 << 20, NOON, outside=True)


class Screen:
    def __init__(self, **importing) -> None:
        self.workflow, self.rows = ImportWorkflow(), MemoryTables()
        self.state = self.workflow.resume(self.rows, self.who(**importing))

    def who(self, **importing):
        return Who(CHEN, "Chen", "T1", NOON, "Asia/Shanghai", importing=Importing(**importing))

    def now(self, **importing):
        self.state = self.workflow.resume(self.rows, self.who(**importing), self.state)

    def take(self, happening):
        step = self.workflow.step(self.state, happening, self.rows)
        self.state = step.state
        return step

    def press(self, key):
        return self.take(Pressed(key))

    @property
    def prompt(self):
        return self.workflow.prompt(self.state, self.rows)

    @property
    def answers(self):
        return [SAY(choice.label) for choice in self.prompt.choices]


def entries(count):
    return tuple(Entry(0, n, f"#{n}", Result.HOLD, "no_sku") for n in range(1, count + 1))


def test_all_of_the_inbox_is_marked_by_itself_and_nothing_of_a_stick():
    screen = Screen(files=(*IN[:2], STICK))
    assert screen.answers == [
        "[x] 0.csv  2 KB  11-21 12:00",
        "[x] 1.csv  2 KB  11-21 12:00",
        "[ ] stick: s.csv  3 MB  11-21 12:00",
    ]
    assert screen.press("enter").intake == ReadFiles(("/in/0.csv", "/in/1.csv"))
    assert Screen(files=(STICK,)).press("enter").intake == ReadFiles(("/stick/s.csv",))


def test_numbers_and_f2_turn_marks_which_stay_when_files_come():
    screen = Screen(files=(*IN[:2], STICK))
    screen.take(Chose(0))
    screen.take(Chose(2))
    screen.now(files=(IN[5], *IN[:2], STICK))
    assert screen.press("enter").intake == ReadFiles(("/in/5.csv", "/in/1.csv", "/stick/s.csv"))
    screen.press("f2")
    step = screen.press("enter")
    assert (step.intake, step.said.tone) == (None, Tone.LOOK)
    screen.press("f2")
    assert len(screen.press("enter").intake.paths) == 4


def test_a_number_means_the_file_of_the_page_on_the_screen():
    screen = Screen(files=IN)
    screen.press("down")
    assert [answer[4:9] for answer in screen.answers] == ["6.csv", "7.csv"]
    screen.press("down")
    screen.take(Chose(1))
    screen.take(Chose(2))  # there is none
    assert "/in/7.csv" not in screen.press("enter").intake.paths
    screen.now(files=IN[:1])
    assert screen.answers == ["[x] 0.csv  2 KB  11-21 12:00"]


@pytest.mark.parametrize(("key", "order"), [("enter", None), ("f2", None), ("escape", None), ("f3", None)])
def test_no_key_but_the_number_records(key, order):
    screen = Screen(phase=Phase.PREVIEW, figures=Figures(orders=3, ready=3))
    assert screen.press(key).intake is order
    assert screen.answers == ["Record 3 orders", "Record nothing"]
    assert screen.take(Chose(0)).intake == RecordOrders()
    assert screen.take(CommandScan("NOTHING")).intake is None


def test_the_last_answer_leaves_it_whether_or_not_there_are_others():
    plain = Screen(phase=Phase.PREVIEW, figures=Figures(orders=3, ready=3))
    assert plain.take(Chose(1)).intake == DropImport()
    mixed = Screen(phase=Phase.PREVIEW, figures=Figures(orders=3, ready=2, hold=1), entries=entries(1))
    assert mixed.answers == ["Record 3 orders", "Look at 1 other", "Record nothing"]
    assert mixed.take(Chose(1)).intake is None
    assert mixed.state.looking
    mixed.press("escape")
    assert mixed.take(Chose(2)).intake == DropImport()


def test_others_are_read_page_by_page_and_one_by_one():
    screen = Screen(phase=Phase.PREVIEW, entries=entries(PER_PAGE + 1))
    screen.press("f2")
    screen.press("f2")
    assert screen.answers == ["#7 needs you: A line has no SKU"]
    screen.take(Chose(0))
    assert screen.prompt.target == "#7"
    screen.press("f2")
    assert screen.prompt.target == "#1"
    screen.press("up")
    screen.press("escape")
    assert screen.answers == ["#7 needs you: A line has no SKU"]
    screen.press("f2")
    assert len(screen.answers) == PER_PAGE


def test_an_account_shows_what_was_found_where_and_what_looks_like_it():
    entry = Entry(0, 3, "#9", Result.HOLD, "unknown_item:TEA-O1", "Lineitem sku", "TEA-O1")
    entry.offered = {"TEA-O1": ("TEA-01",)}
    screen = Screen(phase=Phase.PREVIEW, entries=(entry,))
    screen.press("f2")
    screen.take(Chose(0))
    assert [SAY(line.text) for line in screen.prompt.what][:3] == [
        "TEA-O1 is not set up",
        "TEA-O1 looks like TEA-01",
        "Lineitem sku: TEA-O1",
    ]


def test_figures_tell_each_order_once():
    figures = Figures(orders=32, ready=20, no_label=4, hold=3, not_ours=3, here=1, refused=1)
    screen = Screen(phase=Phase.PREVIEW, figures=figures)
    assert [SAY(line.text) for line in screen.prompt.what] == [
        "20 ready",
        "4 ready, label from the platform",
        "3 need you",
        "3 not ours",
        "1 here already",
        "1 refused",
        "0 lost",
    ]


def test_what_was_looked_at_is_closed_when_the_import_goes_on():
    screen = Screen(phase=Phase.PREVIEW, entries=entries(9))
    screen.press("f2")
    screen.take(Chose(4))
    screen.now(phase=Phase.RECORDING, done=30, of=60)
    assert (screen.state.screen, screen.prompt.percent) == ("import.recording", 50)
    assert screen.press("escape").work == "board"


def test_only_an_import_that_somebody_left_is_news():
    assert import_news(Importing()) is None
    assert SAY(import_news(Importing(phase=Phase.READING, done=1, of=4))) == "Reading files: 25 %"
