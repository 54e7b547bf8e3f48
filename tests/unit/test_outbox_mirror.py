"""A second medium that holds what the hub lacks: copied, caught up, cut, and put back after the disk is lost."""

import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from wms.cli.main import run
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store, journal, verify
from wms.sync.outbox_mirror import KEPT_SECONDS, OutboxMirror, lines, segments
from wms.sync.recovery import read, recover
from wms.workflows.prompt import NOTHING


def eventually(true: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store(tmp_path / "data", "T1", clock=clock)
    made.join()
    yield made
    if made.writer._thread.is_alive():
        made.close()


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


@contextmanager
def mirroring(store: Store, folder: Path) -> Iterator[OutboxMirror]:
    mirror = OutboxMirror(store, folder, retry_s=0.02)
    mirror.start()
    try:
        yield mirror
    finally:
        mirror.stop()


def say(store: Store, *names: str) -> None:
    for name in names:
        store.record((e.SiteNamed(name, "UTC"),), Badge("LI"))


def copied(folder: Path) -> list[str]:
    return [json.loads(bytes(line.body))["name"] for segment in segments(folder) for line in lines(segment)]


def own(store: Store) -> list[tuple[int, int, str]]:
    return [
        (line.epoch, line.n, line.text)
        for line in journal.lines(store.rows.connection, "device = 'T1'", order="epoch, n")
    ]


def test_each_fact_is_copied_as_it_goes_over_the_wire(store: Store, medium: Path) -> None:
    say(store, "before")
    with mirroring(store, medium) as mirror:
        say(store, "A", "B")
        eventually(lambda: copied(medium) == ["before", "A", "B"])
        assert mirror.trouble() is NOTHING
    (file,) = medium.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = json.loads(file.read_text().splitlines()[0])
    assert first[:4] == ["T1", 1, 1, None]
    assert (first[5:7], first[7]["name"]) == (["LI", "SiteNamed"], "before")


def test_only_what_the_hub_lacks_is_copied_at_first_and_nothing_twice(store: Store, medium: Path) -> None:
    say(store, "confirmed", "waiting")
    confirmed = journal.lines(store.rows.connection, "n = 1")[0]
    store.receive([journal.at_position(confirmed, 1)])
    for name in ("A", "B"):
        with mirroring(store, medium):
            say(store, name)
    assert copied(medium) == ["waiting", "A", "B"]


@pytest.mark.parametrize("name", ["lines", "last_epoch", "last_n"])
def test_what_is_recorded_while_an_empty_medium_is_looked_at_is_copied(store, medium, monkeypatch, name) -> None:
    say(store, "confirmed")
    store.receive([journal.at_position(journal.lines(store.rows.connection, "n = 1")[0], 1)])
    real, recorded = getattr(journal, name), []

    def meanwhile(*arguments):
        found = real(*arguments)
        if threading.current_thread().name == "outbox-mirror" and not recorded:
            recorded.append("A")
            say(store, "A")
        return found

    monkeypatch.setattr(journal, name, meanwhile)
    with mirroring(store, medium):
        eventually(lambda: recorded)
    assert copied(medium) == ["A"]


def test_a_medium_that_is_gone_is_told_and_caught_up_with(store: Store, medium: Path, tmp_path: Path) -> None:
    with mirroring(store, medium) as mirror:
        say(store, "A")
        eventually(lambda: copied(medium) == ["A"])
        medium.rename(tmp_path / "pulled")
        eventually(lambda: mirror.trouble().text == "The second medium is not there: plug it in")
        started = time.perf_counter()
        say(store, "B")
        assert time.perf_counter() - started < 10
        (tmp_path / "pulled").rename(medium)
        eventually(lambda: mirror.trouble() is NOTHING)
        eventually(lambda: copied(medium) == ["A", "B"])
        shutil.rmtree(medium)
        medium.mkdir()  # another, empty medium
        say(store, "C")
        eventually(lambda: copied(medium) == ["A", "B", "C"])  # the hub lacks all three


@pytest.mark.parametrize(("number", "says"), [(28, "No space left"), (30, "Read-only"), (5, "Input/output")])
def test_a_full_broken_or_read_only_medium_holds_nothing_up(store, medium, monkeypatch, number, says) -> None:
    real, broken = os.write, True

    def write(descriptor: int, content: bytes) -> int:
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if broken and path.startswith(str(medium)):
            real(descriptor, content[:7])  # a part of it gets there
            raise OSError(number, os.strerror(number))
        return real(descriptor, content)

    monkeypatch.setattr(os, "write", write)
    with mirroring(store, medium) as mirror:
        say(store, "A", "B")
        eventually(lambda: mirror.trouble().text)
        assert says in mirror.trouble().args["why"]
        broken = False
        eventually(lambda: mirror.trouble() is NOTHING)
        eventually(lambda: copied(medium) == ["A", "B"])


def keys_on(folder: Path) -> set[tuple[int, int]]:
    return {(line.epoch, line.n) for segment in segments(folder) for line in lines(segment)}


def waiting(store: Store) -> set[tuple[int, int]]:
    return {(line.epoch, line.n) for line in journal.lines(store.rows.connection, "position IS NULL")}


def test_a_fact_that_got_another_key_before_it_was_copied_is_copied(store: Store, medium: Path) -> None:
    mirror = OutboxMirror(store, medium)
    say(store, "A", "B")
    mirror._catch_up()
    say(store, "C")
    store.begin_epoch(2)
    store.refile(1, 3)
    say(store, "D")
    mirror._catch_up()
    assert keys_on(medium) == waiting(store)
    assert sorted(copied(medium)) == ["A", "B", "C", "D"]
    say(store, "E")
    mirror._catch_up()
    again = OutboxMirror(store, medium)
    say(store, "F")
    again._catch_up()
    assert sorted(copied(medium)) == ["A", "B", "C", "D", "E", "F"]  # none twice


def test_what_a_restored_hub_has_lost_is_copied_to_a_medium_that_never_had_it(store: Store, medium: Path) -> None:
    say(store, "A", "B", "C")
    store.receive([journal.at_position(line, n) for n, line in enumerate(journal.lines(store.rows.connection, "1"), 1)])
    mirror = OutboxMirror(store, medium)
    mirror._catch_up()
    assert copied(medium) == []
    store.rewind(1)
    say(store, "D")
    mirror._catch_up()
    mirror._catch_up()
    assert keys_on(medium) == waiting(store) == {(1, 2), (1, 3), (1, 4)}
    assert len(copied(medium)) == 3
    shutil.rmtree(medium)
    medium.mkdir()
    mirror._catch_up()
    assert keys_on(medium) == waiting(store)


def test_a_medium_exchanged_before_anything_was_written_gets_what_waits(store: Store, medium: Path) -> None:
    say(store, "A", "B")
    OutboxMirror(store, medium)._catch_up()
    mirror = OutboxMirror(store, medium)
    mirror._catch_up()
    medium.rename(medium.with_name("pulled"))
    medium.mkdir()
    mirror._catch_up()
    say(store, "C")
    mirror._catch_up()
    assert copied(medium) == ["A", "B", "C"]


def test_strays_put_back_from_the_medium_are_all_there(store: Store, medium: Path, tmp_path: Path) -> None:
    say(store, "A", "B")
    store.begin_epoch(2)
    store.refile(1, 2)
    mirror = OutboxMirror(store, medium)
    mirror._catch_up()
    assert keys_on(medium) == waiting(store)
    with closing(Store(tmp_path / "new", "T1")) as new:
        new.join()
        (found,) = read(medium)
        assert recover(new, found).put_back == 2
        assert waiting(new) == waiting(store)


def test_no_commit_waits_for_a_medium_that_hangs(store, medium, monkeypatch) -> None:
    real, go_on = os.fsync, threading.Event()

    def fsync(descriptor: int) -> None:
        go_on.wait(20)
        real(descriptor)

    monkeypatch.setattr("wms.sync.outbox_mirror.os.fsync", fsync)
    with mirroring(store, medium):
        say(store, "A")
        started = time.perf_counter()
        say(store, *"BCDEFGH")
        assert time.perf_counter() - started < 10
        assert not go_on.is_set()
        go_on.set()
        eventually(lambda: copied(medium) == list("ABCDEFGH"))


def test_files_go_a_fortnight_after_the_hub_confirmed_all_in_them(store, medium, clock, monkeypatch) -> None:
    monkeypatch.setattr("wms.sync.outbox_mirror.SEGMENT_BYTES", 1)
    day = 86_400_000

    def names() -> list[str]:
        with mirroring(store, medium):
            pass
        return copied(medium)

    for name in "ABC":
        say(store, name)
        names()
    held = journal.lines(store.rows.connection, "device = 'T1'", order="n")
    store.receive([journal.at_position(line, n) for n, line in enumerate(held[:1], 1)])
    assert names() == ["A", "B", "C"]
    clock.now += KEPT_SECONDS * 1000 - day
    assert names() == ["A", "B", "C"]
    clock.now += day
    assert names() == ["B", "C"]
    clock.now += 90 * day
    assert names() == ["B", "C"]  # never confirmed, never cut
    store.receive([journal.at_position(line, n) for n, line in enumerate(held, 1)])
    assert names() == ["B", "C"]
    clock.now += 15 * day
    assert names() == ["C"]  # the last one is still written to


def lose(store: Store) -> None:
    for path in store.folder.iterdir():
        path.unlink()


def test_a_lost_database_comes_back_from_the_medium(store: Store, medium: Path, tmp_path: Path, capsys) -> None:
    with mirroring(store, medium):
        say(store, "A", "B", "C")
    before, data = own(store), str(tmp_path / "data")
    store.close()
    lose(store)
    assert run(["sync", "recover", str(medium), "--data", data, "--json"]) == 0
    told = {"device": "T1", "put_back": 3, "held": 0, "moved": 0, "unreadable": 0}
    assert json.loads(capsys.readouterr().out) == told
    assert run(["sync", "recover", str(medium), "--data", data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {**told, "put_back": 0, "held": 3}
    with closing(Store(tmp_path / "data")) as again:
        assert (again.device, own(again), verify(again.rows).problems) == ("T1", before, ())
        assert again.epoch == 2  # the medium may have missed the last ones: their keys are never used again
        again.join()
        assert again.waiting() == 3
        say(again, "D")
        assert own(again)[-1][:2] == (2, 1)


def test_an_older_copy_of_the_disk_gets_back_what_it_lacks_as_unsent(
    store: Store, medium: Path, tmp_path: Path
) -> None:
    say(store, "A")
    older = tmp_path / "older"
    with closing(journal_copy(store, older)):
        pass
    with mirroring(store, medium):
        say(store, "B", "C")
    wanted = own(store)
    store.close()
    shutil.copyfile(older, store.path)
    for ending in ("-wal", "-shm"):
        Path(f"{store.path}{ending}").unlink(missing_ok=True)
    with closing(Store(store.folder)) as again:
        assert (again.restored, again.epoch) == (True, 2)
        say(again, "D")
        (found,) = read(medium)
        done = recover(again, found)
        assert (done.put_back, done.held, again.waiting()) == (2, 1, 4)
        assert [fact for fact in own(again) if fact[0] == 1] == wanted
        assert verify(again.rows).problems == ()
        assert recover(again, found).put_back == 0
        assert again.epoch == 2
        say(again, "E")
        assert own(again)[-1][:2] == (2, 2)


def journal_copy(store: Store, target: Path):
    from sqlcipher3 import dbapi2 as sqlite

    copy = sqlite.connect(str(target))
    store.rows.connection.backup(copy)
    return copy


def test_facts_that_got_new_keys_are_not_put_back_under_the_old_ones(store: Store, medium: Path) -> None:
    """Two copies of the device: the hub holds other facts under (1, 2), so the tail was given new keys."""
    with mirroring(store, medium):
        say(store, "A", "B", "B")
    store.begin_epoch(2)
    assert store.refile(1, 2) == 2
    (found,) = read(medium)
    assert (recover(store, found).put_back, recover(store, found).moved) == (0, 2)
    with mirroring(store, medium):
        pass
    assert copied(medium) == ["A", "B", "B"], "what is there says all: the new keys are made from it"
    (found,) = read(medium)
    assert recover(store, found).put_back == 0


def test_a_torn_last_line_is_told_and_passed_over(store: Store, medium: Path, tmp_path: Path, capsys) -> None:
    with mirroring(store, medium):
        say(store, "A", "B")
    (file,) = medium.iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    store.close()
    shutil.copytree(medium, tmp_path / "copy")
    lose(store)
    assert run(["sync", "recover", str(tmp_path / "copy"), "--data", str(tmp_path / "data"), "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["put_back"], json.loads(out)["unreadable"]) == (1, 1)
    assert "torn by a power cut" in err


def test_the_mirror_goes_on_after_a_torn_line(store: Store, medium: Path) -> None:
    with mirroring(store, medium):
        say(store, "A", "B")
    (file,) = medium.iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    with mirroring(store, medium):
        say(store, "C")
    assert copied(medium) == ["A", "B", "C"]


def test_the_facts_of_another_device_are_taken_only_by_name(store: Store, medium: Path, tmp_path: Path, capsys) -> None:
    with mirroring(store, medium):
        say(store, "A")
    other = tmp_path / "other"
    with closing(Store(other, "T9")):
        pass
    command = ["sync", "recover", str(medium), "--data", str(other)]
    assert run(command) == 1
    assert "holds facts of T1, this is T9" in capsys.readouterr().err
    assert run([*command, "--device", "T7"]) == 1
    assert run([*command, "--device", "T1"]) == 0
    with closing(Store(other)) as took:
        assert (took.device, took.epoch) == ("T9", 1)
        assert own(took) == own(store)
    for folder, says in ((tmp_path / "nowhere", "no such file"), (tmp_path, "holds no facts")):
        assert run(["sync", "recover", str(folder), "--data", str(other)]) == 1
        assert says in capsys.readouterr().err


def test_a_mirror_of_another_life_of_the_device_is_refused_whole(store: Store, medium: Path, tmp_path, capsys) -> None:
    with mirroring(store, medium):
        say(store, "A", "B")
    with closing(Store(tmp_path / "twin", "T1")) as twin:
        say(twin, "something else")
    assert run(["sync", "recover", str(medium), "--data", str(tmp_path / "twin")]) == 1
    assert "nothing was put back" in capsys.readouterr().err
    with closing(Store(tmp_path / "twin")) as twin:
        assert len(own(twin)) == 1
