"""The folder that exports are dropped into: read when they have come whole, put away once, with what became of them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.channels.given import IMPORTS, needs_samples
from tests.unit.cli_shell import Shell
from tests.unit.floor import TEA, a_warehouse
from wms.domain import events as e
from wms.domain.orders import Order
from wms.intake.inbox import SETTLED_SECONDS, Inbox
from wms.store import Store

ROOT = Path(__file__).parents[3]
HEAD = "order,channel,placed_at,sku,quantity,name,phone,address,city\n"
SETTLED = SETTLED_SECONDS + 1


def row(order: str, quantity: object = 1) -> str:
    return f"{order},web,2026-11-11 16:27,{TEA},{quantity},王小明,13800138000,人民路1号,上海\n"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def inbox(folder, clock):
    return Inbox(folder, clock)


def names(paths):
    return [path.name for path in paths]


EXPORT = HEAD + row("A-1")


def drop(folder, name="orders.csv", text=EXPORT):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def contents(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# When files are read


def test_files_are_read_once_nothing_has_changed_for_a_while(inbox, folder, clock):
    assert inbox.ready() == []
    drop(folder)
    assert inbox.ready() == []
    clock.now += SETTLED_SECONDS - 0.1
    assert inbox.ready() == []
    clock.now += 0.1
    assert names(inbox.ready()) == ["orders.csv"]


def test_a_pair_that_is_dropped_one_by_one_is_read_together(inbox, folder, clock):
    drop(folder, "list.csv")
    inbox.ready()
    clock.now += SETTLED_SECONDS - 1
    drop(folder, "detail.csv")
    assert inbox.ready() == []
    clock.now += SETTLED_SECONDS - 1
    assert inbox.ready() == []
    clock.now += 1
    assert names(inbox.ready()) == ["detail.csv", "list.csv"]


def test_a_file_that_grows_keeps_all_waiting(inbox, folder, clock):
    drop(folder, "whole.csv")
    path = drop(folder, "slow.csv", HEAD)
    for n in range(4):
        inbox.ready()
        clock.now += SETTLED_SECONDS - 1
        with path.open("a", encoding="utf-8") as file:
            file.write(row(f"A-{n}"))
        assert inbox.ready() == []
    clock.now += SETTLED
    assert len(inbox.ready()) == 2


def test_a_file_written_over_with_as_many_bytes_has_changed(inbox, folder, clock):
    path = drop(folder, text=HEAD + row("A-1"))
    inbox.ready()
    clock.now += SETTLED_SECONDS - 1
    drop(folder, text=HEAD + row("A-2"))
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    inbox.ready()
    clock.now += 2
    assert inbox.ready() == []


@pytest.mark.parametrize(
    "name",
    [".hidden.csv", "~$orders.xlsx", "a.csv.part", "a.crdownload", "A.TMP", "a.filepart", "a.download", ".a.swp"],
)
def test_what_a_program_still_writes_is_not_there(inbox, folder, clock, name):
    drop(folder, name)
    (folder / "done").mkdir()
    assert inbox.ready(at_once=True) == []
    drop(folder)
    inbox.ready()
    clock.now += SETTLED
    drop(folder, name, "more")
    assert names(inbox.ready()) == ["orders.csv"]


# How they are put away


def test_a_file_goes_with_its_report_and_a_name_is_taken_once(inbox, folder):
    for n, expected in enumerate(("orders.csv", "orders.2.csv", "orders.3.csv")):
        path = drop(folder)
        inbox.ready(at_once=True)
        assert inbox.put_away(path, {"n": n}, failed=False).moved == folder / "done" / expected
        beside = folder / "done" / f"{expected}.report.json"
        assert json.loads(beside.read_text(encoding="utf-8")) == {"n": n}
    path = drop(folder)
    inbox.ready(at_once=True)
    assert inbox.put_away(path, {}, failed=True).moved == folder / "failed" / "orders.csv"


def test_no_report_is_written_over_whose_file_was_taken_away(inbox, folder):
    (folder / "done").mkdir()
    (folder / "done" / "orders.csv.report.json").write_text("of last week")
    path = drop(folder)
    inbox.ready(at_once=True)
    assert inbox.put_away(path, {}, failed=False).moved == folder / "done" / "orders.2.csv"
    assert (folder / "done" / "orders.csv.report.json").read_text() == "of last week"


def test_a_file_that_can_t_be_moved_is_told_once_and_read_again_when_it_changes(inbox, folder, clock, monkeypatch):
    path = drop(folder)
    other = drop(folder, "other.csv")
    inbox.ready(at_once=True)

    def refused(self, target):
        raise PermissionError(13, "Permission denied", str(self))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refused)
        assert inbox.put_away(path, {}, failed=False)[1:] == (None, "Permission denied")
    assert contents(folder) == {"orders.csv", "other.csv"}  # and no report of a file that is not there
    assert inbox.ready(at_once=True) == [other]
    drop(folder, text=HEAD + row("A-1") + row("A-2"))
    inbox.ready()
    clock.now += SETTLED
    assert path in inbox.ready()


def test_a_folder_in_the_way_is_told(inbox, folder):
    path = drop(folder)
    inbox.ready(at_once=True)
    (folder / "done").write_text("a file")
    taken = inbox.put_away(path, {}, failed=False)
    assert (taken.moved, bool(taken.why), path.exists()) == (None, True, True)


def test_what_was_changed_while_it_was_read_stays_to_be_read_again(inbox, folder, clock):
    path = drop(folder)
    inbox.ready(at_once=True)
    drop(folder, text=HEAD + row("A-1") + row("A-2"))
    assert inbox.put_away(path, {}, failed=False)[1:] == (None, "")
    inbox.ready()
    clock.now += SETTLED
    assert inbox.ready() == [path]


def test_a_report_may_hold_anything(inbox, folder):
    path = drop(folder)
    inbox.ready(at_once=True)
    moved = inbox.put_away(path, {"text": "\ud800 \x1b[31m 長"}, failed=False).moved
    assert moved is not None
    report = moved.with_name(f"{moved.name}.report.json").read_text(encoding="utf-8")
    assert "\x1b" not in report
    assert "長" in report


# wms orders watch


@pytest.fixture
def warehouse(tmp_path):
    data = tmp_path / "data"
    with contextlib.closing(Store(data, "T1")) as store:
        facts = [fact.body for fact in a_warehouse(percent=0).facts if not isinstance(fact.body, e.WaybillsLeased)]
        store.record(facts, "")
    return data


@pytest.fixture
def shell(warehouse, tmp_path, capsys):
    return Shell(tmp_path, capsys)


def orders(data):
    with contextlib.closing(Store(data)) as store:
        return sorted(order.reference for order in store.rows.all(Order))


class Watching:
    """The command as a process; `line()` waits for what it prints next."""

    def __init__(self, data, folder) -> None:
        command = [sys.executable, "-m", "wms", "orders", "watch", folder, "--data", data, "--json", "--language", "en"]
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
        )
        self._guard = threading.Timer(60, self.process.kill)
        self._guard.start()

    def line(self):
        return json.loads(self.process.stdout.readline())

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate()
        self._guard.cancel()
        return self.process.returncode, out, err


@needs_samples
def test_a_pair_is_taken_in_whole_while_the_watch_goes_on_until_it_is_told_to_end(warehouse, folder):
    watching = Watching(warehouse, folder)
    try:
        drop(folder, "page.csv.part", "<html>")
        shutil.copyfile(IMPORTS / "taobao_ExportOrderList.csv", folder / "list.csv")
        shutil.copyfile(IMPORTS / "taobao_ExportOrderDetailList.csv", folder / "detail.csv")
        told = {one["file"]: one for one in (watching.line(), watching.line())}
        assert {one["moved"] for one in told.values()} == {"done/list.csv", "done/detail.csv"}
        counts = told["list.csv"]["report"]["counts"]
        assert sum(one.get("orders", 0) for one in counts.values()) > 20
        assert not any(one.get("orders", 0) for one in told["detail.csv"]["report"]["counts"].values())
        (folder / "page.csv.part").rename(folder / "page.csv")
        assert watching.line()["moved"] == "failed/page.csv"
    finally:
        code, out, err = watching.end()
    assert (code, out, err) == (0, "", "")
    assert len(contents(folder)) == 6


def test_a_watch_that_was_killed_before_it_put_a_file_away_doubles_nothing(warehouse, folder, shell):
    drop(folder, text=HEAD + row("A-1") + row("A-2"))
    dying = (
        "import os, signal, sys\n"
        "from wms.intake.inbox import Inbox\n"
        "Inbox.put_away = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from wms.cli.main import run\n"
        "run(sys.argv[1:])\n"
    )
    words = ["orders", "watch", str(folder), "--once", "--data", str(warehouse)]
    ended = subprocess.run(
        [sys.executable, "-c", dying, *words], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert orders(warehouse) == ["A-1", "A-2"]
    assert contents(folder) == {"orders.csv"}
    answer = shell("orders", "watch", folder, "--once", "--language", "en")
    assert (answer.code, answer.out) == (0, "orders.csv: 2 orders in 2 records: 2 here already, 0 lost\n")
    assert orders(warehouse) == ["A-1", "A-2"]
    assert contents(folder) == {"done/orders.csv", "done/orders.csv.report.json"}


def test_each_file_is_told_with_where_it_went(warehouse, folder, shell):
    drop(folder, text=HEAD + row("A-1") + row("A-2", "two"))
    drop(folder, "page.csv", "<html>")
    answer = shell("orders", "watch", folder, "--once", "--language", "en")
    assert answer.code == 1
    assert answer.out.splitlines() == [
        "orders.csv: 2 orders in 2 records: 1 ready, 1 refused, 0 lost",
        "page.csv: This is a web page, not an export. Log in to the platform and download it again",
    ]
    assert {"done/orders.csv", "failed/page.csv", "failed/page.csv.report.json"} < contents(folder)


def test_a_name_of_any_bytes_is_shown_safely(warehouse, folder, shell):
    name = os.fsdecode("订单\x1b[31m.csv".encode("gb18030"))
    drop(folder, name)
    answer = shell("orders", "watch", folder, "--once", "--language", "en")
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert orders(warehouse) == ["A-1"]
    assert len(contents(folder)) == 2


def test_a_file_that_can_t_be_opened_keeps_no_other_waiting(warehouse, folder, shell, monkeypatch):
    locked, gone = drop(folder, "locked.csv"), drop(folder, "gone.csv")
    drop(folder, "orders.csv", HEAD + row("A-2"))
    opened = Path.open

    def opening(self, *how, **also):
        if self == locked:
            raise PermissionError(13, "Permission denied", str(self))
        if self == gone:
            raise FileNotFoundError(2, "No such file or directory", str(self))
        return opened(self, *how, **also)

    monkeypatch.setattr(Path, "open", opening)
    answer = shell("orders", "watch", folder, "--once", "--language", "en")
    assert answer.err == "wms: locked.csv can't be read: Permission denied\n"
    assert orders(warehouse) == ["A-2"]


def test_a_file_that_can_t_be_put_away_is_told_and_its_orders_are_there(warehouse, folder, shell, monkeypatch):
    drop(folder)

    def refused(self, target):
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "replace", refused)
    answer = shell("orders", "watch", folder, "--once", "--language", "en")
    assert answer.err == "wms: orders.csv could not be put away: Read-only file system. Move it yourself\n"
    assert orders(warehouse) == ["A-1"]


def test_no_folder_is_no_watch(warehouse, folder, shell):
    answer = shell("orders", "watch", folder / "nowhere")
    assert (answer.code, "no folder" in answer.err) == (1, True)
