"""The far end: what a wedge types into the whole program stands in the journal, in order and whole."""

from contextlib import closing

import pytest
from textual import events

from tests.terminal.floor_process import Floor, TmuxFloor, needs_tmux
from tests.terminal.scripted import pick_bin
from tests.terminal.test_wedge_pty import codes, sent_and_read
from wms.domain.events import ScanRefused
from wms.domain.least_data import unknown_code
from wms.store import Store
from wms.workflows.inputs import Chose, Scanned
from wms.workflows.prompt import Choice, plain


def whole_program(kind):
    class Program(kind):
        def command(self, python, _floor, data, *rest):
            return super().command(python, "-m", "wms", "--data", data, *rest)

        def start(self):
            self.until(lambda: "badge" in self.text)
            return self

    return Program


def refused(data):
    with closing(Store(data)) as store:
        return [fact.body.raw for fact in store.since(0, 10_000) if isinstance(fact.body, ScanRefused)]


@pytest.mark.parametrize("kind", [Floor, TmuxFloor])
def test_codes_nobody_knows_stand_in_the_journal_in_order(tmp_path, kind):
    if kind is TmuxFloor:
        needs_tmux()
    (tmp_path / "wms.toml").write_text('wedge = "prefix=f9:suffix=tab:gap=0"\nlanguage = "en"', encoding="utf-8")
    app = whole_program(kind)(tmp_path)
    try:
        app.start()
        app.send(b"".join(b"\x1b[20~" + sent + b"\t" for sent, _ in sent_and_read(200)))
        app.until(lambda: "00199" in app.text, 60)
    finally:
        app.close()
    assert refused(tmp_path) == [unknown_code(text.strip()) for _, text in codes(200)]


def test_a_scan_right_after_the_key_that_answered_a_question(play):
    asks = pick_bin(choices=(Choice(plain("one")), Choice(plain("two"))))

    async def act(stage):
        await stage.pilot.press("2")
        assert await stage.inputs(1) == [Chose(1)]
        for character in "6901234567892":
            stage.app.post_message(events.Key(character, character))
        stage.app.post_message(events.Key("enter", "\r"))
        scan = (await stage.inputs(2))[1]
        assert isinstance(scan, Scanned)
        assert (scan.text, scan.source, scan.fault) == ("6901234567892", "wedge", "")

    play(asks, act)
