"""When the disk is full the last work is still recorded, on room that was kept for it, and the operator is told."""

import os
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from wms.bootstrap import station
from wms.config import Config
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store, StoreUnwritable, verify
from wms.store.reserve import Reserve
from wms.workflows.inputs import Pressed

SIZE = 256 * 1024


@pytest.fixture
def small_disk(tmp_path: Path):
    """Two megabytes that run full for real."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def say(store: Store, size: int = 4000) -> None:
    store.record((e.SiteNamed("x" * size, "UTC"),), Badge(""))


def say_much(store: Store) -> None:
    for _ in range(200):
        say(store)


def fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def test_what_comes_after_the_disk_is_full_still_has_room(small_disk: Path) -> None:
    with closing(Store(small_disk, "T1")) as store:
        say(store)
        reserve = Reserve(small_disk, SIZE)
        store.writer.keep(reserve)
        say(store)
        assert (small_disk / "wms.reserve").stat().st_size == SIZE
        fill(small_disk)
        written = store.head()
        for _ in range(12):  # more than what is left in pages that are there already
            say(store)
        assert (store.head(), reserve.gone) == (written + 12, True)
        assert not (small_disk / "wms.reserve").exists()
        with pytest.raises(StoreUnwritable, match="full"):
            say_much(store)
        recorded = store.head()
        (small_disk / "ballast").unlink()
        say(store)
        assert reserve.gone  # told until there is plenty of room
    with closing(Store(small_disk)) as again:
        assert again.head() == recorded + 1
        assert verify(again.rows).problems == ()


def test_without_a_reserve_the_first_refusal_is_the_last_word(small_disk: Path) -> None:
    with closing(Store(small_disk, "T1")) as store:
        say(store)
        fill(small_disk)
        with pytest.raises(StoreUnwritable, match="full"):
            say_much(store)


def test_the_reserve_is_made_again_when_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("wms.store.reserve.time.monotonic", lambda: now[0])
    reserve = Reserve(tmp_path, SIZE)
    assert not reserve.give_up()  # nothing to free
    now[0] += 31
    reserve.keep()
    assert (reserve.gone, (tmp_path / "wms.reserve").stat().st_size) == (False, SIZE)
    assert reserve.give_up()
    reserve.keep()
    assert (reserve.gone, (tmp_path / "wms.reserve").exists()) == (True, False)  # not at once
    now[0] += 31
    monkeypatch.setattr("wms.store.reserve.shutil.disk_usage", lambda _: _Free(SIZE * 8))
    reserve.keep()
    assert reserve.gone  # there is some room, but not plenty
    now[0] += 31
    monkeypatch.setattr("wms.store.reserve.shutil.disk_usage", lambda _: _Free(SIZE * 16))
    reserve.keep()
    assert (reserve.gone, (tmp_path / "wms.reserve").exists()) == (False, True)


class _Free:
    def __init__(self, free: int) -> None:
        self.free = free


def test_the_operator_is_told_while_the_reserve_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Reserve] = []
    real = Reserve.__init__

    def noted(self: Reserve, folder: Path, size: int = SIZE) -> None:
        real(self, folder, size)
        made.append(self)

    monkeypatch.setattr(Reserve, "__init__", noted)
    with station(Config(tmp_path / "data", language="en")) as running:
        assert running.view.status.trouble.text == ""
        made[0].gone = True
        running.submit(Pressed("f1"))
        for _ in range(1000):
            if running.view.status.trouble.text:
                break
            time.sleep(0.005)
        assert running.view.status.trouble.text == "The disk is full: finish this, then call the supervisor"
