"""Backups that are whole, restores that are noticed, numbers and keys that are never used twice."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from tests.unit.cli_shell import ORDERS, Shell
from wms.domain.commands import LeaseWaybills
from wms.domain.events import WaybillsLeased
from wms.domain.ids import Badge, CarrierCode
from wms.domain.review import Review
from wms.store import Store
from wms.workflows.handling import Recorded


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys).set_up()


def receive(house: Shell, quantity: int) -> None:
    house.good("stock", "receive", "--item", "CAR-01", "--quantity", quantity, "--place", "A-01-1")


def lies(house: Shell) -> int:
    return sum(one["quantity"] for one in house("stock", "show", "A-01-1", "--json").json["stock"])


def lease(folder: Path) -> WaybillsLeased:
    with closing(Store(folder)) as store:
        command = LeaseWaybills(CarrierCode("sf"), store.device, store.epoch)
        answer = store.execute(command, Badge("P"))
    assert isinstance(answer, Recorded)
    leased = answer.facts[0].body
    assert isinstance(leased, WaybillsLeased)
    return leased


def keys(folder: Path) -> set[tuple[str, int, int]]:
    with closing(sqlite.connect(str(folder / "wms.sqlite3"))) as db:
        return set(db.execute("SELECT device, epoch, n FROM journal"))


def test_a_backup_comes_back_and_is_noticed(house: Shell) -> None:
    receive(house, 5)
    saved = house.folder / "wms.backup"
    made = house.good("backup", saved, "--json").json
    assert made["events"] == len(keys(house.data))
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [path.name for path in house.folder.glob("wms.backup*")] == ["wms.backup"]

    receive(house, 7)
    used = keys(house.data)
    assert "1 events recorded here are newer" in house.bad("restore", saved)
    assert lies(house) == 12
    back = house.good("restore", saved, "--force", "--json").json
    assert (back["lost"], Path(back["kept"]).exists()) == (1, True)

    first = house("stock", "show", "A-01-1", "--json")
    assert "holds an older copy" in first.err
    assert first.json["stock"][0]["quantity"] == 5
    house.good("stock", "show")
    receive(house, 2)
    assert not {key for key in keys(house.data) - used if key[1] == 1}  # all that is new is of another epoch
    assert house.good("verify", "--json").json["problems"] == []
    with closing(Store(house.data)) as store:
        assert store.epoch == 2
        assert [review.subject for review in store.rows.where(Review, open=True) if review.kind == "restored_copy"] == [
            store.device
        ]


def test_nothing_lost_is_nothing_to_tell(house: Shell) -> None:
    saved = house.folder / "wms.backup"
    house.good("backup", saved)
    assert house.good("restore", saved, "--json").json["lost"] == 0
    assert house.good("sync", "status", "--json").json["epoch"] == 1


def test_another_machine_never_goes_on_under_the_same_keys(house: Shell) -> None:
    saved = house.folder / "wms.backup"
    house.good("backup", saved)
    house.data = house.folder / "new-machine"
    assert "new range of waybill numbers" in house.good("restore", saved).out
    status = house("sync", "status", "--json")
    assert (status.json["epoch"], "older copy" in status.err) == (2, True)


def test_numbers_leased_after_the_backup_are_not_leased_again(house: Shell) -> None:
    saved = house.folder / "wms.backup"
    house.good("backup", saved)
    first = lease(house.data)
    house.good("restore", saved, "--force")
    second = lease(house.data)
    assert (first.first, first.last) == (100000000001, 100000000200)
    assert second.first == first.last + 1
    carriers = "code,zh,en,staging,prefix,digits,first,last\nsf,顺丰,SF,S-1,SG,4,1,500\n"
    house.good("setup", "import", house.file("carriers.csv", carriers))
    assert lease(house.data).first == 1


def test_a_restore_waits_until_nobody_works(house: Shell) -> None:
    saved = house.folder / "wms.backup"
    house.good("backup", saved)
    with closing(Store(house.data)):
        assert "is in use" in house.bad("restore", saved)
    house.good("restore", saved)


def test_what_is_no_backup_is_not_put_back(house: Shell) -> None:
    receive(house, 5)
    text = house.file("notes.txt", "not a backup " * 100)
    assert "no backup" in house.bad("restore", text)
    assert "no such file" in house.bad("restore", house.folder / "gone")
    other = house.folder / "other.db"
    with closing(sqlite.connect(str(other))) as db:
        db.execute("CREATE TABLE t (x)")
    assert "no backup" in house.bad("restore", other)
    assert "is not overwritten" in house.bad("backup", text)
    assert "is the data itself" in house.bad("backup", house.data / "wms.sqlite3")
    assert "no such file" in house.bad("backup", house.folder / "no" / "where")
    assert lies(house) == 5


def test_damaged_data_give_way_to_a_backup(house: Shell) -> None:
    saved = house.folder / "wms.backup"
    receive(house, 5)
    house.good("backup", saved)
    live = house.data / "wms.sqlite3"
    content = bytearray(live.read_bytes())
    content[200:] = b"\xff" * (len(content) - 200)
    live.write_bytes(content)
    assert "--force" in house.bad("restore", saved)
    house.good("restore", saved, "--force")
    assert lies(house) == 5


def test_a_terminal_that_can_t_open_its_data_or_scale_says_so(house: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wms.bootstrap.log_to", lambda folder: None)
    monkeypatch.setattr("wms.cli.terminal.has_screen", lambda: True)
    assert "unknown protocol pounds" in house.bad("--scale", "/dev/ttyS0,pounds", code=2)
    (house.data / "wms.sqlite3").write_bytes(b"\xff" * 8192)
    assert "can't be opened" in house.bad()
    assert "can't be opened" in house.bad("stock", "show")


def test_a_copied_folder_with_another_device_s_backup_asks_first(house: Shell) -> None:
    house("orders", "import", house.file("shop.csv", ORDERS))
    saved = house.folder / "wms.backup"
    house.good("backup", saved)
    with closing(Store(house.folder / "second", "T2")):
        pass
    house.data = house.folder / "second"
    assert "but the data are those of T2" in house.bad("restore", saved)
    shutil.rmtree(house.data)
    house.good("restore", saved)
    assert len(house("orders", "list", "--json").json["orders"]) == 4


def test_verify_names_what_differs(house: Shell) -> None:
    with closing(sqlite.connect(str(house.data / "wms.sqlite3"))) as db:
        db.execute("UPDATE stock SET quantity = quantity + 1 WHERE place = 'A-01-2'")
        db.commit()
    answer = house("verify", "--json")
    assert answer.code == 1
    assert any("CAR-01" in problem for problem in answer.json["problems"])
    assert "out of balance" in answer.err
